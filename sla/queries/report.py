"""The one query object of service level figures: totals, series, groups, and the very records.

    report = Report(Period.of("month", today), Filters(team=(3,)), reader=user)
    report.totals["mttr"].value, report.records("resolved").total

Everything is read from facts and sums as of `as_of`; docs/dev/figures.md says what each means.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from cmdb.models import Service
from core.walltime import instant
from sla.enums import FACING, Metric
from sla.measures import REQUESTER, SUPPLIER
from sla.models import Counted, Policy
from sla.models.figures import DIMENSIONS
from sla.queries.extent import extent_of
from sla.queries.kpis import KPIS, OF_CLOCKS, SPREADS, Value, values
from sla.queries.periods import Period
from sla.queries.populations import Records, population, records
from sla.queries.sums import ATTAINMENT, FLOW, Filters, Ledger, Reader, Sums, by_name
from tickets.models import Category

GROUPS = ("service", "team", "priority", "category", "policy", "metric")
NONE = "0"  # the group of what has no service, no category
SHARES = (0.5, 0.9)
_STATE = ("broke - mended", "started - ended")


@dataclass(frozen=True)
class Point:
    """One part of the series: days [start, end). `coming`: none of it is over yet."""

    start: date
    end: date
    coming: bool
    values: dict[str, Value]
    entered: int
    left: int


@dataclass(frozen=True)
class Group:
    """The figures of one service, team … `key` is its id as text."""

    key: str
    name: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Share:
    """Who had the records resolved in the period, and how much of their time."""

    key: str
    name: str
    seconds: int
    share: float
    records: int


class Report:
    """`now` stands still: a clock is breached as of it. Instants are those of the organisation."""

    def __init__(
        self,
        period: Period,
        filters: Filters | None = None,
        *,
        reader: User,
        group_by: str = "service",
        compare: bool = True,
        now: datetime | None = None,
    ) -> None:
        self.period = period
        self.before = period.previous() if compare else None
        self.filters = _facing(filters or Filters())
        self.reader = reader
        self.group_by = group_by if group_by in GROUPS else GROUPS[0]
        self.extent = extent_of(reader)
        self.now = now or timezone.now()
        self._sums = Reader(self.filters, self.extent)
        # Told apart by metric, those among ourselves have rows of their own.
        apart = self.group_by == "metric"
        self._group_sums = Reader(filters or Filters(), self.extent) if apart else self._sums

    @cached_property
    def as_of(self) -> datetime | None:
        """Up to which instant everything is counted; None: nothing has been yet."""
        return Counted.objects.values_list("at", flat=True).first()

    # The whole period -------------------------------------------------------------------------

    @cached_property
    def totals(self) -> dict[str, Value]:
        """Each figure over the period, beside that of the period before."""
        return values(self._total(self.period), self._total(self.before) if self.before else None)

    @cached_property
    def spreads(self) -> dict[str, dict[str, float | None]]:
        """{figure: {"median", "p90"}} of the lengths: exact, in seconds."""
        found: dict[str, list[float | None]] = {}
        for day in ("opened_on", "resolved_on"):
            columns = [each for each in SPREADS.values() if each[1] == day]
            found |= self._sums.quantiles(columns, SHARES, self.period.first, self.period.until)
        return {
            key: dict(zip(("median", "p90"), found.get(column, [None, None]), strict=True))
            for key, (column, _day) in SPREADS.items()
        }

    @cached_property
    def metrics(self) -> dict[str, dict[str, Value]]:
        """The figures of clocks for each metric that is counted."""
        found = {}
        for metric in self.filters.metric:
            now = self._clocks(self.period.first, self.period.until, metric)
            before = self.before
            earlier = self._clocks(before.first, before.until, metric) if before else None
            found[metric] = values(now, earlier)
        return found

    def _total(self, period: Period) -> Sums:
        return self._part(period.first, period.until)

    def _part(self, first: date, until: date) -> Sums:
        return Sums({**self._flow(first, until), **self._clocks(first, until)})

    # Parts of it ------------------------------------------------------------------------------

    @cached_property
    def series(self) -> list[Point]:
        """The parts of the period in order; those still to come have no figures."""
        return self._parts(self.period)

    @cached_property
    def earlier(self) -> list[Point]:
        """The parts of the period before, of all of it, as far as that is compared with."""
        return self._parts(self.before) if self.before else []

    def _parts(self, period: Period) -> list[Point]:
        found = []
        for start, end in period.parts():
            coming = start >= period.until
            until = min(end, period.until)
            sums = Sums() if coming else self._part(start, until)
            found.append(Point(start, end, coming, values(sums), sums["entered"], sums["left"]))
        return found

    # Sums of days -----------------------------------------------------------------------------

    @property
    def _first(self) -> date:
        return self.before.first if self.before else self.period.first

    @cached_property
    def _cuts(self) -> set[date]:
        """The days at which any sum that is asked for begins or ends."""
        periods = [period for period in (self.period, self.before) if period is not None]
        found = {day for period in periods for day in (period.first, period.until)}
        return found | {day for period in periods for part in period.parts() for day in part}

    @cached_property
    def _flows(self) -> Ledger:
        rows = self._sums.days("sla_flow", FLOW, self._first, self.period.until, cuts=self._cuts)
        return Ledger(rows, len(FLOW))

    @cached_property
    def _open_before(self) -> int:
        rows = self._sums.until("sla_flow", ['entered - "left"'], self._first)
        return int(rows[0][0])

    def _flow(self, first: date, until: date) -> Sums:
        total = Sums(dict(zip(FLOW, self._flows.between(first, until), strict=True)))
        moved = dict(zip(FLOW, self._flows.before(until), strict=True))
        total["backlog"] = self._open_before + moved["entered"] - moved["left"]
        return total

    @cached_property
    def _attainments(self) -> dict[str, Ledger]:
        rows = self._sums.days(
            "sla_attainment", ATTAINMENT, self._first, self.period.until, ["metric"], self._cuts
        )
        return by_name(rows, len(ATTAINMENT))

    @cached_property
    def _clocks_before(self) -> dict[str, tuple[int, int]]:
        """{metric: (broken, open)} among the clocks that were open when the days begin."""
        rows = self._sums.until("sla_attainment", _STATE, self._first, ["metric"])
        return {metric: (broken, still) for metric, broken, still in rows}

    @cached_property
    def _late_rows(self) -> list[tuple[date, str, Any, int]]:
        """(day of the breach, metric, group, number) of what is open and breached: asked once."""
        if self.group_by == "metric":
            rows = self._group_sums.late(self.now, ["metric"])
            return [(day, metric, metric, number) for day, metric, number in rows]
        return [(row[0], row[1], row[2], row[3]) for row in
                self._group_sums.late(self.now, ["metric", self.group_by])]  # fmt: skip

    @cached_property
    def _late(self) -> dict[str, Ledger]:
        return by_name(((day, metric, n) for day, metric, _group, n in self._late_rows), 1)

    def _clocks(self, first: date, until: date, metric: str = "") -> Sums:
        total = Sums(dict.fromkeys(("met", "missed", "late", "open"), 0))
        for name in (metric,) if metric else self.filters.metric:
            broken, still = self._clocks_before.get(name, (0, 0))
            total.update({"late": broken, "open": still})
            if name in self._attainments:
                days = self._attainments[name]
                started, ended, _met, _missed, broke, mended = days.before(until)
                total.update({"late": broke - mended, "open": started - ended})
                _started, _ended, met, missed, _broke, _mended = days.between(first, until)
                total.update({"met": met, "missed": missed})
            if name in self._late:
                total["late"] += self._late[name].before(until)[0]
        return total

    # Groups -----------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[Group]:
        """The figures of each group that has any, the largest first."""
        now, before = self._grouped(self.period), self._grouped(self.before)
        names = _names(self.group_by, now)
        found = [
            Group(
                _key(key), names.get(key) or _nameless(self.group_by), values(sums, before.get(key))
            )
            for key, sums in now.items()
        ]
        return sorted(found, key=lambda group: (-_size(group), group.name))

    @cached_property
    def _group_rows(self) -> dict[int, dict[Any, Sums]]:
        """Sums by span (0: the period, 1: the one before) and group."""
        spans = [(p.first, p.until) for p in (self.period, self.before) if p is not None]
        spans = [span for span in spans if span[0] < span[1]]
        found: dict[int, dict[Any, Sums]] = {0: {}, 1: {}}
        by = [self.group_by]
        if not spans:
            return found
        plan: list[tuple[str, tuple[str, ...]]] = [("sla_attainment", ATTAINMENT)]
        if self.group_by in DIMENSIONS:
            plan.append(("sla_flow", FLOW))
        for table, names in plan:
            for span, key, *sums in self._group_sums.sums(table, names, spans, by):
                group = found[span].setdefault(key, Sums())
                group.update(dict(zip(names, sums, strict=True)))
        return found

    def _grouped(self, period: Period | None) -> dict[Any, Sums]:
        if period is None or period.first >= period.until:
            return {}
        found = self._group_rows[0 if period is self.period else 1]
        groups = {key: Sums(sums) for key, sums in found.items()}
        flows = self.group_by in DIMENSIONS
        for key, name, number in self._standing(period.until, flows=flows):
            groups.setdefault(key, Sums())[name] += number
        for sums in groups.values():
            for name in (*((*FLOW, "backlog") if flows else ()), "met", "missed", "late", "open"):
                sums.setdefault(name, 0)
        return groups

    def _standing(self, until: date, *, flows: bool) -> Iterator[tuple[Any, str, int]]:
        """(group, name, number) of what is open, where any is."""
        by, asked = [self.group_by], self._group_sums
        rows = [("late", key, n) for day, _metric, key, n in self._late_rows if day < until]
        for key, broken, still in asked.until("sla_attainment", _STATE, until, by):
            rows += [("late", key, broken), ("open", key, still)]
        if flows:
            rows += [
                ("backlog", key, still)
                for key, still in asked.until("sla_flow", ['entered - "left"'], until, by)
            ]
        return ((key, name, number) for name, key, number in rows if number)

    @cached_property
    def spent(self) -> list[Share]:
        """Whose time it was, of the records resolved in the period; the largest share first."""
        span = [(self.period.first, self.period.until)]
        if span[0][0] >= span[0][1]:
            return []
        sums: dict[str, Counter[str]] = {}
        for whose, seconds, number in self._sums.whose(*span[0]):
            sums.setdefault(whose, Counter()).update({"seconds": seconds, "records": number})
        total = sum(each["seconds"] for each in sums.values())
        teams = Team.objects.in_bulk([int(key) for key in sums if key.isdigit()])
        named = {SUPPLIER: _("Suppliers"), REQUESTER: _("Requesters")}
        named |= {str(pk): team.name for pk, team in teams.items()}
        found = [
            Share(
                key, named.get(key) or _("No team"), each["seconds"],
                each["seconds"] / total if total else 0.0, each["records"],
            )
            for key, each in sums.items()
        ]  # fmt: skip
        return sorted(found, key=lambda share: -share.seconds)

    # The records themselves -------------------------------------------------------------------

    def records(
        self, name: str, *, first: date | None = None, until: date | None = None
    ) -> Records:
        """What a figure counts: a key of POPULATIONS, of the period or days [first, until) of it.

        ValueError for a name that is none. A group is a filter: `with_group`.
        """
        first = max(first or self.period.first, self.period.first)
        until = min(until or self.period.until, self.period.until)
        until = max(first, until)
        zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
        end = min(self.now, instant(until, time.min, zone))
        counted = population(name, first, until, end, self.filters, self.extent)
        return records(counted, self.reader)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; None where nothing was measured."""
        return {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "period": _period(self.period),
            "previous": _period(self.before) if self.before else None,
            "totals": {key: value.to_json() for key, value in self.totals.items()},
            "spreads": self.spreads,
            "metrics": {
                metric: {key: value.figures() for key, value in found.items()}
                for metric, found in self.metrics.items()
            },
            "series": [
                {
                    "start": point.start.isoformat(),
                    "end": point.end.isoformat(),
                    "entered": point.entered,
                    "left": point.left,
                    "values": {key: value.value for key, value in point.values.items()},
                    "n": {key: value.n for key, value in point.values.items()},
                }
                for point in self.series
            ],
            "group_by": self.group_by,
            "groups": [
                {
                    "key": group.key,
                    "name": group.name,
                    "values": {key: value.figures() for key, value in group.values.items()},
                }
                for group in self.groups
            ],
            "spent": [vars(share) for share in self.spent],
        }


