"""The tables of the report as files. Lengths are in hours, shares in per cent."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from desk.queries.sla_report import GROUP_NAMES, IN_SERIES, Page
from sla.queries.kpis import KPIS, SECONDS, SHARE, Value

Table = tuple[list[str], Iterator[list[Any]]]


def _figures(page: Page) -> Table:
    heads = [_("Figure"), _("Value"), _("Unit"), _("Counted"), _("Median"),
             _("90% within"), _("Period before"), _("Formula")]  # fmt: skip
    spreads = page.report.spreads
    return heads, (
        [
            str(value.kpi.label), _plain(value.value, value.kpi.unit),
            _unit(value.kpi.unit), value.n,
            *(_plain(spreads.get(key, {}).get(name), SECONDS) for name in ("median", "p90")),
            _plain(value.previous, value.kpi.unit), str(value.kpi.formula),
        ]
        for key, value in page.report.totals.items()
    )  # fmt: skip


def _series(page: Page) -> Table:
    heads = [_("From"), _("Until"), *_columns(IN_SERIES), _("Came in"), _("Went out")]
    return heads, (
        [
            point.start.isoformat(), (point.end - timedelta(days=1)).isoformat(),
            *_values(point.values, IN_SERIES), point.entered, point.left,
        ]
        for point in page.report.series
        if not point.coming
    )  # fmt: skip


def _groups(page: Page) -> Table:
    columns = tuple(page.group_columns)
    heads = [str(GROUP_NAMES[page.choice.group_by]), *_columns(columns)]
    return heads, ([group.name, *_values(group.values, columns)] for group in page.report.groups)


def _spent(page: Page) -> Table:
    heads = [_("Whose time"), _("Hours"), _("Share (%)"), _("Records")]
    return heads, (
        [each.name, _plain(each.seconds, SECONDS), _plain(each.share, SHARE), each.records]
        for each in page.report.spent
    )


def _columns(keys: tuple[str, ...]) -> list[str]:
    found = []
    for key in keys:
        unit = KPIS[key].unit
        found += [f"{KPIS[key].label} ({_unit(unit)})" if _unit(unit) else str(KPIS[key].label)]
        found += [f"{KPIS[key].label}: n"] if unit in (SHARE, SECONDS) else []
    return found


def _values(values: dict[str, Value], keys: tuple[str, ...]) -> list[Any]:
    found: list[Any] = []
    for key in keys:
        value, unit = values.get(key), KPIS[key].unit
        found.append(_plain(value.value if value else None, unit))
        if unit in (SHARE, SECONDS):
            found.append(value.n if value else "")
    return found


def _plain(value: float | None, unit: str) -> Any:
    """A number for a spreadsheet; empty where nothing was measured."""
    if value is None:
        return ""
    if unit == SHARE:
        return round(value * 100, 4)
    return round(value / 3600, 4) if unit == SECONDS else value


def _unit(unit: str) -> str:
    return {SHARE: "%", SECONDS: _("hours")}.get(unit, "")


# By name: (headings, rows) of each table.
TABLES: dict[str, Callable[[Page], Table]] = {
    "figures": _figures,
    "series": _series,
    "groups": _groups,
    "spent": _spent,
}
