"""Pages by key: each starts behind the last row of the one before, so that rows that come or go
meanwhile are neither shown twice nor skipped, and the thousandth page costs what the first does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api.request import SignedInRequest

SIZE = 50
LARGEST = 200
MOST_COUNTED = 10_000
PARAMETERS = frozenset({"sort", "cursor", "page_size", "count"})
_signer = Signer(salt="core.api.paging")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sorts:
    """What a list can be sorted by: name → columns, the last of them unique."""

    default: str
    columns: Mapping[str, tuple[str, ...]]

    def names(self) -> list[str]:
        return [name for key in self.columns for name in (key, f"-{key}")]


def refuse(field: str, message: str) -> ValidationError:
    return ValidationError({field: [message]})


@dataclass(frozen=True)
class Wanted:
    """The page somebody asks for."""

    sort: str
    columns: tuple[str, ...]
    size: int
    key: list[Any] | None  # the row it starts behind
    back: bool  # towards the beginning of the list
    count: bool

    @classmethod
    def of(cls, request: SignedInRequest, sorts: Sorts) -> "Wanted":
        """From the parameters; ValidationError where they can't be used."""
        asked = request.query_params
        sort = asked.get("sort", sorts.default)
        columns = sorts.columns.get(sort.removeprefix("-"))
        if columns is None:
            raise refuse("sort", _("Choose one of: %s.") % ", ".join(sorts.names()))
        key, back = None, False
        if "cursor" in asked:
            key, back = _read_cursor(asked["cursor"], sort)
        counted = asked.get("count", "0")
        if counted not in ("0", "1"):
            raise refuse("count", _("Choose one of: %s.") % "0, 1")
        return cls(sort, columns, _size(asked.get("page_size")), key, back, counted == "1")

    @property
    def descends(self) -> bool:
        """The direction in which the database reads, which is not always the one shown."""
        return self.sort.startswith("-") != self.back

    def read(self, rows: QuerySet[Any, Any]) -> list[Row]:
        """One row more than fits, in the database's direction."""
        if self.key is not None:
            beyond = TupleLessThan if self.descends else TupleGreaterThan
            rows = rows.filter(beyond(Tuple(*map(F, self.columns)), self.key))
        sign = "-" if self.descends else ""
        return list(rows.order_by(*(sign + column for column in self.columns))[: self.size + 1])


def _size(text: str | None) -> int:
    if text is None:
        return SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LARGEST):
        raise refuse("page_size", _("Give a number from 1 to %s.") % LARGEST)
    return int(text)


def _read_cursor(text: str, sort: str) -> tuple[list[Any], bool]:
    try:
        cursor = _signer.unsign_object(text)
    except (BadSignature, ValueError):
        cursor = {}
    if cursor.get("s") != sort:
        raise refuse("cursor", _("This cursor is not one of this list. Start at the beginning."))
    return [
        datetime.fromisoformat(v["at"]) if isinstance(v, dict) else v for v in cursor["k"]
    ], cursor["b"]


def _cursor(row: Row, wanted: Wanted, *, back: bool) -> str:
    values = [row[column] for column in wanted.columns]
    key = [{"at": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return str(_signer.sign_object({"s": wanted.sort, "k": key, "b": back}))


def paged(
    request: SignedInRequest,
    rows: QuerySet[Any, Any],
    sorts: Sorts,
    shape: Callable[[list[Any]], list[dict[str, Any]]],
) -> Response:
    """A page of `rows` (a .values() queryset that has the sort's columns), shaped for the answer.

    Its neighbours are named in the body and in a Link header.
    """
    wanted = Wanted.of(request, sorts)
    found = wanted.read(rows)
    more, shown = len(found) > wanted.size, found[: wanted.size]
    if wanted.back:
        shown.reverse()
    has_next = bool(shown) and (more or wanted.back)
    has_previous = bool(shown) and wanted.key is not None and (more or not wanted.back)
    links = {
        "next": _address(request, _cursor(shown[-1], wanted, back=False)) if has_next else None,
        "previous": _address(request, _cursor(shown[0], wanted, back=True))
        if has_previous
        else None,
    }
    body: dict[str, Any] = {"results": shape(shown), **links}
    if wanted.count:
        count = rows.order_by()[: MOST_COUNTED + 1].count()
        body |= {"count": min(count, MOST_COUNTED), "count_is_exact": count <= MOST_COUNTED}
    header = ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items() if address)
    return Response(body, headers={"Link": header} if header else None)


def _address(request: SignedInRequest, cursor: str) -> str:
    asked = request.query_params.copy()
    asked["cursor"] = cursor
    asked.pop("count", None)
    return str(request.build_absolute_uri(f"{request.path}?{asked.urlencode()}"))
