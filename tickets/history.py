"""Writing records that already have a past: importers, demo data and generators go through here.

The past of a record is a list of happenings with their real instants and actors. The row is
computed from them by the rules the actions follow (`replay`), so a record and its events never
disagree; what the source itself states (a counter, an instant) may overrule a computed column.
Rows go in by COPY. No notices, no typed event for each happening; one that says which records
are there now, since what is computed from events is computed of these too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.dateparse import parse_datetime

from accounts.models import User
from core.events import emit
from core.states import OPEN_PHASES, Phase
from tickets import bulk, events, kinds
from tickets.enums import Channel, Verb, Visibility
from tickets.models import Comment, Event, ExternalReference, Ticket, TicketItem, Watch
from tickets.numbering import next_serials

Columns = dict[str, Any]
ENDED = (Phase.RESOLVED, Phase.CLOSED)


@dataclass(slots=True)
class Said:
    """A comment. `by_desk`: its author works on the desk. `pk` is known once written."""

    author: int
    body: str
    public: bool = True
    by_requester: bool = False
    by_desk: bool = False
    pk: int = 0


@dataclass(slots=True)
class Happening:
    """One event: `changes` as the log keeps them, {field: [old, new]} with ids for rows."""

    at: datetime
    actor: int | None
    verb: Verb
    changes: dict[str, list[Any]] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    said: Said | None = None
    channel: str = Channel.IMPORT


@dataclass(frozen=True, slots=True)
class Place:
    """A key and number kept free for one record, so that others can name it before it is there."""

    pk: int
    serial: int
    number: str


@dataclass(slots=True)
class Past:
    """A record and all that happened to it, oldest first; the first happening opens it.

    `start` holds the columns as opened (ids under their plain names: team, requester …),
    `stated` columns of the row as the source states them, whatever the happenings add up to.
    """

    kind: str
    start: Columns
    happened: list[Happening]
    stated: Columns = field(default_factory=dict)
    detail: Columns = field(default_factory=dict)
    items: Sequence[int] = ()
    watchers: Sequence[tuple[int, datetime]] = ()
    references: Sequence[tuple[str, str, str]] = ()
    place: Place | None = None


def reserve(kind: str, count: int) -> list[Place]:
    """Keys and numbers for so many records."""
    info = kinds.get(kind)
    keys = bulk.next_keys(Ticket, count)
    serials = next_serials(info.sequence, count)
    return [
        Place(pk, serial, f"{info.prefix}-{serial}")
        for pk, serial in zip(keys, serials, strict=True)
    ]


def replay(past: Past) -> tuple[Columns, Columns]:
    """The record's columns and its kind's own columns after everything that happened.

    ValueError when the past is impossible: not opened first, or a state its kind does not have.
    """
    info = kinds.get(past.kind)
    if not past.happened or past.happened[0].verb != Verb.OPENED:
        raise ValueError("a past begins with the opening")
    row: Columns = {
        "status": info.machine.initial,
        "opened_at": past.happened[0].at,
        "version": 1,
        "field_versions": {},
        "reopen_count": 0,
        "reassign_count": 0,
        "requester_waits": True,
        **past.start,
    }
    detail = {**info.defaults, **past.detail}
    row["phase"] = _phase(info, row["status"])
    for happening in past.happened:
        _apply(info, row, detail, happening)
    row["updated_at"] = max(happening.at for happening in past.happened)
    return {**row, **past.stated}, detail


def _phase(info: kinds.Kind, status: str) -> Phase:
    if status not in info.machine.by_key:
        raise ValueError(f"{info.key} has no state {status!r}")
    return info.machine.phase(status)


def _apply(info: kinds.Kind, row: Columns, detail: Columns, happening: Happening) -> None:
    row["version"] += 1
    versions = row["field_versions"]
    for name, (_old, new) in happening.changes.items():
        versions[name] = versions.get(name, 0) + 1
        if name in info.detail_names:
            detail[name] = new
        elif name != "items":
            row[name] = new
    if happening.verb == Verb.ASSIGNED:
        _count_assignment(row, happening.changes)
    if happening.verb == Verb.UNMERGED:
        row.update(_as_before(happening.data.get("before", {})))
    elif "status" in happening.changes:
        source = info.machine.by_key.get(str(happening.changes["status"][0]))
        came_back = source is not None and source.withdrawn
        _follow_phase(row, _phase(info, row["status"]), happening.at, came_back=came_back)
    if happening.said is not None and happening.said.public:
        _follow_reply(row, happening.said, happening.at)


def _as_before(columns: Columns) -> Columns:
    """The columns that undoing a merge puts back."""
    return {
        name: parse_datetime(value) if name.endswith("_at") and value else value
        for name, value in columns.items()
    }


def _count_assignment(row: Columns, changes: Mapping[str, list[Any]]) -> None:
    old, new = changes.get("assignee", (None, None))
    if "team" in changes or (old and new):
        row["reassign_count"] += 1


def _follow_phase(row: Columns, phase: Phase, at: datetime, *, came_back: bool = False) -> None:
    was, row["phase"] = row["phase"], phase
    if phase in ENDED:
        row["requester_waits"] = False
        if phase == Phase.CLOSED:
            row["closed_at"] = at
        elif was != Phase.RESOLVED:
            row["resolved_at"], row["closed_at"] = at, None
            row["responded_at"] = row.get("responded_at") or at
    elif came_back:
        row["closed_at"], row["requester_waits"] = None, True
    elif was in ENDED:
        row["reopen_count"] += 1
        row["resolved_at"] = row["closed_at"] = None


def _follow_reply(row: Columns, said: Said, at: datetime) -> None:
    row["replied_at"] = at
    if said.by_requester:
        row["requester_waits"] = row["phase"] in OPEN_PHASES
    elif said.by_desk:
        row["requester_waits"] = False
        row["responded_at"] = row.get("responded_at") or at


@transaction.atomic
def write(pasts: Sequence[Past], *, request_id: str = "") -> list[Place]:
    """Insert records with their whole past; where each one went, in the order given."""
    places = _places(pasts)
    _tell_standing(pasts)
    tickets: list[Columns] = []
    details: dict[str, list[Columns]] = {}
    for past, place in zip(pasts, places, strict=True):
        row, detail = replay(past)
        row |= {"id": place.pk, "serial": place.serial, "number": place.number, "kind": past.kind}
        tickets.append(row)
        details.setdefault(past.kind, []).append({"ticket": place.pk, **detail})
    bulk.copy(Ticket, tickets)
    for kind, rows in details.items():
        _copy_details(kinds.get(kind).detail_model, rows)
    _copy_log(pasts, places, request_id)
    _copy_around(pasts, places)
    emit(events.Written(tuple(place.pk for place in places)))
    return places


def _tell_standing(pasts: Sequence[Past]) -> None:
    """Complete the opening facts as open_ticket would: people change, events don't."""
    wanted: set[int] = {past.start["requester"] for past in pasts if "requester" in past.start}
    people = User.objects.filter(pk__in=wanted).values_list("pk", "department_id", "is_vip")
    standing = {pk: {"department": department, "vip": vip} for pk, department, vip in people}
    for past in pasts:
        requester: int = past.start.get("requester", 0)
        told: Columns = {"requester": requester, **standing.get(requester, {})}
        told["tags"] = list(past.start.get("tags", ()))
        told |= {name: True for name, value in past.detail.items() if value is True}
        opening = past.happened[0].data if past.happened else {}
        opening |= {name: value for name, value in told.items() if name not in opening}


