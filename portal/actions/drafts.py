"""What is typed but not sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from portal.actions.files import unstage_all
from portal.actions.once import was_sent
from portal.asked import PRESENT, merged, says_something
from tickets import actions
from tickets.models import Draft, Ticket


def keep_typed(
    slot: str,
    data: Mapping[str, Any],
    *,
    by: User,
    ticket: Ticket | None = None,
    token: UUID | None = None,
) -> None:
    """Keep what is typed in a form; nothing typed forgets the draft.

    A save that arrives after its form was sent is ignored.
    """
    if was_sent(token, by):
        return
    if PRESENT in data:
        _merge(slot, data, by)
    elif any(str(value).strip() for value in data.values()):
        actions.save_draft(slot, data, by=by, ticket=ticket)
    else:
        actions.drop_draft(slot, by=by)


@transaction.atomic
def _merge(slot: str, data: Mapping[str, Any], by: User) -> None:
    """A form in steps: a page of it changes only what it holds."""
    draft = Draft.objects.select_for_update().filter(user=by, slot=slot).first()
    whole = merged(draft.data if draft else {}, data)
    if says_something(whole):
        actions.save_draft(slot, whole, by=by)
    else:
        actions.drop_draft(slot, by=by)


@transaction.atomic
def discard(slot: str, *, by: User) -> None:
    """Throw a form away: what was typed, and its files."""
    actions.drop_draft(slot, by=by)
    unstage_all(slot, by=by)
