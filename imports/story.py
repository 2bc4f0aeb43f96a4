"""A case becomes the past of one of our records: each row one event or more, nothing made up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imports.cases import Case, Step, opened_at
from imports.mapping import LogMapping
from tickets import kinds
from tickets.enums import Channel, Verb
from tickets.history import Happening, Past
from tickets.models.reference import OWN
from tickets.priority import Matrix

DETAILS = ("requester", "service", "category", "impact", "urgency", "priority", "items")
UNDER = " › "
Names = Mapping[tuple[str, str], int]


def category_of(told: Mapping[str, Any]) -> str | None:
    """Category and subcategory as one name, or the one of them that is there."""
    parts = [told.get("category"), told.get("subcategory")]
    return UNDER.join(part for part in parts if part) or None


def names_in(case: Case, mapping: LogMapping) -> Iterator[tuple[str, str]]:
    """(type, name) of everybody and everything that the case mentions."""
    yield "person", mapping.defaults["requester"]
    yield "team", mapping.defaults["team"]
    for step in ([case.base] if case.base else []) + case.steps:
        told = step.told
        if step.actor:
            yield "person", step.actor
        for name, kind in (
            ("requester", "person"),
            ("assignee", "person"),
            ("opened_by", "person"),
            ("team", "team"),
            ("service", "service"),
            ("item", "item"),
        ):
            if told.get(name):
                yield kind, told[name]
        if category := category_of(told):
            yield "category", category.split(UNDER)[0]
            yield "category", category


@dataclass
class Teller:
    """Tells cases as pasts. `names` gives the id behind each (type, name), `reasons` by key."""

    mapping: LogMapping
    names: Names
    reasons: Mapping[str, int]
    matrix: Matrix

    def __post_init__(self) -> None:
        machine = kinds.get(self.mapping.kind).machine
        self.initial = machine.initial
        self._moves: dict[tuple[str, str], str] = {}
        for move in machine.transitions:
            for source in move.sources:
                self._moves.setdefault((source, move.target), move.name)

    def tell(self, case: Case) -> Past:
        """The case as one of our records with its events."""
        return _Telling(self, case).past()

    def move_name(self, source: str, target: str) -> str:
        """The transition of the kind's own table; empty for a jump that only the log makes."""
        return self._moves.get((source, target), "")


