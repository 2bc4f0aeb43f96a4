"""Mappings from TOML files: read, checked, and every complaint in one line that names the place."""

import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imports.mapping import (
    KEEP,
    FileShape,
    LogMapping,
    MappingError,
    Milestone,
    Part,
    StateRule,
)
from imports.values import TYPES, Rule
from tickets import kinds
from tickets.enums import Channel

SHIPPED = Path(__file__).parent / "mappings"
LONGEST = {"person": 80, "team": 120, "service": 120, "category": 120, "item": 160, "title": 250}
# field → (type, what it names, bounds)
FIELDS: dict[str, tuple[str, str, tuple[int, int] | None]] = {
    "case": ("text", "", None),
    "at": ("instant", "", None),
    "state": ("text", "", None),
    "actor": ("text", "person", None),
    "activity": ("text", "", None),
    "rank": ("text", "", None),
    "opened_at": ("instant", "", None),
    "opened_by": ("text", "person", None),
    "requester": ("text", "person", None),
    "assignee": ("text", "person", None),
    "team": ("text", "team", None),
    "service": ("text", "service", None),
    "category": ("text", "category", None),
    "subcategory": ("text", "category", None),
    "item": ("text", "item", None),
    "channel": ("text", "", None),
    "impact": ("int", "", (1, 3)),
    "urgency": ("int", "", (1, 3)),
    "priority": ("int", "", (1, 5)),
    "reassign_count": ("int", "", (0, 32_767)),
    "reopen_count": ("int", "", (0, 32_767)),
    "resolved_at": ("instant", "", None),
    "closed_at": ("instant", "", None),
}
_RULE_KEYS = {
    "column", "columns", "join", "match", "give", "values", "missing", "formats", "decimal",
    "type", "when", "clear",
}  # fmt: skip
_TOP = {
    "title", "system", "kind", "zone", "priorities", "file", "columns", "fields", "states",
    "reasons", "references", "keep", "people", "defaults", "words", "milestones", "activity",
}  # fmt: skip


