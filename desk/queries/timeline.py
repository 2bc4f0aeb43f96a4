"""What happened on a record, as the page tells it: messages in full, the rest in one line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, F, Value
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Team, User
from catalog.queries.answered import changed_answers
from cmdb.models import ConfigurationItem, Service
from core import formats
from core.models import pick
from core.states import PHASE_LABELS
from incidents.wording import milestone_words, step_words
from notifications.queries import Sending, delivery_states
from sla.wording import escalation_words
from tickets import access, fields
from tickets.enums import Channel, Impact, LinkType, TaskState, Urgency, Verb, Visibility
from tickets.models import (
    Attachment,
    Category,
    CauseCategory,
    Comment,
    Event,
    PendingReason,
    ResolutionCode,
    Ticket,
)
from tickets.queries import outline
from tickets.wording import approval_words, people_in

SHOWN = 40
_MERGE = timedelta(minutes=5)
_LONG = frozenset({"description", "resolution", "fulfilment"})
_ICONS = {
    Verb.OPENED: "plus",
    Verb.TRANSITIONED: "progress",
    Verb.ASSIGNED: "user",
    Verb.EDITED: "pencil",
    Verb.ATTACHED: "paperclip",
    Verb.DETACHED: "paperclip",
    Verb.LINKED: "link",
    Verb.UNLINKED: "link",
    Verb.WATCHED: "eye",
    Verb.UNWATCHED: "eye",
    Verb.TASK_ADDED: "checklist",
    Verb.TASK_CHANGED: "checklist",
    Verb.CHECKED: "square-check",
    Verb.RESTRICTED: "shield-lock",
    Verb.ESCALATED: "clock-hour-9",
    Verb.MAJOR: "flame",
    Verb.MILESTONE: "shield",
    Verb.MERGED: "git-merge",
    Verb.UNMERGED: "git-merge",
    Verb.SPLIT: "arrows-split-2",
    Verb.APPROVAL: "square-check",
}
_MODELS: dict[str, Any] = {
    "accounts.User": User,
    "accounts.Team": Team,
    "cmdb.Service": Service,
    "tickets.Category": Category,
    "tickets.PendingReason": PendingReason,
    "tickets.ResolutionCode": ResolutionCode,
    "tickets.CauseCategory": CauseCategory,
}
Names = dict[tuple[str, Any], str]


@dataclass
class Line:
    """One quiet line: who, what (sentences joined), when."""

    icon: str
    actor: str
    actor_id: int | None
    at: datetime
    parts: list[str]
    kind: str = "event"
    # Where a merged record itself can still be read: (address, number).
    others: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " · ".join(self.parts)


@dataclass
class Message:
    """A reply or a note in full. `voice`: requester, agent or memo."""

    pk: int
    voice: str
    author: str
    author_id: int
    at: datetime
    body: str
    role: str = ""
    channel: str = ""
    files: list[Attachment] = field(default_factory=list)
    unread: bool = False
    kind: str = "message"
    sending: Sending | None = None


@dataclass(frozen=True)
class Timeline:
    """Items oldest first; `hidden` older ones are folded away; `last` is the newest event's id."""

    items: list[Any]
    hidden: int
    last: int
    last_comment: int
    last_writer: Message | None


def build(
    ticket: Ticket,
    user: User,
    *,
    reads_notes: bool,
    has_files: bool = True,
    everything: bool = False,
    since: datetime | None = None,
) -> Timeline:
    """The record's story as this reader may know it."""
    limit = 2000 if everything else SHOWN + 1
    events = _newest(ticket, limit, reads_notes)
    hidden = 0
    if len(events) > SHOWN and not everything:
        hidden = sum(part.count() for part in _parts(ticket, reads_notes)) - SHOWN
        events = events[1:]
    names = _names(ticket, events) | _linked_numbers(user, events)
    files = _files(ticket, user, events, reads_notes) if has_files else {}
    items: list[Any] = []
    for event in events:
        item = _item(ticket, event, names, files, reads_notes, user, since)
        if item is not None:
            _append(items, item)
    messages = [item for item in items if isinstance(item, Message)]
    replies = [message for message in messages if message.voice == "agent"]
    sendings = delivery_states([reply.pk for reply in replies])
    for reply in replies:
        reply.sending = sendings.get(reply.pk)
    return Timeline(
        items,
        hidden,
        events[-1].pk if events else 0,
        max((message.pk for message in messages), default=0),
        messages[-1] if messages else None,
    )


