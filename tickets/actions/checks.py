"""Checks that several actions share. Each raises ActionError with what to do."""

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core.errors import ActionError
from core.states import Phase
from tickets.models import Category, Ticket

LONGEST_TEXT = 200_000
LONGEST_LINE = 250
MOST_TAGS = 20


def required_text(field: str, value: str, *, limit: int = LONGEST_TEXT) -> str:
    """The text tidied; refused when empty or too long."""
    text = limited_text(field, value, limit=limit)
    if not text:
        raise ActionError(_("Write something here."), field=field, code="required")
    return text


def required_line(field: str, value: str, *, limit: int = LONGEST_LINE) -> str:
    """The text in one line; refused when empty or too long."""
    return required_text(field, " ".join(_tidy(value or "").split()), limit=limit)


def limited_text(field: str, value: str, *, limit: int = LONGEST_TEXT) -> str:
    """The text tidied; refused when longer than `limit` characters."""
    text = _tidy(value or "")
    if len(text) > limit:
        raise ActionError(
            _("Shorten this to %(limit)s characters; it has %(length)s.")
            % {"limit": limit, "length": len(text)},
            field=field,
            code="too_long",
        )
    return text


def _tidy(value: str) -> str:
    """Composed (NFC), with plain line ends, without control characters and outer space."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) != "Cc").strip()


def check_offered(service: Service | None, category: Category | None) -> None:
    """What is retired or no longer offered stays on old records and goes on no new one."""
    if service is not None and service.status == ServiceStatus.RETIRED:
        raise ActionError(_("This service is retired. Choose another one."), field="service")
    if category is not None and not category.is_active:
        message = _("This category is no longer offered. Choose another one.")
        raise ActionError(message, field="category")


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
