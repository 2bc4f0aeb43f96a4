"""The reports of the same trouble, below the major incident."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from accounts.models import User
from core.errors import ActionError
from incidents.actions.base import hold_in
from incidents.enums import MajorState, UpdateAudience
from incidents.models import Update
from tickets.actions import comment, link
from tickets.enums import LinkType
from tickets.models import Ticket

TELL_TOPIC = "incidents.tell_children"


@transaction.atomic
def attach_children(
    ticket: Ticket, children: Iterable[Ticket], *, by: User | None
) -> tuple[list[Ticket], list[Ticket]]:
    """Put reports below the major incident; (attached, left out because they can't be).

    Each attached one is told the newest public notice.
    """
    ticket, major = hold_in(ticket, "attach", by, MajorState.DECLARED)
    newest = major.updates.filter(audience=UpdateAudience.EVERYBODY).last()
    attached, left = [], []
    for child in children:
        try:
            with transaction.atomic():
                link(ticket, LinkType.PARENT_OF, child, by=by)
        except ActionError:
            left.append(child)
            continue
        attached.append(child)
        if newest is not None:
            _tell(child, newest)
    return attached, left


def tell_children(payload: Mapping[str, Any]) -> None:
    """Answer every child with the public text of a notice. Done by the outbox."""
    update = Update.objects.select_related("published_by").get(pk=payload["update"])
    links = update.major.ticket.links_out.filter(type=LinkType.PARENT_OF.value)
    for made in links.select_related("target__requester").order_by("pk"):
        _tell(made.target, update)


def _tell(child: Ticket, update: Update) -> None:
    """In the requester's language. A child that is over, or closed to the speaker, is left out."""
    if not child.is_open:
        return
    with translation.override(child.requester.language or settings.LANGUAGE_CODE):
        body = update.text
    try:
        with transaction.atomic():
            comment(child, body, by=update.published_by)
    except ActionError:
        return
