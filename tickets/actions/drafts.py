"""What somebody is typing, kept on the server; and how far they have read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from core.text import without_nul
from tickets import access, events
from tickets.models import Draft, Seen, Ticket

LARGEST_DRAFT = 300_000
MOST_DRAFTS = 200


def save_draft(
    slot: str, data: Mapping[str, Any], *, by: User, ticket: Ticket | None = None
) -> Draft:
    """Keep what is typed under `slot`; replaces what was there. Nobody else reads it."""
    if ticket is not None:
        access.require(by, "view", ticket)
    if sum(len(str(value)) for value in data.values()) > LARGEST_DRAFT:
        raise ActionError(_("This is too long to keep as a draft."), code="too_long")
    kept = {name: without_nul(v) if isinstance(v, str) else v for name, v in data.items()}
    others = Draft.objects.filter(user=by).exclude(slot=slot).order_by("-updated_at")
    too_many = list(others.values_list("pk", flat=True)[MOST_DRAFTS:])
    Draft.objects.filter(pk__in=too_many).delete()
    draft, _created = Draft.objects.update_or_create(
        user=by, slot=slot[:80], defaults={"ticket": ticket, "data": kept}
    )
    return draft


def drop_draft(slot: str, *, by: User) -> None:
    """Forget a draft, after it was sent or thrown away."""
    Draft.objects.filter(user=by, slot=slot[:80]).delete()


def drop_old_drafts(before: datetime) -> int:
    """Forget drafts untouched since that instant; how many."""
    gone, _by_model = Draft.objects.filter(updated_at__lt=before).delete()
    return gone


@transaction.atomic
def mark_seen(ticket: Ticket, *, by: User) -> None:
    """Note that the person has seen the record as it is now, and tell subscribers."""
    Seen.objects.update_or_create(
        user=by, ticket=ticket, defaults={"version": ticket.version, "at": timezone.now()}
    )
    emit(events.Seen(ticket.pk, by.pk))