class _Telling:
    """One case being told: the values as they stand after each row."""

    def __init__(self, teller: Teller, case: Case) -> None:
        self.teller = teller
        self.case = case
        self.told: dict[str, Any] = {}
        self.references: dict[str, str | None] = {}
        self.kept: dict[str, Any] = {}
        self.now: dict[str, Any] = {}
        self.happened: list[Happening] = []

    def past(self) -> Past:
        case, mapping = self.case, self.teller.mapping
        first = case.steps[0] if case.steps else None
        for step in (case.base, first):
            if step is not None:
                self._hear(step)
        self.now = {**self._values(), "status": self.teller.initial, "pending_reason": None}
        start = self._start()
        self._open(start, first)
        self.now["assignee"] = None
        for step in case.steps:
            self._take(step)
        self._reach_stated_end()
        return Past(
            kind=mapping.kind,
            start={**start, "title": self._title()},
            happened=self.happened,
            stated=self._stated(),
            items=self.now["items"],
            references=[
                (mapping.system, OWN, case.id),
                *((mapping.system, name, v) for name, v in self.references.items() if v),
            ],
        )

    def _id(self, kind: str, name: str | None) -> int | None:
        return self.teller.names[kind, name] if name else None

    def _hear(self, step: Step) -> None:
        self.told.update(step.told)
        self.references.update(step.references)
        self.kept.update(step.kept)

    def _values(self) -> dict[str, Any]:
        """What is told so far, as ids and numbers of ours."""
        told, defaults = self.told, self.teller.mapping.defaults
        impact = told.get("impact") or defaults["impact"]
        urgency = told.get("urgency") or defaults["urgency"]
        item = self._id("item", told.get("item"))
        return {
            "team": self._id("team", told.get("team") or defaults["team"]),
            "assignee": self._id("person", told.get("assignee")),
            "requester": self._id("person", told.get("requester") or defaults["requester"]),
            "service": self._id("service", told.get("service")),
            "category": self._id("category", category_of(told)),
            "impact": impact,
            "urgency": urgency,
            "priority": told.get("priority") or self.teller.matrix[impact, urgency],
            "items": [item] if item else [],
        }

    def _start(self) -> dict[str, Any]:
        told = self.told
        opener = told.get("opened_by") or told.get("requester")
        channel = told.get("channel") or self.teller.mapping.defaults["channel"]
        fields = ("team", "requester", "service", "category", "impact", "urgency", "priority")
        return {
            **{name: self.now[name] for name in fields},
            "opened_by": self._id("person", opener) or self.now["requester"],
            "channel": channel if channel in Channel.values else Channel.IMPORT.value,
            "requester_waits": False,
            "tags": [],
        }

    def _open(self, start: Mapping[str, Any], first: Step | None) -> None:
        facts = {
            name: start[name]
            for name in ("impact", "urgency", "priority", "team", "service", "category")
        }
        source = {name: value for name, value in self.kept.items() if value is not None}
        line = self.case.base or first
        data = {**facts, "status": self.teller.initial, "external": self.case.id}
        data |= {"source": source} if source else {}
        data |= {"line": line.line} if line else {}
        if named := _moved({}, self.references):
            data["references"] = named
        if line and line.at != opened_at(self.case):
            data["logged_at"] = line.at.isoformat()
        opener = start["opened_by"] if self.told.get("opened_by") else None
        actor = opener or self._id("person", first.actor if first else None)
        self._add(opened_at(self.case), actor, Verb.OPENED, {}, data)

    def _take(self, step: Step) -> None:
        """One row: assignment, other fields, state; a row that changes none leaves its trace."""
        before = (dict(self.references), dict(self.kept))
        self._hear(step)
        wanted = self._values()
        data = self._trace(step, *before)
        actor = self._id("person", step.actor)
        added = len(self.happened)
        self._change(step.at, actor, Verb.ASSIGNED, self._diff(wanted, ("team", "assignee")), data)
        self._change(step.at, actor, Verb.EDITED, self._diff(wanted, DETAILS), data)
        if step.status is not None:
            self._move(step, step.status, actor, data)
        if len(self.happened) == added and not self._is_opening_row(step, data):
            self._add(step.at, actor, Verb.EDITED, {}, data)

    def _is_opening_row(self, step: Step, data: Mapping[str, Any]) -> bool:
        return step is self.case.steps[0] and self.case.base is None and len(self.happened) == 1

    def _move(self, step: Step, status: str, actor: int | None, data: Mapping[str, Any]) -> None:
        reason = self.teller.reasons.get(step.reason) if step.reason else None
        old = self.now["status"]
        wanted = {"status": status, "pending_reason": reason}
        changes = self._diff(wanted, ("status", "pending_reason"))
        if not changes:
            return
        more: dict[str, Any] = {"state": step.state} if step.state else {}
        if "status" in changes:
            name = self.teller.move_name(old, status)
            more |= {"name": name or "imported", **({} if name else {"jump": True})}
            self._add(step.at, actor, Verb.TRANSITIONED, changes, {**data, **more})
        else:
            self._add(step.at, actor, Verb.EDITED, changes, {**data, **more})

    def _reach_stated_end(self) -> None:
        """A case told by one row: the state that row ends in, where its milestones fall short."""
        base = self.case.base
        if base is None or base.status is None or base.status == self.now["status"]:
            return
        at = base.told.get("closed_at") or base.told.get("resolved_at") or self.happened[-1].at
        end = Step(base.line, at, base.status, base.reason, base.state)
        self._move(end, base.status, None, {"line": base.line})

    def _trace(
        self, step: Step, references: Mapping[str, Any], kept: Mapping[str, Any]
    ) -> dict[str, Any]:
        data: dict[str, Any] = {"line": step.line}
        if step.activity:
            data["activity"] = step.activity
        moved = _moved(references, step.references)
        also = _moved(kept, step.kept)
        return data | ({"references": moved} if moved else {}) | ({"also": also} if also else {})

    def _diff(self, wanted: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[Any]]:
        changes = {
            name: [self.now[name], wanted[name]] for name in names if self.now[name] != wanted[name]
        }
        self.now.update((name, pair[1]) for name, pair in changes.items())
        return changes

    def _change(
        self,
        at: datetime,
        actor: int | None,
        verb: Verb,
        changes: dict[str, list[Any]],
        data: Mapping[str, Any],
    ) -> None:
        if changes:
            self._add(at, actor, verb, changes, data)

    def _add(
        self,
        at: datetime,
        actor: int | None,
        verb: Verb,
        changes: dict[str, list[Any]],
        data: Mapping[str, Any],
    ) -> None:
        self.happened.append(Happening(at, actor, verb, changes, dict(data)))

    def _title(self) -> str:
        known = {**self.told, **self.kept, "case": self.case.id}
        parts = []
        for part in self.teller.mapping.words:
            try:
                text = part.format_map({key: value for key, value in known.items() if value})
            except KeyError:
                continue
            parts.append(text)
        return (" · ".join(parts) or self.case.id)[:250]

    def _stated(self) -> dict[str, Any]:
        """Columns that the source states itself: its counters, its instants, its priority."""
        told, now = self.told, self.now
        counters = ("reassign_count", "reopen_count")
        stated = {name: told[name] for name in counters if told.get(name) is not None}
        ended = kinds.get(self.teller.mapping.kind).machine.phase(now["status"])
        for name, phases in (("resolved_at", ("resolved", "closed")), ("closed_at", ("closed",))):
            if name in told and ended in phases:
                stated[name] = told[name]
        computed = self.teller.matrix[now["impact"], now["urgency"]]
        stated["priority_overridden"] = now["priority"] != computed
        return stated


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
