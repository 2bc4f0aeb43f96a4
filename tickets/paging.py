"""Pages by key: the next page starts after the last row of this one, at any depth at one price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

SIZE = 50
# What a list can be sorted by. Each ends in `id`, so that no two rows are equal, and has an index
# in that order where lists can be long.
SORTS: dict[str, tuple[str, ...]] = {
    "sla": ("breaks_at", "priority", "opened_at", "id"),
    "priority": ("priority", "opened_at", "id"),
    "opened": ("opened_at", "id"),
    "updated": ("updated_at", "id"),
    "resolved": ("resolved_at", "id"),
    "number": ("serial", "id"),
    "title": ("title", "id"),
    "status": ("status", "-updated_at", "-id"),
    "assignee": ("assignee_name", "id"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS = frozenset({"breaks_at", "opened_at", "updated_at", "resolved_at"})
_NUMBERS = frozenset({"priority", "serial", "id"})
_SEPARATOR = "~"
_BACK = "<"


@dataclass(frozen=True)
class Page:
    """Rows of one page; `next` and `prev` are cursors, empty where there is no such page."""

    rows: list[dict[str, Any]]
    next: str = ""
    prev: str = ""


@dataclass(frozen=True)
class Order:
    """One way of sorting: a key of SORTS, and whether it runs backwards."""

    key: str
    backwards: bool = False

    @classmethod
    def of(cls, text: str, default: str = "priority") -> "Order":
        """From `-updated`; an unknown sort is the default one."""
        wanted = text if text.lstrip("-") in SORTS else default
        return cls(wanted.lstrip("-"), wanted.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.key}" if self.backwards else self.key

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names with a leading minus where they descend."""
        return _turned(SORTS[self.key]) if self.backwards else SORTS[self.key]

    def prepare(self, tickets: Any) -> Any:
        """The tickets with what this order needs; without the rows that have no place in it."""
        if self.key == "assignee":
            return tickets.annotate(assignee_name=Coalesce("assignee__display_name", Value("")))
        if self.key == "resolved":
            return tickets.filter(resolved_at__isnull=False)
        return tickets

    def apply(self, tickets: Any) -> Any:
        """The tickets in this order."""
        return self.prepare(tickets).order_by(*self.columns)

    def page(
        self, tickets: Any, cursor: str = "", size: int = SIZE, fields: Sequence[str] = ("id",)
    ) -> Page:
        """One page of `tickets` (any queryset) from `cursor`, as dicts of `fields`. One query."""
        back = cursor.startswith(_BACK)
        values = self._read(cursor.lstrip(_BACK))
        columns = _turned(self.columns) if back else self.columns
        found = self.prepare(tickets)
        if values is not None:
            found = found.filter(_beyond(columns, values))
        names = dict.fromkeys((*fields, *(column.lstrip("-") for column in columns)))
        rows = list(found.order_by(*columns).values(*names)[: size + 1])
        more = len(rows) > size
        rows = rows[:size]
        if back:
            rows.reverse()
        if not rows:
            return Page(rows)
        following = self.cursor(rows[-1]) if more or back else ""
        before = self.cursor(rows[0]) if values is not None and (more or not back) else ""
        return Page(rows, following, before and _BACK + before)

    def cursor(self, row: dict[str, Any]) -> str:
        """Where the page after `row` starts."""
        return _SEPARATOR.join(_text(row[column.lstrip("-")]) for column in self.columns)

    def is_cursor(self, text: str) -> bool:
        """Whether `text` is a cursor of this order."""
        return not text or self._read(text.lstrip(_BACK)) is not None

    def _read(self, cursor: str) -> list[Any] | None:
        # A title may hold the separator itself: what follows the first column has none.
        parts = cursor.rsplit(_SEPARATOR, len(self.columns) - 1)
        if len(parts) != len(self.columns):
            return None
        values = [_value(c.lstrip("-"), part) for c, part in zip(self.columns, parts, strict=True)]
        return None if None in values else values


def _turned(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in columns)


def _beyond(columns: Sequence[str], values: list[Any]) -> Q:
    condition, equal = Q(), Q()
    for column, value in zip(columns, values, strict=True):
        name, beyond = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    first, way = columns[0].lstrip("-"), "lte" if columns[0].startswith("-") else "gte"
    # Said twice, so that the index is entered at the right place.
    return Q(**{f"{first}__{way}": values[0]}) & condition


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return str(value)


def _value(column: str, text: str) -> Any:
    if column not in _INSTANTS | _NUMBERS:
        return text.replace("\x00", "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    if column in _NUMBERS:
        return int(text)
    try:
        return _EPOCH + timedelta(microseconds=int(text))
    except OverflowError:
        return None