def _parts(ticket: Ticket, reads_notes: bool) -> tuple[Any, Any]:
    """The record's own events, and those by which comments were written that merges brought here.

    Events stay where they happened; a comment is told where it is now. Who has no part in the
    work (an approver, say) is told none of it.
    """
    events = Event.objects.order_by().select_related("actor", "comment__author")
    if not reads_notes:
        events = outline(events)
    brought = events.filter(comment__ticket=ticket, verb=Verb.COMMENTED).exclude(ticket=ticket)
    return events.filter(ticket=ticket), brought


def _newest(ticket: Ticket, limit: int, reads_notes: bool) -> list[Event]:
    own, brought = _parts(ticket, reads_notes)
    both = own.order_by("-id")[:limit].union(brought, all=True)
    return list(both.order_by("-id")[:limit])[::-1]


def _append(items: list[Any], item: Any) -> None:
    """Add an item; lines of one person within five minutes become one."""
    last = items[-1] if items else None
    if (
        isinstance(item, Line)
        and isinstance(last, Line)
        and item.actor_id == last.actor_id
        and item.kind == last.kind
        and item.at - last.at < _MERGE
        and last.icon != "plus"
    ):
        last.parts += item.parts
        last.others += item.others
        last.at = item.at
    else:
        items.append(item)


def _item(
    ticket: Ticket,
    event: Event,
    names: Names,
    files: dict[int, list[Attachment]],
    reads_notes: bool,
    user: User,
    since: datetime | None,
) -> Any:
    if event.comment is not None:
        said = event.comment
        if said.ticket_id != ticket.pk:
            return None  # a merge took it to another record
        hidden = said.visibility == Visibility.INTERNAL and not reads_notes
        if event.verb == Verb.RETRACTED or said.retracted_at or hidden:
            return None
        return _message(ticket, said, files.get(said.pk, []), user, since)
    if event.data.get("visibility") == Visibility.INTERNAL and not reads_notes:
        return None
    parts = sentences(ticket, event, names)
    if not parts:
        return None
    actor = event.actor.name if event.actor else _("Maru")
    return Line(
        _ICONS.get(Verb(event.verb), "point"),
        actor,
        event.actor_id,
        event.at,
        parts,
        _kind(event),
        _others(ticket, event, names),
    )


def _others(ticket: Ticket, event: Event, names: Names) -> list[tuple[str, str]]:
    other = names.get(("number", event.data.get("other")))
    if event.verb != Verb.MERGED or event.data.get("role") != "target" or not other:
        return []
    return [(f"/{ticket.kind_info.path}/{other}/?stay", other)]


def _kind(event: Event) -> str:
    working = (Verb.TASK_ADDED, Verb.TASK_CHANGED, Verb.CHECKED)
    return "task" if event.verb in working else "event"


def _message(
    ticket: Ticket, said: Comment, files: list[Attachment], user: User, since: datetime | None
) -> Message:
    memo = said.visibility == Visibility.INTERNAL
    voice = "memo" if memo else "requester" if said.by_requester else "agent"
    return Message(
        said.pk,
        voice,
        said.author.name,
        said.author_id,
        said.created_at,
        said.body,
        role=_("Requester") if said.author_id == ticket.requester_id else "",
        channel="" if said.channel in (Channel.WEB, Channel.SYSTEM) else said.get_channel_display(),
        files=files,
        unread=bool(since and said.created_at > since and said.author_id != user.pk),
        kind="memo" if memo else "message",
    )


def _files(
    ticket: Ticket, user: User, events: list[Event], reads_notes: bool
) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    if any(event.comment_id for event in events):
        for file in access.attachments(user, ticket, reads_notes).filter(comment__isnull=False):
            found.setdefault(file.comment_id, []).append(file)
    return found


