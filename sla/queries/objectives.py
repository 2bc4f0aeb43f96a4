"""How services stand against their objectives, month by month. Nothing here is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from sla import objectives as formulas
from sla.enums import ObjectiveKind
from sla.facts import seconds
from sla.models import Objective, Outage, Sample
from sla.objectives import Availability, Budget, Performance
from sla.snapshot import calendar_data
from sla.worktime import Calendar


@dataclass(frozen=True)
class Month:
    """One objective in one month. `measured` is None before it counts."""

    objective: Objective
    first: date
    start: datetime
    end: datetime
    result: Availability | Performance

    @property
    def target(self) -> Fraction:
        return Fraction(self.objective.target) / 100

    @property
    def ratio(self) -> Fraction | None:
        return self.result.ratio

    @property
    def met(self) -> bool | None:
        return self.result.meets(self.target)

    @property
    def budget(self) -> Budget:
        return self.result.budget

    @property
    def burn_rate(self) -> Fraction | None:
        return self.result.burn_rate


def month_of(day: date) -> tuple[datetime, datetime]:
    """The calendar month of a day, in the organisation's time zone."""
    zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
    first = day.replace(day=1)
    following = (first.replace(year=first.year + 1, month=1) if first.month == 12
                 else first.replace(month=first.month + 1))  # fmt: skip
    return (
        datetime(first.year, first.month, 1, tzinfo=zone),
        datetime(following.year, following.month, 1, tzinfo=zone),
    )


def months_back(count: int, today: date | None = None) -> list[date]:
    """The first days of the last so many months, oldest first, this one included."""
    zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
    day = (today or timezone.localdate(timezone=zone)).replace(day=1)
    found = []
    for _number in range(count):
        found.append(day)
        day = (
            day.replace(year=day.year - 1, month=12)
            if day.month == 1
            else day.replace(month=day.month - 1)
        )
    return found[::-1]


def standings(
    objectives: Sequence[Objective], months: Sequence[date], now: datetime | None = None
) -> dict[int, list[Month]]:
    """Each objective in each month, by objective: a fixed number of queries for all of them.

    The objectives come with their service and their calendar with its days.
    """
    if not objectives or not months:
        return {objective.pk: [] for objective in objectives}
    moment = now or timezone.now()
    spans = {first: month_of(first) for first in months}
    start, end = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    outages = _outages(objectives, start, end)
    counted = {first: _samples(objectives, *span) for first, span in spans.items()}
    found: dict[int, list[Month]] = {}
    for objective in objectives:
        calendar = Calendar.from_json(calendar_data(objective.calendar)["rules"])
        target = Fraction(objective.target) / 100
        rows = []
        for first, (begins, ends) in spans.items():
            if ends.date() <= objective.starts_on:
                continue
            result: Availability | Performance
            if objective.kind == ObjectiveKind.AVAILABILITY:
                result = formulas.availability(
                    calendar,
                    max(seconds(begins), _start_of(objective.starts_on)),
                    seconds(ends),
                    seconds(moment),
                    outages.get(objective.service_id, ()),
                    target,
                )
            else:
                samples, good = counted[first].get(objective.pk, (0, 0))
                result = formulas.performance(samples, good, target)
            rows.append(Month(objective, first, begins, ends, result))
        found[objective.pk] = rows
    return found


def _start_of(day: date) -> int:
    zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
    return seconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def _outages(
    objectives: Iterable[Objective], start: datetime, end: datetime
) -> dict[int, list[formulas.Outage]]:
    wanted = {objective.service_id for objective in objectives}
    rows = Outage.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=start),
        service__in=wanted,
        started_at__lt=end,
        withdrawn_at=None,
    )
    found: dict[int, list[formulas.Outage]] = {}
    for row in rows.order_by("started_at"):
        found.setdefault(row.service_id, []).append(
            formulas.Outage(
                row.kind,
                seconds(row.started_at),
                seconds(row.ended_at) if row.ended_at else None,
                seconds(row.announced_at) if row.announced_at else None,
            )
        )
    return found


def _samples(
    objectives: Iterable[Objective], start: datetime, end: datetime
) -> dict[int, tuple[int, int]]:
    """(samples, good ones) of each performance objective in one month. One query for all."""
    wanted = [each for each in objectives if each.kind == ObjectiveKind.PERFORMANCE]
    if not wanted:
        return {}
    counts = {
        f"{name}_{each.pk}": Count("pk", filter=_of(each) & extra)
        for each in wanted
        for name, extra in (("n", Q()), ("good", Q(value__lte=each.threshold)))
    }
    condition = Q()
    for each in wanted:
        condition |= _of(each)
    row = Sample.objects.filter(condition, at__gte=start, at__lt=end).aggregate(**counts)
    return {each.pk: (row[f"n_{each.pk}"], row[f"good_{each.pk}"]) for each in wanted}


def _of(objective: Objective) -> Q:
    return Q(service_id=objective.service_id, metric=objective.metric)
