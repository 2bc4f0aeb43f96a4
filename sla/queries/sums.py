"""Reading the rollups: which rows answer a question, and what they add up to."""
# Statements are put together from names that stand in this file; what is asked for is a parameter.
# ruff: noqa: S608

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import add, sub
from typing import Any

from django.conf import settings
from django.db import connection

from sla.measures import EDGES
from sla.models.figures import DIMENSIONS, grain_for
from sla.queries.extent import Extent

FLOW = (
    "opened", "responded", "ack_clock", "ack_work", "resolved", "resolve_raw", "resolve_clock",
    "resolve_work", "reopened", "first_contact", "entered", "left",
)  # fmt: skip
ATTAINMENT = ("started", "ended", "met", "missed", "broke", "mended")
COLUMNS = {
    "service": "service_id",
    "team": "team_id",
    "priority": "priority",
    "category": "category_id",
    "metric": "metric",
    "policy": "policy_id",
}
Sums = Counter[str]


@dataclass(frozen=True)
class Filters:
    """Which records (and clocks) are counted: empty is all of them, 0 is those without."""

    kind: str = ""
    service: tuple[int, ...] = ()
    team: tuple[int, ...] = ()
    priority: tuple[int, ...] = ()
    category: tuple[int, ...] = ()
    metric: tuple[str, ...] = ()
    policy: tuple[int, ...] = ()

    @property
    def dimensions(self) -> set[str]:
        return {name for name in DIMENSIONS if getattr(self, name)}


@dataclass
class Where:
    """Conditions of a statement, for the rows that the reader and the filters leave."""

    filters: Filters
    extent: Extent
    team: str = "team_id"  # the column that says the team
    of: str = ""  # alias of the other columns
    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.filters.kind:
            self._add(f"{self.of}kind = %(kind)s", kind=self.filters.kind)
        for name in DIMENSIONS:
            self.chosen(name)
        if not self.extent.everything:
            self._add(
                f"({self.column('team')} = ANY(%(own_teams)s)"
                f" OR {self.column('service')} = ANY(%(own_services)s))",
                own_teams=list(self.extent.teams),
                own_services=list(self.extent.services),
            )

    def column(self, name: str) -> str:
        return self.team if name == "team" else f"{self.of}{COLUMNS[name]}"

    def chosen(self, name: str, column: str = "") -> None:
        """Only what the filter of this name chose, if it chose."""
        picked = getattr(self.filters, name)
        if picked:
            of = column or self.column(name)
            of = f"coalesce({of}, 0)" if 0 in picked else of
            self._add(f"{of} = ANY(%({name}s)s)", **{f"{name}s": [*picked]})

    def _add(self, condition: str, **parameters: Any) -> None:
        self.conditions.append(condition)
        self.parameters |= parameters

    def __str__(self) -> str:
        return "".join(f" AND {condition}" for condition in self.conditions)


class Ledger:
    """Sums of days, asked for any stretch of them: each answer costs two bisections."""

    def __init__(self, rows: Iterable[Sequence[Any]], width: int) -> None:
        """`rows`: (day, *sums), `width` sums in each."""
        ordered = sorted(rows, key=lambda row: row[0])
        self._days = [row[0] for row in ordered]
        totals = [(0,) * width]
        for _day, *sums in ordered:
            totals.append(tuple(map(add, totals[-1], sums)))
        self._totals = totals

    def before(self, day: date) -> tuple[int, ...]:
        """The sums of all days before `day`."""
        return self._totals[bisect_left(self._days, day)]

    def between(self, first: date, until: date) -> tuple[int, ...]:
        """The sums of the days [first, until)."""
        return tuple(map(sub, self.before(until), self.before(first)))


