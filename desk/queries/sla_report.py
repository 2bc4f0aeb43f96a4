"""The report page: ready-made words and shapes from one report object, and its tables as rows."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Team, User
from cmdb.models import Service
from core import formats
from desk.queries import charts
from desk.queries.charts import Drawing
from desk.queries.sla_choice import Choice
from sla.enums import Metric
from sla.models import Policy
from sla.queries.kpis import KPIS, SECONDS, SHARE, Value
from sla.queries.report import GROUPS, Point, known_metrics
from tickets import kinds
from tickets.models import Category

RANGES = {
    "week": gettext_lazy("This week"),
    "month": gettext_lazy("This month"),
    "quarter": gettext_lazy("This quarter"),
    "year": gettext_lazy("12 months"),
}
BUCKETS = {
    "": gettext_lazy("As it fits"),
    "day": pgettext_lazy("part of a period", "Day"),
    "week": pgettext_lazy("part of a period", "Week"),
    "month": pgettext_lazy("part of a period", "Month"),
}
GROUP_NAMES = {
    "service": gettext_lazy("Service"),
    "team": gettext_lazy("Team"),
    "priority": gettext_lazy("Priority"),
    "category": gettext_lazy("Category"),
    "policy": gettext_lazy("Policy"),
    "metric": gettext_lazy("Metric"),
}
CARDS = ("attainment", "open_breached", "mtta", "mttr", "backlog", "opened", "resolved",
         "first_contact", "reopened")  # fmt: skip
# What a group's row shows, and what its number opens.
IN_GROUPS = ("attainment", "open_breached", "mtta", "mttr", "mttr_work", "opened", "resolved",
             "backlog", "first_contact", "reopened")  # fmt: skip
IN_SERIES = ("kept", "mtta", "mttr", "mttr_work", "opened", "resolved", "backlog")
LATE = timedelta(minutes=5)  # figures counted longer ago than that are said to be late
Option = dict[str, Any]


def shown(value: float | None, unit: str) -> str:
    """A figure as it reads; what was not measured says so."""
    if value is None:
        return _("not measured")
    if unit == SHARE:
        return f"{value * 100:.1f}%"
    if unit == SECONDS:
        return formats.duration(round(value))
    return f"{round(value):,}"


def change(value: Value) -> str:
    """How it differs from the period before, in its unit; points for shares."""
    if value.change is None:
        return ""
    sign = "+" if value.change > 0 else "−" if value.change < 0 else "±"
    size = abs(value.change)
    if value.kpi.unit == SHARE:
        return _("%(change)s %%p") % {"change": f"{sign}{size * 100:.1f}"}
    if value.kpi.unit == SECONDS:
        return f"{sign}{formats.duration(round(size))}"
    return f"{sign}{round(size):,}"


VERDICTS = {
    "better": gettext_lazy("better"),
    "worse": gettext_lazy("worse"),
    "same": gettext_lazy("unchanged"),
}


@dataclass(frozen=True)
class Cell:
    """A number, its population, and the list it opens; no `url` where nothing is listed."""

    label: Any
    text: str
    n: int
    url: str

    @property
    def number(self) -> str:
        return f"{self.n:,}"


class Page:
    """What the templates print."""

    def __init__(self, choice: Choice, reader: User) -> None:
        self.choice = choice
        self.report = choice.report(reader)
        self.now = self.report.now

    # Frame ------------------------------------------------------------------------------------

    @property
    def as_of(self) -> str:
        at = self.report.as_of
        return formats.moment(at) if at else ""

    @property
    def is_late(self) -> bool:
        at = self.report.as_of
        return at is not None and self.now - at > LATE

    def period_words(self, first: date, last: date) -> str:
        return f"{formats.day(first)} – {formats.day(last)}"

    @property
    def when(self) -> str:
        period = self.choice.period
        return self.period_words(period.first, period.last)

    @property
    def compared(self) -> str:
        before = self.report.before
        if before is None or before.first >= before.until:
            return ""
        return self.period_words(before.first, before.until - timedelta(days=1))

    def ranges(self) -> list[Option]:
        chosen = self.choice.period.range
        return [
            {
                "label": label,
                "url": self.choice.query(range=key, from_=None, to=None, by=None),
                "on": key == chosen,
            }
            for key, label in RANGES.items()
        ]

    def groupings(self) -> list[Option]:
        return [
            {"value": key, "label": GROUP_NAMES[key], "on": key == self.choice.group_by}
            for key in GROUPS
        ]

    def buckets(self) -> list[Option]:
        return [
            {"value": key, "label": label, "on": key == self.choice.bucket}
            for key, label in BUCKETS.items()
        ]

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """The filters, each with what it offers the reader."""
        filters, extent = self.choice.filters, self.report.extent
        services: QuerySet[Any] = Service.objects.all()
        teams: QuerySet[Any] = Team.objects.filter(is_active=True)
        if not extent.everything:
            if not extent.teams:
                services = services.filter(pk__in=extent.services)
            elif not extent.services:
                teams = teams.filter(pk__in=extent.teams)
        priorities = [(level, f"P{level}") for level in range(1, 6)]
        rows: list[tuple[str, Any, Any]] = [
            ("service", GROUP_NAMES["service"], _named(services)),
            ("team", GROUP_NAMES["team"], _named(teams)),
            ("priority", GROUP_NAMES["priority"], priorities),
            ("category", GROUP_NAMES["category"], _named(Category.objects.filter(is_active=True))),
            ("metric", GROUP_NAMES["metric"], Metric.choices),
            ("policy", GROUP_NAMES["policy"], _named(Policy.objects.all())),
        ]
        if len(kinds.all_kinds()) > 1:
            rows.append(("kind", _("Kind"), [(k.key, k.label) for k in kinds.all_kinds()]))
        return [
            {"name": name, "label": label, "options": _options(choices, getattr(filters, name))}
            for name, label, choices in rows
        ]

    @property
    def is_filtered(self) -> bool:
        return any(option["on"] for field in self.fields for option in field["options"])

    def export_url(self, table: str) -> str:
        return reverse("sla:table", args=[table]) + self.choice.query()

    def records_url(self, population: str, **changed: Any) -> str:
        return reverse("sla:records") + self.choice.query(of=population, **changed)

    # Cards ------------------------------------------------------------------------------------

    def cards(self) -> list[dict[str, Any]]:
        return [self._card(self.report.totals[key]) for key in CARDS]

    def _card(self, value: Value) -> dict[str, Any]:
        kpi, spreads = value.kpi, self.report.spreads
        beside = []
        for key in (kpi.key, f"{kpi.key}_work"):
            if key in spreads:
                if key != kpi.key:
                    beside.append(
                        (_("Working time"), shown(self.report.totals[key].value, SECONDS))
                    )
                told = {name: shown(number, SECONDS) for name, number in spreads[key].items()}
                words = (
                    _("median %(median)s · 90%% within %(p90)s")
                    if spreads[key]["median"] is not None
                    else ""
                )
                if words:
                    beside.append(("", words % told))
        if kpi.key == "mttr":
            raw = self.report.totals["mttr_raw"]
            beside.append((_("Nothing taken off"), shown(raw.value, SECONDS)))
        return {
            "key": kpi.key,
            "label": kpi.label,
            "text": shown(value.value, kpi.unit),
            "measured": value.value is not None,
            "n": f"{value.n:,}",
            "change": change(value),
            "verdict": value.verdict,
            "word": VERDICTS.get(value.verdict, ""),
            "before": shown(value.previous, kpi.unit) if self.report.before else "",
            "formula": kpi.formula,
            "beside": beside,
            "url": self.records_url(kpi.population),
        }

    # Tables -----------------------------------------------------------------------------------

    def _cell(self, value: Value, **changed: Any) -> Cell:
        url = self.records_url(value.kpi.population, **changed) if value.n else ""
        return Cell(value.kpi.label, shown(value.value, value.kpi.unit), value.n, url)

    @cached_property
    def group_rows(self) -> list[dict[str, Any]]:
        by = self.choice.group_by
        return [
            {
                "name": group.name,
                "url": self.choice.query(**{by: group.key}),
                "cells": [
                    self._cell(group.values[key], **{by: group.key}) for key in self.group_columns
                ],
            }
            for group in self.report.groups
        ]

    @property
    def group_columns(self) -> list[str]:
        of_clocks = self.choice.group_by in ("policy", "metric")
        return [key for key in IN_GROUPS if not of_clocks or key in ("attainment", "open_breached")]

    @cached_property
    def metric_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "name": Metric(metric).label,
                "cells": [
                    self._cell(self.report.metrics[metric][key], metric=metric)
                    for key in ("attainment", "open_breached")
                ],
            }
            for metric in known_metrics(self.report)
        ]

    @cached_property
    def series_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "name": self._part(point),
                "cells": [
                    self._cell(point.values[key], start=point.start, end=point.end)
                    for key in IN_SERIES
                ],
                "entered": point.entered,
                "left": point.left,
            }
            for point in self.report.series
            if not point.coming
        ]

    def _part(self, point: Point) -> str:
        if self.choice.period.bucket == "month":
            return formats.month(point.start)
        return formats.day(point.start)

    def spent_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "name": share.name,
                "time": formats.duration(share.seconds),
                "share": f"{share.share * 100:.1f}%",
                "wide": round(share.share * charts.WIDE, 1),
                "whose": share.key if not share.key.isdigit() else "team",
                "n": f"{share.records:,}",
            }
            for share in self.report.spent
        ]

    def headings(self, keys: tuple[str, ...] | list[str]) -> list[dict[str, Any]]:
        return [{"label": KPIS[key].label, "formula": KPIS[key].formula} for key in keys]

    def group_headings(self) -> list[dict[str, Any]]:
        return self.headings(self.group_columns)

    def series_headings(self) -> list[dict[str, Any]]:
        return self.headings(IN_SERIES)

    # Charts -----------------------------------------------------------------------------------

    def charts(self) -> list[dict[str, Any]]:
        return [
            # A clock that stays open and missed would lower each part until it ends.
            self._chart("kept", SHARE, "line", _("Targets met over time, of those that ended")),
            self._chart("mttr", SECONDS, "bars", _("Time to restore over time")),
            self._chart("backlog", "count", "area", _("Open at the end of each part")),
        ]

    def _chart(self, key: str, unit: str, form: str, title: str) -> dict[str, Any]:
        points, earlier = self.report.series, self.report.earlier
        numbers = [_number(point, key) for point in points]
        before = [_number(point, key) for point in earlier[: len(points)]]
        ticks = [0, 0.25, 0.5, 0.75, 1.0] if unit == SHARE else _ticks([*numbers, *before], unit)
        top, count = ticks[-1], len(points)
        partial = next(
            (n for n, p in enumerate(points) if not p.coming and p.end > self.choice.period.until),
            -1,
        )
        population = KPIS[key].population
        hits = [
            (
                "" if point.coming else self._said(point, key, unit),
                self.records_url(population, start=point.start, end=point.end)
                if not point.coming and point.values[key].n
                else "",
            )
            for point in points
        ]
        known = [(x, n) for x, n in zip(charts.middles(count), numbers, strict=True)
                 if n is not None]  # fmt: skip
        drawing = Drawing(
            ticks=[_tick(tick, unit) for tick in reversed(ticks)],
            grid=[charts.height(tick, top) for tick in ticks],
            hits=charts.strips(hits),
            line=charts.path(numbers, top, count) if form != "bars" else "",
            area=charts.area(numbers, top, count) if form == "area" else "",
            before=charts.path(before, top, count),
            dots=[(x, charts.height(n, top)) for x, n in known] if form == "line" else [],
            bars=charts.bars(numbers, top, count, partial) if form == "bars" else [],
        )
        return {
            "key": key,
            "title": title,
            "form": form,
            "drawing": drawing,
            "first": self._part(points[0]) if points else "",
            "last": self._part(points[-1]) if points else "",
            "empty": not known,
            "compared": any(number is not None for number in before),
            "rows": [
                {
                    "name": self._part(point),
                    "cell": self._cell(point.values[key], start=point.start, end=point.end),
                }
                for point in points
                if not point.coming
            ],
            "partial": partial >= 0 and form == "bars",
        }

    def _said(self, point: Point, key: str, unit: str) -> str:
        value = point.values[key]
        return _("%(part)s: %(value)s (n = %(n)s)") % {
            "part": self._part(point),
            "value": shown(value.value, unit),
            "n": f"{value.n:,}",
        }


def _number(point: Point, key: str) -> float | None:
    return None if point.coming else point.values[key].value


def _ticks(numbers: list[float | None], unit: str) -> list[float]:
    """Axis values; lengths go by whole hours."""
    if unit != SECONDS:
        return charts.scale([number and max(number, 4) for number in numbers])
    return [h * 3600 for h in charts.scale([n and max(n / 3600, 1) for n in numbers])]


def _tick(tick: float, unit: str) -> str:
    if unit == SHARE:
        return f"{tick * 100:.0f}%"
    if unit == SECONDS:
        return _("%(n)sh") % {"n": f"{tick / 3600:g}"}
    return f"{tick:,.0f}"


def _named(rows: Any) -> list[tuple[int, str]]:
    return sorted(((row.pk, row.name) for row in rows), key=lambda pair: pair[1])


def _options(choices: Any, chosen: Any) -> list[Option]:
    picked = {chosen} if isinstance(chosen, str) else set(chosen)
    return [{"value": v, "label": label, "on": v in picked} for v, label in choices]
