"""One rule per field: from a file's text to a value, or to a plain reason why not. Pure.

What a rule finds out about a text is remembered, since logs repeat the same few thousand texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

LONGEST = 200
_GAP = re.compile(r"\s+")
_LONE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Read(NamedTuple):
    """A value and what was wrong with its text. None without a problem: the file says nothing."""

    value: Any
    problem: str = ""
    raw: str = ""


NOTHING = Read(None)


@dataclass
class Rule:
    """How a field is read. See docs/admin/import.md for each option."""

    name: str
    columns: tuple[int, ...]
    type: str = "text"
    join: str = " "
    match: re.Pattern[str] | None = None
    give: str = ""
    values: Mapping[str, Any] | None = None
    missing: frozenset[str] = frozenset()
    formats: tuple[str, ...] = ()
    zone: tzinfo = UTC
    decimal: str = "."
    low: int | None = None
    high: int | None = None
    longest: int = LONGEST
    when: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    known: dict[Any, Read] = field(default_factory=dict, repr=False)

    def read(self, cells: Sequence[str | None]) -> Read:
        """The row's value for this field."""
        if len(self.columns) == 1:
            text = cells[self.columns[0]]
            key: Any = text
        else:
            key = tuple(cells[column] for column in self.columns)
            text = None
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._find(text if text is not None else key)
        return found

    def applies(self, state: str | None) -> bool | None:
        """Whether the row tells this field: True, False (as before), None (it is empty now)."""
        if self.clear and any(fnmatchcase(state or "", pattern) for pattern in self.clear):
            return None
        return not self.when or any(fnmatchcase(state or "", pattern) for pattern in self.when)

    def _find(self, key: Any) -> Read:
        texts = [self._tidy(text) for text in (key if isinstance(key, tuple) else (key,))]
        present = [text for text in texts if text is not None]
        if not present:
            return NOTHING
        raw = self.join.join(present)
        if _LONE.search(raw):
            return Read(None, "is not readable in the file's encoding", raw)
        value, problem = _READERS[self.type](self, raw)
        return Read(value, problem, raw)

    def _tidy(self, text: str | None) -> str | None:
        if text is None:
            return None
        text = _CONTROL.sub("", text).strip()
        return None if text in self.missing else text

    def replaced(self, raw: str) -> str | None:
        """The text after `match`/`give` and `values`; None when the rule has no answer."""
        text = _GAP.sub(" ", raw)
        if self.match is not None:
            found = self.match.search(text)
            if found is None:
                return None
            text = found.expand(self.give) if self.give else (found[1] if found.re.groups else text)
        if self.values is not None:
            given = self.values.get(text, self.values.get("*"))
            return None if given is None else str(given)
        return text


Answer = tuple[Any, str]


def _text(rule: Rule, raw: str) -> Answer:
    text = rule.replaced(raw)
    if text is None:
        if rule.values is not None:
            return None, "is not in the value map"
        text = _GAP.sub(" ", raw)
    if len(text) > rule.longest:
        return text[: rule.longest], f"is longer than {rule.longest} characters and was cut"
    return text, ""


def _int(rule: Rule, raw: str) -> Answer:
    text = rule.replaced(raw)
    if text is None or not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
        return None, "is not a whole number that the mapping knows"
    number = int(text)
    if (rule.low is not None and number < rule.low) or (
        rule.high is not None and number > rule.high
    ):
        return None, f"is not between {rule.low} and {rule.high}"
    return number, ""


def _decimal(rule: Rule, raw: str) -> Answer:
    """A number with one decimal mark. Grouping marks are refused: they can't be told apart."""
    text = rule.replaced(raw)
    mark = re.escape(rule.decimal)
    if text is None or not re.fullmatch(rf"[+-]?\d{{1,15}}(?:{mark}\d{{1,15}})?", text, re.ASCII):
        return None, f"is not a number with “{rule.decimal}” as decimal mark; not guessed"
    try:
        return str(Decimal(text.replace(rule.decimal, "."))), ""
    except InvalidOperation:
        return None, "is not a number"


def _instant(rule: Rule, raw: str) -> Answer:
    for layout in rule.formats:
        try:
            found = (
                datetime.fromisoformat(raw) if layout == "iso" else datetime.strptime(raw, layout)  # noqa: DTZ007 (the zone comes next)
            )
        except ValueError:
            continue
        try:
            instant = (found if found.tzinfo else found.replace(tzinfo=rule.zone)).astimezone(UTC)
        except OverflowError:
            break
        if not 1970 <= instant.year <= 2100:
            return None, "is not between 1970 and 2100"
        return instant, ""
    return None, f"is not a date of the form {' or '.join(rule.formats)}"


def _flag(rule: Rule, raw: str) -> Answer:
    text = (rule.replaced(raw) or "").lower()
    if text in ("true", "yes", "y", "1"):
        return True, ""
    if text in ("false", "no", "n", "0"):
        return False, ""
    return None, "is neither true nor false"


_READERS: dict[str, Callable[[Rule, str], Answer]] = {
    "text": _text,
    "int": _int,
    "decimal": _decimal,
    "instant": _instant,
    "flag": _flag,
}
TYPES = frozenset(_READERS)
