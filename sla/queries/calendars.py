"""What the pages about calendars show: lists, who counts by one, and what it would give."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core import formats
from sla.enums import DaySource
from sla.hours import DAY, length
from sla.models import Calendar, CalendarDay, Policy
from sla.publicdays import is_known, public_days, years
from sla.queries.words import goal_of, hours_of
from sla.worktime import Calendar as Rules
from sla.worktime import NoWorkingTime, Skipped

MOST_SKIPPED = 6
UNIT = 300  # seconds of one unit of the drawing


def listed() -> list[Calendar]:
    """All calendars with how much is worked (`weekly`) and by how many policies in use (`used`)."""
    using = Count("targets__policy", filter=Q(targets__policy__is_active=True), distinct=True)
    rows: list[Any] = list(
        Calendar.objects.annotate(used=using).order_by("-is_active", "position", "id")
    )
    for row in rows:
        row.weekly = weekly(row)
    return rows


def weekly(calendar: Calendar) -> str:
    """How much is worked in an ordinary week."""
    if calendar.always:
        return _("Round the clock")
    return _("%(hours)s a week") % {"hours": goal_of(sum(map(length, calendar.week)))}


def dependents(calendar: Calendar) -> list[Policy]:
    """Policies with targets that count by it; those in use first."""
    rows = Policy.objects.filter(targets__calendar=calendar)
    return list(
        rows.annotate(size=Count("targets")).order_by("-is_active", "agreement", "position", "id")
    )


def days_in(calendar: Calendar, year: int) -> list[CalendarDay]:
    return list(calendar.days.filter(day__year=year).order_by("day"))


def years_of(calendar: Calendar) -> list[int]:
    """The years to choose from: those the calendar knows, and those with days in them."""
    with_days = calendar.days.dates("day", "year")
    return sorted({*years(), *(day.year for day in with_days)})


def rules_of(values: Mapping[str, Any], calendar: Calendar | None) -> Rules:
    """The rules that a form describes, with the special days they would have."""
    days, names = _days(values, calendar)
    return Rules(values["zone"], tuple(values["week"]), days, names, values["always"])


def _days(
    values: Mapping[str, Any], calendar: Calendar | None
) -> tuple[dict[date, Any], dict[date, str]]:
    rows = list(calendar.days.all()) if calendar is not None else []
    country, region = values["country"], values["region"]
    kept = calendar is not None and (calendar.country, calendar.region) == (country, region)
    if not kept:
        rows = [row for row in rows if row.source != DaySource.COUNTRY]
    days = {row.day: row.windows for row in rows}
    names = {row.day: row.name for row in rows}
    if not kept and country and is_known(country, region):
        for day, (ko, en) in public_days(country, region, years()).items():
            days.setdefault(day, [])
            names.setdefault(day, (ko or en) if formats.is_korean() else (en or ko))
    return days, names


@dataclass(frozen=True)
class Try:
    """When a target of so much would be due, and which days are skipped until then."""

    goal: str
    due: datetime | None
    skipped: list[str]
    more: int


def tries(rules: Rules, goals: Iterable[int], opened: datetime) -> list[Try]:
    """What targets opened at that instant would give; due None where they are never reached."""
    return [_try(rules, goal, opened) for goal in goals]


def _try(rules: Rules, goal: int, opened: datetime) -> Try:
    try:
        due = rules.add(opened, goal)
    except (NoWorkingTime, ValueError):
        return Try(goal_of(goal), None, [], 0)
    skipped = [each for each in rules.skipped(opened, due) if each.kind != "closed"]
    texts = [_skipped(each) for each in skipped[:MOST_SKIPPED]]
    return Try(goal_of(goal), due, texts, max(0, len(skipped) - MOST_SKIPPED))


def _skipped(skipped: Skipped) -> str:
    text = f"{formats.day(skipped.day)} {skipped.name}".strip()
    return f"{text} ({hours_of(skipped.windows)})" if skipped.windows else text


def week_bars(week: Sequence[Sequence[Sequence[int]]], always: bool) -> list[list[dict[str, int]]]:
    """Bars of each weekday in units of five minutes; what runs past midnight is the next day's."""
    if always:
        return [[{"x": 0, "width": DAY // UNIT}] for _day in range(7)]
    bars: list[list[dict[str, int]]] = [[] for _day in range(7)]
    for index, windows in enumerate(week):
        for start, end in windows:
            for later in range(2):
                left = max(start - later * DAY, 0)
                right = min(end - later * DAY, DAY)
                if right > left:
                    bar = {"x": left // UNIT, "width": max(1, (right - left) // UNIT)}
                    bars[(index + later) % 7].append(bar)
    return bars
