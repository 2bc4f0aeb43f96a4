"""The builder of conditions: groups of lines, all or any of which have to hold."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from adminui.forms.catalog_values import plain_number, relative_day, shown
from catalog.enums import FieldType
from catalog.queries import words
from core.text import without_nul

JOINS = ("all", "any")
MOST_LINES = 20
_NAME = re.compile(r"-(\d{1,2})-(\d{1,2})-field$")


@dataclass
class Line:
    """One comparison; without a field it is still to be chosen and is not kept."""

    field: str = ""
    op: str = ""
    value: Any = None


@dataclass
class Group:
    join: str = "all"
    lines: list[Line] = field(default_factory=list)


class ConditionForm:
    """A condition as lines to edit.

    `earlier`: the questions that it may ask, in order. A condition deeper than groups of lines
    (out of a file, say) is kept as it is, shown in words, and can be taken out.
    """

    def __init__(
        self,
        condition: Any,
        earlier: Sequence[Mapping[str, Any]],
        posted: QueryDict | None = None,
        prefix: str = "if",
    ) -> None:
        self.prefix = prefix
        self.questions = [one for one in earlier if one.get("type") != FieldType.NOTE]
        self.known = {str(one.get("key", "")): one for one in earlier}
        self.kept: Any = None
        self.join = "all"
        self.groups: list[Group] = []
        read = _read(condition)
        if posted is not None and f"{prefix}-join" in posted:
            self._take(posted)
        elif read is not None:
            self.join, self.groups = read
        else:
            self.kept = condition

    def _take(self, posted: QueryDict) -> None:
        self.join = _join(posted.get(f"{self.prefix}-join"))
        found: dict[int, list[Line]] = {}
        for name in sorted(posted, key=_order):
            at = _NAME.search(name)
            if not name.startswith(f"{self.prefix}-") or at is None:
                continue
            found.setdefault(int(at[1]), []).append(self._line(posted, name[: -len("-field")]))
        drop = posted.get(f"{self.prefix}-drop", "")
        for number, lines in sorted(found.items()):
            kept = [line for i, line in enumerate(lines) if f"{number}.{i}" != drop]
            if str(number) == posted.get(f"{self.prefix}-more"):
                kept.append(Line())
            if kept:
                join = _join(posted.get(f"{self.prefix}-{number}-join"))
                self.groups.append(Group(join, kept[:MOST_LINES]))
        if f"{self.prefix}-group" in posted:
            self.groups.append(Group("all", [Line()]))

    def _line(self, posted: QueryDict, base: str) -> Line:
        chosen = without_nul(posted.get(f"{base}-field", ""))
        asked = self.known.get(chosen)
        kind = str(asked.get("type", "")) if asked else ""
        fitting = words.OPERATORS.get(kind, ())
        op = posted.get(f"{base}-op", "")
        op = op if op in fitting else (fitting[0] if fitting else op)
        given = [without_nul(value) for value in posted.getlist(f"{base}-value")]
        return Line(chosen, op, _value(kind, op, given))

    def value(self) -> Any:
        """The condition to keep; None where there is none."""
        if self.kept:
            return self.kept
        groups = [
            (group.join, [_stored(line) for line in group.lines if line.field])
            for group in self.groups
        ]
        parts = [(join, lines) for join, lines in groups if lines]
        if len(parts) == 1:
            (join, lines) = parts[0]
            return lines[0] if len(lines) == 1 else {join: lines}
        joined: list[Any] = []
        for join, lines in parts:
            joined += lines if join == self.join or len(lines) == 1 else [{join: lines}]
        return {self.join: joined} if joined else None

    @property
    def in_words(self) -> str:
        return words.condition(self.value(), self.known)

    @property
    def joins(self) -> list[tuple[str, str]]:
        return [("all", _("all of these")), ("any", _("any of these"))]

    def rows(self) -> list[dict[str, Any]]:
        """The groups with ready-made controls, for the template."""
        return [
            {
                "at": number,
                "join": group.join,
                "lines": [
                    self._control(number, i, line, len(group.lines))
                    for i, line in enumerate(group.lines)
                ],
            }
            for number, group in enumerate(self.groups)
        ]

    def _control(self, group: int, at: int, line: Line, of: int) -> dict[str, Any]:
        asked = self.known.get(line.field)
        kind = str(asked.get("type", "")) if asked else ""
        given = line.value if isinstance(line.value, list) else [line.value]
        return {
            "name": f"{self.prefix}-{group}-{at}",
            "drop": f"{group}.{at}",
            "number": at + 1,
            "field": line.field,
            "lost": bool(line.field) and asked is None,
            "fields": [
                (str(one.get("key", "")), words.text(one.get("label"), one.get("key", "")))
                for one in self.questions
            ],
            "op": line.op,
            "ops": [(op, words.operator(op, kind)) for op in words.OPERATORS.get(kind, ())],
            "control": _control(kind, line.op),
            "options": _options(asked or {}, kind),
            "given": ["true" if one is True else "false" if one is False else one for one in given],
            "value": shown(line.value),
        }


def _join(value: Any) -> str:
    return value if value in JOINS else "all"


def _order(name: str) -> tuple[int, ...]:
    at = _NAME.search(name)
    return (int(at[1]), int(at[2])) if at else ()


def _read(condition: Any) -> tuple[str, list[Group]] | None:
    """As groups of lines, or None where it is deeper than that."""
    if not condition:
        return "all", []
    if not isinstance(condition, Mapping):
        return None
    if "field" in condition:
        return "all", [Group("all", [_line(condition)])]
    if len(condition) != 1 or next(iter(condition)) not in JOINS:
        return None
    join, inner = next(iter(condition.items()))
    if not isinstance(inner, list):
        return None
    groups: list[Group] = []
    loose: list[Line] = []
    for one in inner:
        if not isinstance(one, Mapping):
            return None
        if "field" in one:
            loose.append(_line(one))
            continue
        below = _read(one)
        if below is None or len(below[1]) != 1:
            return None
        groups += below[1]
    return join, ([Group(join, loose)] if loose else []) + groups


def _line(row: Mapping[str, Any]) -> Line:
    return Line(str(row["field"]), str(row.get("is", "")), row.get("value"))


def _stored(line: Line) -> dict[str, Any]:
    stored = {"field": line.field, "is": line.op}
    return stored if line.op in words.WITHOUT_VALUE else stored | {"value": line.value}


def _value(kind: str, op: str, given: list[str]) -> Any:
    if op in words.WITHOUT_VALUE:
        return None
    if op in ("in", "not_in"):
        return [value for value in given if value]
    one = given[0].strip() if given else ""
    if kind == FieldType.YES_NO:
        return one != "false"
    if kind in (FieldType.NUMBER, FieldType.AMOUNT):
        return plain_number(one)
    return relative_day(one) if kind == FieldType.DATE else one


def _control(kind: str, op: str) -> str:
    if not op or op in words.WITHOUT_VALUE:
        return ""
    if op in ("in", "not_in"):
        return "checks"
    if kind in (FieldType.CHOICE, FieldType.CHOICES, FieldType.YES_NO):
        return "select"
    return "day" if kind == FieldType.DATE else "text"


def _options(asked: Mapping[str, Any], kind: str) -> list[tuple[str, str]]:
    if kind == FieldType.YES_NO:
        return [("true", _("Yes")), ("false", _("No"))]
    return [
        (str(one.get("key", "")), words.text(one.get("label"), one.get("key", "")))
        for one in asked.get("options") or []
    ]