def by_name(rows: Iterable[Sequence[Any]], width: int) -> dict[str, Ledger]:
    """A ledger for each name of rows (day, name, *sums)."""
    found: dict[str, list[Sequence[Any]]] = {}
    for day, name, *sums in rows:
        found.setdefault(name, []).append((day, *sums))
    return {name: Ledger(own, width) for name, own in found.items()}


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@dataclass(frozen=True)
class Reader:
    """Asks the rollups. `by`: names of COLUMNS that the answers are told apart by."""

    filters: Filters
    extent: Extent

    def _where(self, clocks: bool) -> Where:
        where = Where(self.filters, self.extent)
        if clocks:
            where.chosen("metric")
            where.chosen("policy")
        return where

    def _grain(self, by: Iterable[str]) -> int:
        used = self.filters.dimensions | self.extent.dimensions | (set(by) & set(DIMENSIONS))
        return grain_for(used)

    def days(
        self,
        table: str,
        names: Sequence[str],
        first: date,
        until: date,
        by: Sequence[str] = (),
        cuts: Iterable[date] = (),
    ) -> list[tuple[Any, ...]]:
        """(day, *by, *sums) of [first, until): by days, or by whole months that no cut falls in."""
        where = self._where(table == "sla_attainment")
        keys = ["day", *(COLUMNS[name] for name in by)]
        within, parameters = _within(first, until, cuts)
        return _rows(
            f"SELECT {', '.join(keys)}, {_summed(names)} FROM {table} WHERE grain = %(grain)s"
            f" AND {within}{where} GROUP BY {', '.join(keys)}",
            {"grain": self._grain(by), **parameters, **where.parameters},
        )

    def sums(
        self,
        table: str,
        names: Sequence[str],
        spans: Sequence[tuple[date, date]],
        by: Sequence[str],
    ) -> list[tuple[Any, ...]]:
        """(number of the span, *by, *sums): spans are told apart, and do not overlap."""
        where = self._where(table == "sla_attainment")
        keys = ["span", *(COLUMNS[name] for name in by)]
        cases = " ".join(
            f"WHEN day >= %(first{i})s AND day < %(until{i})s THEN {i}" for i in range(len(spans))
        )
        dates = {f"first{i}": first for i, (first, _until) in enumerate(spans)}
        dates |= {f"until{i}": until for i, (_first, until) in enumerate(spans)}
        within, parameters = _within(min(dates.values()), max(dates.values()), dates.values())
        return _rows(
            f"SELECT * FROM (SELECT CASE {cases} END AS {', '.join(keys)}, {_summed(names)}"
            f" FROM {table} WHERE grain = %(grain)s AND {within}{where}"
            f" GROUP BY {', '.join(keys)}) s WHERE span IS NOT NULL",
            {"grain": self._grain(by), **dates, **parameters, **where.parameters},
        )

    def until(
        self, table: str, expressions: Sequence[str], day: date, by: Sequence[str] = ()
    ) -> list[tuple[Any, ...]]:
        """(*by, *sums of the expressions) of all days before `day`: months, then the days left."""
        where = self._where(table == "sla_attainment")
        keys = [COLUMNS[name] for name in by]
        sums = ", ".join(f"coalesce(sum({text}), 0)::bigint" for text in expressions)
        grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
        return _rows(
            f"SELECT {', '.join([*keys, sums])} FROM {table} WHERE grain = %(grain)s AND"
            f" ((monthly AND day < %(month)s) OR (NOT monthly AND day >= %(month)s"
            f" AND day < %(day)s)){where}{grouped}",
            {
                "grain": self._grain(by),
                "day": day,
                "month": day.replace(day=1),
                **where.parameters,
            },
        )

    def whose(self, first: date, until: date) -> list[tuple[Any, ...]]:
        """(whose, seconds, records) of the records resolved in [first, until)."""
        where = self._where(clocks=False)
        within, parameters = _within(first, until)
        return _rows(
            f"SELECT whose, {_summed(('seconds', 'records'))} FROM sla_spent WHERE"
            f" grain = %(grain)s AND {within}{where} GROUP BY whose",
            {"grain": self._grain([]), **parameters, **where.parameters},
        )

    def late(self, now: datetime, by: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """(day of the breach, *by, number) of the clocks that are open though breached by now."""
        where = Where(self.filters, self.extent, "coalesce(p.team_id, f.team_id)", "f.")
        where.chosen("metric", "p.metric")
        where.chosen("policy", "p.policy_id")
        keys = [
            f"p.{COLUMNS[name]}" if name in ("metric", "policy") else where.column(name)
            for name in by
        ]
        keys = ["(p.breaks_at AT TIME ZONE %(zone)s)::date", *keys]
        return _rows(
            f"SELECT {', '.join(keys)}, count(*) FROM sla_promise p JOIN sla_figure f USING"
            f" (ticket_id) WHERE p.ended_on IS NULL AND p.breaks_at < %(now)s{where}"
            f" GROUP BY {', '.join(str(n + 1) for n in range(len(keys)))}",
            {"now": now, "zone": settings.DEFAULT_USER_TIME_ZONE, **where.parameters},
        )

    # The middle and the slow end --------------------------------------------------------------

    def quantiles(
        self, columns: Sequence[tuple[str, str]], shares: Sequence[float], first: date, until: date
    ) -> dict[str, list[float | None]]:
        """Exact quantiles of each (column, day) of Figure, as percentile_cont defines them."""
        if self.filters.dimensions or self.extent.dimensions:
            return self._counted_out(columns, shares, first, until)
        bins = self._bins(first, until)
        wanted: list[tuple[str, str, int, int, int, int]] = []
        places: list[tuple[str, float]] = []
        for column, day in columns:
            counts = bins.get(column, [])
            total = sum(number for _bin, number in counts)
            for share in shares:
                place = share * (total - 1)
                places.append((column, place))
                if total:
                    wanted.append((column, day, len(places) - 1, *_narrowed(counts, int(place))))
        found = self._picked(wanted, first, until)
        answer: dict[str, list[float | None]] = {}
        for number, (column, place) in enumerate(places):
            answer.setdefault(column, []).append(_between(found.get(number), place % 1))
        return answer

    def _bins(self, first: date, until: date) -> dict[str, list[tuple[int, int]]]:
        """How many lengths of each measure are in each bin."""
        where = Where(Filters(kind=self.filters.kind), Extent(True))
        within, parameters = _within(first, until)
        rows = _rows(
            f"SELECT measure, bin, sum(number)::bigint FROM sla_spread WHERE grain = 0"
            f" AND {within}{where} GROUP BY measure, bin ORDER BY measure, bin",
            {**parameters, **where.parameters},
        )
        found: dict[str, list[tuple[int, int]]] = {}
        for measure, place, number in rows:
            found.setdefault(measure, []).append((place, number))
        return found

    def _picked(
        self, wanted: Sequence[tuple[str, str, int, int, int, int]], first: date, until: date
    ) -> dict[int, list[int]]:
        if not wanted:
            return {}
        where = Where(Filters(kind=self.filters.kind), Extent(True))
        parts = [
            f"(SELECT {number}, {column} FROM sla_figure WHERE {column} >= {low} AND {column} <"
            f" {high} AND {day} >= %(first)s AND {day} < %(until)s{where}"
            f" ORDER BY {column} OFFSET {skip} LIMIT 2)"
            for column, day, number, low, high, skip in wanted
        ]
        rows = _rows(
            " UNION ALL ".join(parts), {"first": first, "until": until, **where.parameters}
        )
        found: dict[int, list[int]] = {}
        for number, value in rows:
            found.setdefault(number, []).append(value)
        return {number: sorted(pair) for number, pair in found.items()}

    def _counted_out(
        self, columns: Sequence[tuple[str, str]], shares: Sequence[float], first: date, until: date
    ) -> dict[str, list[float | None]]:
        """For some of the records only: the database sorts theirs."""
        where = Where(self.filters, self.extent)
        found: dict[str, list[float | None]] = {}
        for day in sorted({day for _column, day in columns}):
            names = [column for column, own in columns if own == day]
            wanted = ", ".join(
                f"percentile_cont(%(shares)s::float8[]) WITHIN GROUP (ORDER BY {name})"
                for name in names
            )
            (row,) = _rows(
                f"SELECT {wanted} FROM sla_figure WHERE {day} >= %(first)s AND {day} < %(until)s"
                f"{where}",
                {"shares": list(shares), "first": first, "until": until, **where.parameters},
            )
            for name, values in zip(names, row, strict=True):
                found[name] = list(values) if values else [None] * len(shares)
        return found


def _summed(names: Sequence[str]) -> str:
    return ", ".join(f'sum("{name}")::bigint' for name in names)


def _within(first: date, until: date, cuts: Iterable[date] = ()) -> tuple[str, dict[str, Any]]:
    """A condition for the rows of [first, until): months that no cut falls in, else their days."""
    apart = sorted(cuts)
    months: list[date] = []
    ranges: list[tuple[date, date]] = []
    start, month = first, first if first.day == 1 else _next_month(first)
    while _next_month(month) <= until:
        after = _next_month(month)
        if bisect_right(apart, month) == bisect_left(apart, after):
            months.append(month)
            if start < month:
                ranges.append((start, month))
            start = after
        month = after
    if start < until:
        ranges.append((start, until))
    parts = ["(monthly AND day = ANY(%(months)s))"] if months else []
    parts += [
        f"(NOT monthly AND day >= %(low{i})s AND day < %(high{i})s)" for i in range(len(ranges))
    ]
    parameters: dict[str, Any] = {"months": months}
    parameters |= {f"low{i}": low for i, (low, _high) in enumerate(ranges)}
    parameters |= {f"high{i}": high for i, (_low, high) in enumerate(ranges)}
    return f"({' OR '.join(parts) or 'false'})", parameters


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _narrowed(counts: Sequence[tuple[int, int]], place: int) -> tuple[int, int, int]:
    """(low, high, skip): where the values at `place` and after it lie, and how many come before."""
    below, low, skip = 0, None, 0
    total = sum(number for _bin, number in counts)
    for place_bin, number in counts:
        if low is None and below + number > place:
            low, skip = EDGES[place_bin - 1], place - below
        below += number
        if low is not None and below > min(place + 1, total - 1):
            return low, EDGES[place_bin] if place_bin < len(EDGES) else 2**31 - 1, skip
    return 0, 0, 0


def _between(pair: Sequence[int] | None, part: float) -> float | None:
    if not pair:
        return None
    return pair[0] + part * (pair[-1] - pair[0])