# Sentences ---------------------------------------------------------------------------------------


def sentences(ticket: Ticket, event: Event, names: Names) -> list[str]:
    """What an event says, one sentence a change; `Field: old → new` needs no particles."""
    data = event.data
    parts = [
        _change(ticket, name, old, new, names) for name, (old, new) in _told(event.changes).items()
    ]
    if event.verb == Verb.OPENED:
        parts = [_("opened this record")]
        if event.channel not in (Channel.WEB, Channel.SYSTEM):
            parts.append(str(Channel(event.channel).label))
    elif event.verb in (Verb.ATTACHED, Verb.DETACHED):
        word = _("File added") if event.verb == Verb.ATTACHED else _("File removed")
        parts = [f"{word}: {data.get('name', '')}"]
    elif event.verb in (Verb.LINKED, Verb.UNLINKED):
        parts = [_linked(event, names)]
    elif event.verb in (Verb.MERGED, Verb.UNMERGED, Verb.SPLIT):
        parts = _joined(event, names)
    elif event.verb in (Verb.WATCHED, Verb.UNWATCHED):
        word = _("Watcher added") if event.verb == Verb.WATCHED else _("Watcher removed")
        parts = [f"{word}: {names.get(('accounts.User', data.get('user', 0)), '')}"]
    elif event.verb in (Verb.TASK_ADDED, Verb.TASK_CHANGED):
        parts = _task(event)
    elif event.verb in _WORDED:
        parts = _WORDED[event.verb](event, names)
    if data.get("reason"):
        parts.append(_("Reason: %(reason)s") % {"reason": data["reason"]})
    return parts


def _told(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: pair for name, pair in changes.items() if name != "priority_overridden"}


def _change(ticket: Ticket, name: str, old: Any, new: Any, names: Names) -> str:
    if name == "answers":
        return "; ".join(changed_answers(ticket.pk, old, new))
    label = fields.label(ticket.kind_info, name)
    if name in _LONG:
        return _("%(field)s changed") % {"field": label}
    before = word(ticket, name, old, names)
    after = word(ticket, name, new, names)
    if not before:
        return f"{label}: {after}"
    return f"{label}: {before} → {after or _('none')}"


