"""The internal timeline: lines written by hand, events taken in, wording for the record."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError, NotFound
from incidents import access
from incidents.actions.base import hold_in, note
from incidents.enums import MAJOR, EntryKind, Step
from incidents.models import LogEntry, LogRevision
from tickets.actions.base import put
from tickets.actions.checks import limited_text, required_line
from tickets.models import Event, Ticket

_AHEAD = timedelta(minutes=1)  # clocks of people and servers differ a little


@transaction.atomic
def log(
    ticket: Ticket, title: str, *, by: User | None, text: str = "", at: datetime | None = None
) -> LogEntry:
    """Write a line into the timeline; `at`: when it happened, if not now."""
    ticket, major = hold_in(ticket, "log", by, *MAJOR)
    entry = LogEntry.objects.create(
        major=major,
        kind=EntryKind.MANUAL,
        at=_past(at) or timezone.now(),
        title=required_line("title", title),
        text=limited_text("text", text, limit=8000),
        written_by=by,
    )
    note(ticket, Step.LOG, by=by, entry=entry.pk, did="added")
    return entry


@transaction.atomic
def pin(ticket: Ticket, event: Event, *, by: User | None, shown: bool = True) -> LogEntry:
    """Take an event of the record into the timeline, or leave out one that came by itself."""
    ticket, major = hold_in(ticket, "log", by, *MAJOR)
    if event.ticket_id != ticket.pk:
        raise NotFound(_("There is no such entry."))
    entry, created = LogEntry.objects.get_or_create(
        major=major,
        event=event,
        defaults={
            "kind": EntryKind.EVENT,
            "at": event.at,
            "shown": shown,
            "written_by": by,
        },
    )
    if not created and entry.shown != shown:
        _change(entry, {"shown": shown}, by)
    elif not created:
        return entry
    note(ticket, Step.LOG, by=by, entry=entry.pk, did="pinned" if shown else "left_out")
    return entry


@transaction.atomic
def edit_log(entry: LogEntry, *, by: User | None, **values: Any) -> LogEntry:
    """Word a line for the record: `at`, `title`, `text`, `shown`. What it said before is kept.

    One's own lines anybody may correct; those of others the scribe, the commander and leads.
    """
    ticket, major = hold_in(entry.major.ticket, "log", by, *MAJOR)
    entry = LogEntry.objects.select_for_update().get(pk=entry.pk)
    if by is not None and entry.written_by_id != by.pk:
        access.require(by, "edit_log", ticket, major)
    unknown = set(values) - {"at", "title", "text", "shown"}
    if unknown:
        raise ActionError(_("There is no such field."), code="unknown_field")
    if "title" in values:
        event_speaks = entry.kind == EntryKind.EVENT and not (values["title"] or "").strip()
        values["title"] = "" if event_speaks else required_line("title", values["title"])
    if "text" in values:
        values["text"] = limited_text("text", values["text"], limit=8000)
    if "at" in values:
        values["at"] = _past(values["at"]) or entry.at
    if _change(entry, values, by):
        note(ticket, Step.LOG, by=by, entry=entry.pk, did="edited")
    return entry


def _change(entry: LogEntry, values: dict[str, Any], by: User | None) -> bool:
    before = LogRevision(
        entry=entry,
        at=entry.at,
        title=entry.title,
        text=entry.text,
        shown=entry.shown,
        replaced_by=by,
    )
    changes = put(entry, values)
    if not changes:
        return False
    before.save()
    entry.edited_at = before.replaced_at
    entry.save(update_fields=[*sorted(changes), "edited_at"])
    return True


def _past(at: datetime | None) -> datetime | None:
    if at is not None and at > timezone.now() + _AHEAD:
        raise ActionError(
            _("The timeline tells what has happened: choose a past time."), field="at"
        )
    return at
