"""From a record's events to what its clocks are told: moments of facts, and marks between. Pure.

A moment says how the record stands from an instant on. A mark is something that happened without
changing that: a reply, a milestone, a step of a major incident.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor
from typing import Any, NamedTuple

from sla.book import Facts
from tickets.enums import Verb

# Verbs that clocks are computed from; events of others need not be read.
VERBS = (
    Verb.OPENED,
    Verb.TRANSITIONED,
    Verb.ASSIGNED,
    Verb.EDITED,
    Verb.COMMENTED,
    Verb.RETRACTED,
    Verb.MILESTONE,
    Verb.MAJOR,
    Verb.MERGED,
    Verb.UNMERGED,
    Verb.RESTRICTED,
)
# Fields of a record that facts hold, by the name events use.
_FIELDS = ("service", "team", "priority", "status", "pending_reason", "requester", "tags")


class Row(NamedTuple):
    """An event as the log keeps it; `at` in epoch seconds."""

    id: int
    at: int
    verb: str
    changes: Mapping[str, Sequence[Any]]
    data: Mapping[str, Any]
    comment: int | None = None
    actor: int | None = None


class Mark(NamedTuple):
    """kind: asked, answered, contained, patched, major, major_over. `due`: of a major's update."""

    at: int
    kind: str
    due: int | None = None


@dataclass(frozen=True)
class Moment:
    """How the record stands from `at` on; `event` brought it about."""

    at: int
    facts: Facts
    event: int


@dataclass(frozen=True)
class History:
    """A record's opening and all that follows, in order."""

    kind: str
    opened: int
    steps: tuple[Moment | Mark, ...]


def seconds(instant: datetime) -> int:
    """The whole second of an instant, in epoch seconds."""
    return floor(instant.timestamp())


def read(kind: str, columns: Mapping[str, Any], rows: Iterable[Row]) -> History:
    """A history from events in any order. `columns`: the record's fields as they are now.

    Events count in the order in which they were recorded, none before the one that precedes it:
    logs of other tools have instants out of order. Where the opening does not say how a field
    stood, it is told by taking the changes back. ValueError without an opening.
    """
    ordered = _as_it_counts(sorted(rows, key=lambda row: row.id))
    opening = next((row for row in ordered if row.verb == Verb.OPENED), None)
    if opening is None:
        raise ValueError("a record without its opening")
    values = _at_opening(columns, ordered) | {
        name: opening.data[name] for name in (*_FIELDS, "security") if name in opening.data
    }
    facts = Facts(
        kind=kind,
        status=values["status"],
        team=values["team"],
        service=values["service"],
        priority=values["priority"],
        department=opening.data.get("department"),
        vip=bool(opening.data.get("vip")),
        security=bool(values.get("security")),
        tags=frozenset(values["tags"] or ()),
        pending_reason=values["pending_reason"],
        offering=opening.data.get("offering"),
    )
    retracted = {row.comment for row in ordered if row.verb == Verb.RETRACTED}
    at = opening.at
    steps: list[Moment | Mark] = [Moment(at, facts, opening.id)]
    for row in ordered:
        if row is opening:
            continue
        at = max(row.at, at)
        later = _after(facts, row)
        if later != facts:
            facts = later
            steps.append(Moment(at, facts, row.id))
        if row.comment is None or row.comment not in retracted:
            steps.extend(_marks(row, at))
    return History(kind, opening.at, tuple(steps))


def _as_it_counts(rows: Sequence[Row]) -> list[Row]:
    """Without merges that were undone, and without what undid them: they stop no clock."""
    undone: set[int] = set()
    merged = 0
    for row in rows:
        if row.data.get("role") != "source":
            continue
        if row.verb == Verb.MERGED:
            merged = row.id
        elif row.verb == Verb.UNMERGED:
            undone |= {merged, row.id}
    return [row for row in rows if row.id not in undone]


def _at_opening(columns: Mapping[str, Any], ordered: Sequence[Row]) -> dict[str, Any]:
    values = {name: columns.get(name) for name in (*_FIELDS, "security")}
    for row in reversed(ordered):
        for name, change in row.changes.items():
            if name in values:
                values[name] = change[0]
    return values


def _after(facts: Facts, row: Row) -> Facts:
    changes: dict[str, Any] = {}
    for name, (_old, new) in row.changes.items():
        if name in ("service", "team", "priority", "status", "pending_reason"):
            changes[name] = new
        elif name == "tags":
            changes[name] = frozenset(new or ())
        elif name == "security":
            changes[name] = bool(new)
        elif name == "requester":
            changes["department"] = row.data.get("department")
            changes["vip"] = bool(row.data.get("vip"))
    return replace(facts, **changes) if changes else facts


def _marks(row: Row, at: int) -> Iterator[Mark]:
    data = row.data
    if row.verb == Verb.COMMENTED and data.get("visibility") == "public":
        by_requester = bool(data.get("by_requester"))
        if by_requester:
            yield Mark(at, "asked")
        elif data.get("by_desk", True):
            yield Mark(at, "answered")
    elif row.verb == Verb.MILESTONE:
        yield Mark(at, str(data.get("milestone")))
    elif row.verb == Verb.MAJOR:
        step = data.get("step")
        if step == "update" and data.get("audience") == "everybody":
            yield Mark(at, "answered")
        if step == "update" and data.get("stage") == "resolved":
            yield Mark(at, "major_over")
        elif step in ("declared", "update"):
            due = data.get("next_update_at")
            yield Mark(at, "major", seconds(datetime.fromisoformat(due)) if due else None)
        elif step in ("stood_down", "rejected", "reviewed"):
            yield Mark(at, "major_over")
