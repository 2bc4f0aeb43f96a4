"""Checks that several actions share. Each raises ActionError with what to do."""

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.errors import ActionError
from core.states import Phase
from tickets.models import Ticket

LONGEST_TEXT = 200_000
MOST_TAGS = 20


def required_text(field: str, value: str, *, limit: int = LONGEST_TEXT) -> str:
    """The text trimmed and composed (NFC); refused when empty or too long."""
    text = unicodedata.normalize("NFC", value or "").replace("\x00", "").strip()
    if not text:
        raise ActionError(_("Write something here."), field=field, code="required")
    return limited_text(field, text, limit=limit)


def limited_text(field: str, value: str, *, limit: int = LONGEST_TEXT) -> str:
    """The text composed (NFC); refused when longer than `limit` characters."""
    text = unicodedata.normalize("NFC", value or "").replace("\x00", "").strip()
    if len(text) > limit:
        raise ActionError(
            _("Shorten this to %(limit)s characters; it has %(length)s.")
            % {"limit": limit, "length": len(text)},
            field=field,
            code="too_long",
        )
    return text


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Tags trimmed, without `#` and doubles, in the order given."""
    cleaned: list[str] = []
    for tag in tags:
        text = limited_text("tags", tag.strip().lstrip("#"), limit=40)
        if text and text not in cleaned:
            cleaned.append(text)
    if len(cleaned) > MOST_TAGS:
        raise ActionError(
            _("At most %(most)s tags.") % {"most": MOST_TAGS}, field="tags", code="too_many"
        )
    return cleaned


def check_assignee(user: User | None) -> None:
    """Work is given to people of the desk who are still here."""
    if user is None:
        return
    if not user.is_active:
        raise ActionError(_("This person has left. Choose somebody else."), field="assignee")
    if not reach_of(user).works:
        raise ActionError(_("This person does not work on the desk."), field="assignee")


def check_not_closed(ticket: Ticket) -> None:
    """A closed record stays as it is; a follow-up continues it."""
    if ticket.phase == Phase.CLOSED:
        raise ActionError(
            _("%(number)s is closed. Open a follow-up instead.") % {"number": ticket.number},
            code="closed",
        )
