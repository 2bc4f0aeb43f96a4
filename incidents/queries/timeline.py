"""The timeline of a major incident: it writes itself from the record's events; people add lines,
take more events in, and word what is there for the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team, User
from incidents.enums import EntryKind, Step
from incidents.models import LogEntry, MajorIncident
from incidents.wording import milestone_words, step_words, update_text
from sla.wording import escalation_words
from tickets.enums import Channel, LinkType, Verb, Visibility
from tickets.models import Event, Ticket

MOST = 2000
_TOGETHER = timedelta(minutes=30)  # links made within this become one line
_QUIET_STEPS = frozenset({Step.SUMMARY, Step.LOG, Step.REVIEW})


@dataclass(frozen=True)
class Line:
    """One line as it reads now. `kind`: manual, auto, update, pinned.

    `entry` is the row where somebody wrote or worded it, `event` the event it tells of;
    `original` what it said first, when it was changed since.
    """

    at: datetime
    title: str
    text: str
    actor: str
    kind: str
    entry: int | None = None
    event: int | None = None
    shown: bool = True
    edited: bool = False
    original: str = ""
    original_at: datetime | None = None
    written_by: int | None = None

    @property
    def key(self) -> str:
        return f"entry-{self.entry}" if self.entry else f"event-{self.event}"


@dataclass(frozen=True)
class Names:
    people: dict[int, str]
    teams: dict[int, str]


def story(ticket: Ticket, major: MajorIncident) -> list[Line]:
    """The timeline, oldest first: what came by itself, what was written, what was taken in."""
    return [line for line in _all(ticket, major) if line.shown]


def activity(ticket: Ticket, major: MajorIncident, most: int = 300) -> list[Line]:
    """Everything that happened, newest first, to choose from; `shown`: it is in the timeline."""
    return _all(ticket, major, everything=True)[::-1][:most]


def _all(ticket: Ticket, major: MajorIncident, *, everything: bool = False) -> list[Line]:
    related = Event.objects.filter(ticket_id=ticket.pk).select_related("actor", "comment")
    events = list(related.order_by("id")[:MOST])
    entries = list(
        LogEntry.objects.filter(major=major)
        .select_related("written_by")
        .prefetch_related("revisions")
    )
    worded = {entry.event_id: entry for entry in entries if entry.event_id}
    names = _names(events)
    lines = [_manual(entry) for entry in entries if entry.kind == EntryKind.MANUAL]
    for event in events:
        if event.comment is not None and event.comment.retracted_at:
            continue
        line = _of_event(ticket, event, names, worded.get(event.pk))
        if line is not None and (line.shown or everything or line.entry):
            lines.append(line)
    lines.sort(key=lambda line: (line.at, line.event or 0, line.entry or 0))
    return lines if everything else _gathered(lines, events)


def _manual(entry: LogEntry) -> Line:
    return _with_past(
        Line(
            entry.at,
            entry.title,
            entry.text,
            entry.written_by.name if entry.written_by else _("Maru"),
            "manual",
            entry=entry.pk,
            shown=entry.shown,
            written_by=entry.written_by_id,
        ),
        entry,
        entry.title,
    )


def _of_event(ticket: Ticket, event: Event, names: Names, entry: LogEntry | None) -> Line | None:
    title, text = _words(ticket, event, names)
    if not title:
        return None
    is_update = event.verb == Verb.MAJOR and event.data.get("step") == Step.UPDATE
    by_itself = _tells_itself(event)
    line = Line(
        event.at,
        title,
        text,
        event.actor.name if event.actor else _("Maru"),
        "update" if is_update else "auto" if by_itself else "pinned",
        event=event.pk,
        shown=by_itself,
    )
    if entry is None:
        return line
    line = replace(
        line,
        at=entry.at,
        title=entry.title or title,
        text=entry.text or text,
        entry=entry.pk,
        shown=entry.shown,
        written_by=entry.written_by_id,
    )
    return _with_past(line, entry, title)


def _with_past(line: Line, entry: LogEntry, said: str) -> Line:
    """With what the line said first."""
    revisions = list(entry.revisions.all())
    if not revisions:
        return line
    first = revisions[0]
    title = first.title or said
    return replace(
        line,
        edited=True,
        original=f"{title} – {first.text}" if first.text else title,
        original_at=first.at,
    )


def _gathered(lines: list[Line], events: Iterable[Event]) -> list[Line]:
    """Reports attached one after the other as one line."""
    attached = {event.pk for event in events if _attaches(event)}
    told: list[Line] = []
    first: Line | None = None
    count = 0
    for line in lines:
        if line.event in attached and line.entry is None:
            if (
                first is not None
                and line.at - first.at < _TOGETHER
                and told[-1].event == first.event
            ):
                count += 1
            else:
                first, count = line, 1
                told.append(line)
            told[-1] = replace(told[-1], title=_attached(count))
            continue
        told.append(line)
    return told


def _attached(count: int) -> str:
    return ngettext("%(n)s report attached", "%(n)s reports attached", count) % {"n": count}


def _attaches(event: Event) -> bool:
    data = event.data
    return (
        event.verb == Verb.LINKED
        and data.get("type") == LinkType.PARENT_OF
        and not data.get("inverse")
    )


def _tells_itself(event: Event) -> bool:
    """Whether the event is in the timeline without anybody taking it in."""
    if event.verb == Verb.MAJOR:
        return event.data.get("step") not in _QUIET_STEPS
    if event.verb == Verb.EDITED:
        return "priority" in event.changes
    always = (Verb.OPENED, Verb.TRANSITIONED, Verb.ASSIGNED, Verb.MILESTONE, Verb.ESCALATED)
    return event.verb in always or _attaches(event)


def _words(ticket: Ticket, event: Event, names: Names) -> tuple[str, str]:
    """(title, text) of an event; no title for what is no matter of the timeline."""
    data, verb = event.data, Verb(event.verb)
    if verb == Verb.MAJOR:
        if data.get("step") in _QUIET_STEPS:
            return "", ""
        text = update_text(data) if data.get("step") == Step.UPDATE else data.get("reason", "")
        return step_words(data, names.people), text
    if verb == Verb.MILESTONE:
        return milestone_words(data), ""
    if verb == Verb.ESCALATED:
        return escalation_words(data), ""
    if verb == Verb.OPENED:
        detected = event.channel == Channel.MONITORING
        return (_("Detected by monitoring") if detected else _("Reported")), ""
    if event.comment is not None:
        return str(Visibility(event.comment.visibility).label), event.comment.body
    if _attaches(event):
        return _attached(1), ""  # not its number: it may be one that this reader may not know of
    changes = [*_changed(ticket, event, names)]
    if changes:
        return " · ".join(changes), data.get("reason", "")
    about = data.get("title") or data.get("line") or data.get("name") or ""
    return f"{verb.label}: {about}" if about else str(verb.label), data.get("reason", "")


def _changed(ticket: Ticket, event: Event, names: Names) -> Iterable[str]:
    states = ticket.kind_info.machine.by_key
    for name, (old, new) in event.changes.items():
        if name == "status" and old in states and new in states:
            yield f"{_('Status')}: {states[old].label} → {states[new].label}"
        elif name == "priority":
            yield f"{_('Priority')}: P{old} → P{new}"
        elif name == "team":
            yield _moved(_("Team"), names.teams.get(old, ""), names.teams.get(new, ""))
        elif name == "assignee":
            yield _moved(_("Assignee"), names.people.get(old, ""), names.people.get(new, ""))


def _moved(label: str, before: str, after: str) -> str:
    if not before:
        return f"{label}: {after}"
    return f"{label}: {before} → {after or _('nobody')}"


def _names(events: Iterable[Event]) -> Names:
    people: set[Any] = set()
    teams: set[Any] = set()
    for event in events:
        people |= {event.data.get("user"), event.data.get("was")}
        people |= set(event.changes.get("assignee", ()))
        teams |= set(event.changes.get("team", ()))
    whole = {pk for pk in people if isinstance(pk, int)}
    found = User.objects.filter(pk__in=whole)
    of_teams = Team.objects.filter(pk__in={pk for pk in teams if isinstance(pk, int)})
    return Names({user.pk: user.name for user in found}, {team.pk: team.name for team in of_teams})