def _places(pasts: Iterable[Past]) -> list[Place]:
    wanted: dict[str, int] = {}
    for past in pasts:
        if past.place is None:
            wanted[past.kind] = wanted.get(past.kind, 0) + 1
    free = {kind: iter(reserve(kind, count)) for kind, count in wanted.items()}
    return [past.place or next(free[past.kind]) for past in pasts]


def _copy_details(model: type[models.Model], rows: list[Columns]) -> None:
    bulk.copy(model, rows, fields=model._meta.local_concrete_fields)


def _copy_log(pasts: Sequence[Past], places: Sequence[Place], request_id: str) -> None:
    lines = [(place.pk, line) for past, place in zip(pasts, places, strict=True)
             for line in past.happened]  # fmt: skip
    spoken = [(pk, line, line.said) for pk, line in lines if line.said is not None]
    for (_pk, _line, said), key in zip(spoken, bulk.next_keys(Comment, len(spoken)), strict=True):
        said.pk = key
    bulk.copy(
        Comment,
        [
            {
                "id": said.pk,
                "ticket": pk,
                "author": said.author,
                "body": said.body,
                "visibility": Visibility.PUBLIC if said.public else Visibility.INTERNAL,
                "channel": line.channel,
                "by_requester": said.by_requester,
                "created_at": line.at,
            }
            for pk, line, said in spoken
        ],
    )
    bulk.copy(
        Event,
        [
            {
                "id": key,
                "ticket": pk,
                "at": line.at,
                "actor": line.actor,
                "verb": line.verb,
                "changes": line.changes,
                "data": line.data,
                "comment": line.said.pk if line.said else None,
                "channel": line.channel,
                "request_id": request_id,
            }
            for (pk, line), key in zip(lines, bulk.next_keys(Event, len(lines)), strict=True)
        ],
    )


def _copy_around(pasts: Sequence[Past], places: Sequence[Place]) -> None:
    """Affected items, watchers and outside names; their keys are the database's own."""
    pairs = list(zip(pasts, places, strict=True))
    items = [{"ticket": at.pk, "item": item} for past, at in pairs for item in past.items]
    watches = [
        {"ticket": at.pk, "user": user, "added_at": since}
        for past, at in pairs
        for user, since in past.watchers
    ]
    references = [
        {"ticket": at.pk, "system": system, "type": kind, "value": value}
        for past, at in pairs
        for system, kind, value in past.references
    ]
    for model, rows in ((TicketItem, items), (Watch, watches), (ExternalReference, references)):
        bulk.copy(model, rows, without_key=True)


def settle() -> None:
    """Let the database count what was written, so that it plans queries well."""
    with connection.cursor() as cursor:
        for model in (Ticket, Event, Comment):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