def shipped() -> list[str]:
    """Names of the mappings that come with Maru."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load(name: str) -> LogMapping:
    """The mapping called so, or the one in that file. MappingError says what is wrong with it."""
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    try:
        text = path.read_bytes()
    except OSError:
        known = ", ".join(shipped())
        raise MappingError(f"there is no mapping {name}; shipped ones: {known}") from None
    try:
        content = tomllib.loads(text.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{path.name}: {error}") from None
    try:
        return _Builder(path.stem, text, content).build()
    except MappingError as error:
        raise MappingError(f"{path.name}: {error}") from None


class _Builder:
    """Reads the tables of one mapping; every complaint names the place."""

    def __init__(self, name: str, text: bytes, content: dict[str, Any]) -> None:
        self.name = name
        self.text = text
        self.content = content
        self.zone = self._zone()

    def build(self) -> LogMapping:
        content = self.content
        _only(content, _TOP, "")
        system = self._string("system")
        if not re.fullmatch(r"[a-z0-9_-]{1,40}", system):
            raise MappingError("system: lower-case letters, digits, - and _, at most 40")
        kind = self._string("kind")
        main = self._part(content, "")
        activity = content.get("activity")
        self._need(main, activity)
        return LogMapping(
            name=self.name,
            source=self.text,
            title=self._string("title"),
            system=system,
            kind=kind,
            priorities=str(content.get("priorities", "")),
            main=main,
            activity=self._part(activity, "activity.") if activity else None,
            beside=self._beside(activity or {}),
            states=tuple(self._states(kind)),
            reasons=content.get("reasons", {}),
            milestones=tuple(self._milestones(main, kind)),
            machines=frozenset(content.get("people", {}).get("machines", [])),
            defaults=self._defaults(),
            words=tuple(content.get("words", {}).get("title", ["{case}"])),
        )

    def _beside(self, activity: Mapping[str, Any]) -> tuple[str, ...]:
        names = tuple(activity.get("beside", ()))
        if names and len(names) != 2:
            raise MappingError("[activity] beside: a part of the main file's name, and what for it")
        return names

    def _string(self, key: str) -> str:
        value = self.content.get(key)
        if not isinstance(value, str) or not value:
            raise MappingError(f"{key} is missing")
        return value

    def _zone(self) -> zoneinfo.ZoneInfo:
        name = self.content.get("zone", "UTC")
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, TypeError):
            raise MappingError(f"zone: there is no time zone {name!r}") from None

    def _part(self, table: Mapping[str, Any], where: str) -> Part:
        shape = self._shape(table, where)
        rules = {
            key: self._rule(shape, key, spec, f"[{where}fields] {key}", known=True)
            for key, spec in _table(table, "fields", where).items()
        }
        references = {
            key: self._rule(shape, key, spec, f"[{where}references] {key}")
            for key, spec in _table(table, "references", where).items()
        }
        keep = {
            key: self._rule(shape, key, spec, f"[{where}keep] {key}")
            for key, spec in _table(table, "keep", where).items()
        }
        return Part(shape, rules, references, keep)

    def _shape(self, table: Mapping[str, Any], where: str) -> FileShape:
        given = dict(_table(table, "file", where))
        _only(given, set(FileShape.__dataclass_fields__) - {"columns"}, f"[{where}file] ")
        columns = {
            key: tuple([names] if isinstance(names, str) else names)
            for key, names in _table(table, "columns", where).items()
        }
        for key in ("missing", "formats"):
            if key in given:
                given[key] = (frozenset if key == "missing" else tuple)(given[key])
        shape = FileShape(**given, columns=columns)
        for key, allowed in (
            ("format", {"csv", "xes"}),
            ("rows", {"events", "cases"}),
            ("order", {"file", "time"}),
            ("repeated", {"keep", "skip"}),
        ):
            if getattr(shape, key) not in allowed:
                raise MappingError(f"[{where}file] {key}: one of {', '.join(sorted(allowed))}")
        try:
            "".encode(shape.encoding)
        except LookupError:
            raise MappingError(f"[{where}file] encoding: no {shape.encoding!r}") from None
        if len(shape.delimiter) != 1 and shape.delimiter != "auto":
            raise MappingError(f"[{where}file] delimiter: one character, or auto")
        return shape

    def _rule(
        self, shape: FileShape, key: str, spec: Any, where: str, *, known: bool = False
    ) -> Rule:
        if known and key not in FIELDS:
            raise MappingError(f"{where}: no such field; fields are {', '.join(FIELDS)}")
        given: dict[str, Any] = {"column": spec} if isinstance(spec, str) else dict(spec)
        _only(given, _RULE_KEYS, f"{where}: ")
        names = given.get("columns") or [given.get("column")]
        unknown = [name for name in names if name not in shape.columns]
        if unknown:
            raise MappingError(f"{where}: no column {unknown[0]!r} in [columns]")
        kind, target, bounds = FIELDS[key] if known else (given.get("type", "text"), "", None)
        if kind not in TYPES:
            raise MappingError(f"{where}: type is one of {', '.join(sorted(TYPES))}")
        try:
            match = re.compile(given["match"]) if "match" in given else None
        except re.error as error:
            raise MappingError(f"{where}: match: {error}") from None
        order = shape.names
        return Rule(
            name=key,
            columns=tuple(order.index(name) for name in names),
            type=kind,
            join=given.get("join", " "),
            match=match,
            give=given.get("give", ""),
            values=given.get("values"),
            missing=shape.missing | frozenset(given.get("missing", ())),
            formats=tuple(given.get("formats", shape.formats)),
            zone=self.zone,
            decimal=given.get("decimal", "."),
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
            longest=LONGEST.get(target, 200),
            when=tuple(given.get("when", ())),
            clear=tuple(given.get("clear", ())),
        )

    def _need(self, main: Part, activity: Mapping[str, Any] | None) -> None:
        wanted = ["case", "at", "state"] if main.shape.rows == "events" else ["case", "opened_at"]
        for key in wanted:
            if key not in main.fields:
                raise MappingError(f"[fields] {key} is missing")
        if main.shape.rows == "events" and activity:
            raise MappingError("[activity] belongs to a file with one row per case")
        for key in ("case", "at", "state") if activity else ():
            if key not in _table(activity or {}, "fields", "activity."):
                raise MappingError(f"[activity.fields] {key} is missing")

    def _states(self, kind: str) -> Iterator[StateRule]:
        known = kinds.get(kind).machine.by_key if _registered(kind) else None
        reasons = self.content.get("reasons", {})
        for pattern, spec in self.content.get("states", {}).items():
            given = {"status": spec} if isinstance(spec, str) else spec
            where = f"[states] {pattern!r}"
            _only(given, {"status", "reason"}, f"{where}: ")
            rule = StateRule(pattern, given.get("status", ""), given.get("reason", ""))
            if known is not None and rule.status not in known and rule.status != KEEP:
                raise MappingError(
                    f"{where}: {kind} has no state {rule.status!r}; it has {', '.join(known)}"
                )
            if rule.reason and rule.reason not in reasons:
                raise MappingError(f"{where}: no reason {rule.reason!r} in [reasons]")
            yield rule

    def _milestones(self, main: Part, kind: str) -> Iterator[Milestone]:
        for number, spec in enumerate(self.content.get("milestones", []), 1):
            given = dict(spec)
            status = given.pop("status", "")
            where = f"[[milestones]] {number}"
            if _registered(kind) and status not in kinds.get(kind).machine.by_key:
                raise MappingError(f"{where}: {kind} has no state {status!r}")
            given["type"] = "instant"
            yield Milestone(status, self._rule(main.shape, f"at {status}", given, where))

    def _defaults(self) -> Mapping[str, Any]:
        plain = {
            "impact": 3, "urgency": 3, "team": "Unassigned", "requester": "Unknown requester",
            "channel": Channel.IMPORT.value,
        }  # fmt: skip
        given = self.content.get("defaults", {})
        _only(given, set(plain), "[defaults] ")
        return {**plain, **given}


def _registered(kind: str) -> bool:
    return kind in {known.key for known in kinds.all_kinds()}


def _table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, Mapping):
        raise MappingError(f"[{where}{key}] is a table")
    return found


def _only(given: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise MappingError(
            f"{where}unknown: {', '.join(unknown)}; known: {', '.join(sorted(allowed))}"
        )