def _facing(filters: Filters) -> Filters:
    """Without a choice, the promises to customers are meant, not those among ourselves."""
    return filters if filters.metric else replace(filters, metric=tuple(map(str, FACING)))


def _period(period: Period) -> dict[str, Any]:
    return {
        "range": period.range,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "partial": period.is_partial,
        "bucket": period.bucket,
    }


def _key(key: Any) -> str:
    return NONE if key is None else str(key)


def _size(group: Group) -> int:
    known = group.values.get("opened") or group.values["attainment"]
    return known.n


def _names(group_by: str, keys: Any) -> dict[Any, str]:
    if group_by == "priority":
        return {key: f"P{key}" for key in keys}
    if group_by == "metric":
        return {key: str(Metric(key).label) for key in keys}
    model: Any = {"service": Service, "team": Team, "category": Category, "policy": Policy}
    rows = model[group_by].objects.in_bulk([key for key in keys if key is not None])
    return {key: row.name for key, row in rows.items()}


def _nameless(group_by: str) -> str:
    return {"service": _("No service"), "category": _("No category")}.get(group_by, _("None"))


def known_metrics(report: Report) -> Iterator[str]:
    """Metrics with any clock in or before the period, in their usual order."""
    for metric, found in report.metrics.items():
        if found["attainment"].n or found["open_breached"].n:
            yield metric


__all__ = ["GROUPS", "KPIS", "NONE", "OF_CLOCKS", "Filters", "Period", "Report", "known_metrics"]