def word(ticket: Ticket, name: str, value: Any, names: Names) -> str:
    """A stored value as people read it."""
    if value in (None, "", []):
        return ""
    if name == "status":
        state = ticket.kind_info.machine.by_key.get(value)
        return str(state.label) if state else str(value)
    if name == "priority":
        return f"P{value}"
    if name in ("impact", "urgency"):
        return str((Impact if name == "impact" else Urgency)(value).label)
    if name == "phase":
        return str(PHASE_LABELS.get(value, value))
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if name.endswith("_at") and (instant := parse_datetime(str(value))):
        return formats.moment(instant)
    if name == "items":
        return ", ".join(names.get(("cmdb.ConfigurationItem", pk), str(pk)) for pk in value)
    model = fields.model_of(ticket.kind_info, name)
    if model:
        return names.get((model, value), str(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _linked(event: Event, names: Names) -> str:
    kind = LinkType(event.data["type"])
    label = kind.inverse_label if event.data.get("inverse") else kind.label
    word = _("Linked") if event.verb == Verb.LINKED else _("Unlinked")
    other = names.get(("number", event.data["other"]), _("a record you may not see"))
    return f"{word}: {label} {other}"


def _joined(event: Event, names: Names) -> list[str]:
    """Merging and splitting, told from the end that the record is."""
    data = event.data
    other = names.get(("number", data["other"]), _("a record you may not see"))
    if event.verb == Verb.UNMERGED:
        return [f"{_('Merge undone')}: {other}"]
    if event.verb == Verb.SPLIT:
        word = _("Split off") if data["role"] == "source" else _("Split off from")
        return [f"{_('Split undone') if data.get('undone') else word}: {other}"]
    if data["role"] == "source":
        return [f"{_('Merged into')}: {other}"]
    moved = _("messages moved here: %(comments)s, files: %(files)s") % {
        "comments": data["comments"],
        "files": data["attachments"],
    }
    return [f"{_('Merged with this one')}: {other}", moved]


def _task(event: Event) -> list[str]:
    data = event.data
    name = f"{data.get('number', '')} {data.get('title', '')}".strip()
    if event.verb == Verb.TASK_ADDED:
        return [_("Task added: %(task)s") % {"task": name}]
    state = data.get("changes", {}).get("state")
    if data.get("ready"):
        return [_("Task can begin: %(task)s") % {"task": name}]
    if state:
        return [f"{name}: {TaskState(state[1]).label}"]
    return [_("Task changed: %(task)s") % {"task": name}]


def _of_incident(event: Event, names: Names) -> list[str]:
    if event.verb == Verb.MILESTONE:
        words = milestone_words(event.data)
    else:
        words = step_words(event.data, _people(names))
    return [words] if words else []


def _people(names: Names) -> dict[int, str]:
    return {pk: name for (model, pk), name in names.items() if model == "accounts.User"}


def _checked(data: dict[str, Any]) -> str:
    words = {
        "added": _("Checklist line added"),
        "done": _("Checked off"),
        "reopened": _("Unchecked"),
        "removed": _("Checklist line removed"),
    }
    return f"{words.get(data.get('did', ''), '')}: {data.get('line', '')}"


_WORDED: dict[str, Any] = {
    Verb.CHECKED: lambda event, names: [_checked(event.data)],
    Verb.ESCALATED: lambda event, names: [escalation_words(event.data)],
    Verb.MAJOR: _of_incident,
    Verb.MILESTONE: _of_incident,
    Verb.APPROVAL: lambda event, names: approval_words(event.data, _people(names)),
}


# Names of the rows that changes point at ---------------------------------------------------------


def _names(ticket: Ticket, events: Iterable[Event]) -> Names:
    wanted: dict[str, set[int]] = {}
    for event in events:
        for name, pair in event.changes.items():
            model = "cmdb.ConfigurationItem" if name == "items" else None
            model = model or fields.model_of(ticket.kind_info, name)
            for value in pair:
                ids = value if isinstance(value, list) else [value]
                wanted.setdefault(model, set()).update(pk for pk in ids if isinstance(pk, int))
        if event.verb == Verb.APPROVAL:
            wanted.setdefault("accounts.User", set()).update(people_in(event.data))
        elif "user" in event.data:
            wanted.setdefault("accounts.User", set()).add(event.data["user"])
        if "role" in event.data and event.data.get("was"):
            wanted.setdefault("accounts.User", set()).add(event.data["was"])
    wanted.pop("", None)
    return names_of(wanted)


def names_of(wanted: dict[str, set[int]]) -> Names:
    """{("app.Model", id): name in the reader's language}, by one statement."""
    parts = [_named(model, ids) for model, ids in wanted.items() if ids]
    if not parts:
        return {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(model, pk): pick(ko, en) for model, pk, ko, en in rows}


def _named(model: str, ids: set[int]) -> Any:
    table = Value(model, output_field=CharField())
    if model == "accounts.User":
        return User.objects.filter(pk__in=ids).values_list(
            table, F("pk"), F("display_name"), F("roman_name")
        )
    if model == "cmdb.ConfigurationItem":
        return (
            ConfigurationItem.objects.order_by()
            .filter(pk__in=ids)
            .values_list(table, F("pk"), F("name"), F("name"))
        )
    return (
        _MODELS[model]
        .objects.order_by()
        .filter(pk__in=ids)
        .values_list(table, F("pk"), F("name_ko"), F("name_en"))
    )


def _linked_numbers(user: User, events: Iterable[Event]) -> Names:
    """The numbers of linked records that the reader may know of."""
    numbers = {event.data["other"] for event in events if "other" in event.data}
    if not numbers:
        return {}
    visible = Ticket.objects.visible_to(user).filter(number__in=numbers)
    return {("number", number): number for number in visible.values_list("number", flat=True)}
