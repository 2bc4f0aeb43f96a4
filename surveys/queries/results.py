"""How satisfied people are: one object that counts a population and lists it.

Answers belong to the day on which they were asked for, so that a share is of the same people.
Restricted records count, since a number names nobody; lists leave out those that their reader
may not see and say how many they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from accounts.models import User
from core import options
from sla.queries.extent import Extent
from sla.queries.periods import Period, months_on
from surveys.enums import SATISFIED, Score
from surveys.models import Survey
from tickets.models import Ticket

GROUPS = ("team", "service", "kind")
_ANSWERED = Q(score__isnull=False)


@dataclass(frozen=True)
class Filters:
    """Which answers count; what is empty doesn't narrow."""

    team: tuple[int, ...] = ()
    service: tuple[int, ...] = ()
    kind: str = ""

    def condition(self) -> Q:
        wanted = Q()
        if self.team:
            wanted &= Q(team__in=self.team)
        if self.service:
            wanted &= Q(service__in=self.service)
        if self.kind:
            wanted &= Q(kind=self.kind)
        return wanted


@dataclass(frozen=True)
class Figures:
    """Asked, answered, and how. What nobody answered has no average: it was not measured."""

    asked: int = 0
    answered: int = 0
    average: float | None = None
    satisfied: int = 0
    low: int = 0
    scores: tuple[int, ...] = (0, 0, 0, 0, 0)

    @property
    def rate(self) -> float | None:
        """Answered ÷ asked."""
        return self.answered / self.asked if self.asked else None

    @property
    def share(self) -> float | None:
        """Satisfied ÷ answered."""
        return self.satisfied / self.answered if self.answered else None


@dataclass(frozen=True)
class Group:
    """Figures of one team, service or kind; `key` None: without a service."""

    key: Any
    figures: Figures


@dataclass
class Results:
    """The answers to surveys asked in a period, as far as the reader's roles reach."""

    period: Period
    filters: Filters
    extent: Extent
    reader: User
    low: int = field(default_factory=lambda: int(options.get("survey_low_score")))

    def population(self, name: str) -> QuerySet[Survey]:
        """The rows a figure counts: asked, answered, unanswered, satisfied, low, or one score."""
        return self.rows(self.period.first, self.period.end).filter(self.condition(name))

    def condition(self, name: str) -> Q:
        conditions = {
            "asked": Q(),
            "answered": _ANSWERED,
            "unanswered": ~_ANSWERED,
            "satisfied": Q(score__gte=SATISFIED),
            "low": Q(score__lte=self.low),
            **{str(score): Q(score=score) for score in Score.values},
        }
        return conditions[name]

    def rows(self, first: date, end: date) -> QuerySet[Survey]:
        asked = Survey.objects.filter(asked_at__gte=_midnight(first), asked_at__lt=_midnight(end))
        return asked.filter(self._extent() & self.filters.condition())

    def _extent(self) -> Q:
        if self.extent.everything:
            return Q()
        return Q(team__in=self.extent.teams) | Q(service__in=self.extent.services)

    def visible(self, rows: QuerySet[Survey]) -> QuerySet[Survey]:
        """Of a population those whose record the reader may see."""
        return rows.filter(ticket__in=Ticket.objects.visible_to(self.reader))

    def totals(self) -> Figures:
        return self._figures(self.population("asked").order_by().aggregate(**self._counts()))

    def groups(self, by: str) -> list[Group]:
        """Figures by team, service or kind, the most asked first."""
        column = "kind" if by == "kind" else f"{by}_id"
        rows = self.population("asked").order_by().values(column).annotate(**self._counts())
        found = [Group(row[column], self._figures(row)) for row in rows]
        return sorted(found, key=lambda group: (-group.figures.asked, str(group.key)))

    def trend(self, months: int = 12) -> list[tuple[date, Figures]]:
        """Month by month up to the one in which the period ends, whatever its length."""
        last = self.period.last.replace(day=1)
        first = months_on(last, 1 - months)
        month = TruncMonth("asked_at", tzinfo=_zone())
        rows = self.rows(first, months_on(last, 1)).order_by().annotate(month=month)
        known = {
            row["month"].date(): self._figures(dict(row))
            for row in rows.values("month").annotate(**self._counts())
        }
        each = (months_on(first, number) for number in range(months))
        return [(month, known.get(month, Figures())) for month in each]

    def _counts(self) -> dict[str, Any]:
        return {
            "asked": Count("pk"),
            "average": Avg("score"),
            **{
                name: Count("pk", filter=self.condition(name))
                for name in ("answered", "satisfied", "low")
            },
            **{f"n{score}": Count("pk", filter=Q(score=score)) for score in Score.values},
        }

    @staticmethod
    def _figures(row: dict[str, Any]) -> Figures:
        return Figures(
            row["asked"],
            row["answered"],
            float(row["average"]) if row["average"] is not None else None,
            row["satisfied"],
            row["low"],
            tuple(row[f"n{score}"] for score in Score.values),
        )


POPULATIONS = ("asked", "answered", "unanswered", "satisfied", "low", *map(str, Score.values))


def related(rows: QuerySet[Survey]) -> QuerySet[Survey]:
    """With what a list shows of each."""
    joined = rows.select_related("ticket", "team", "service", "user", "follow_up__assignee")
    return joined.prefetch_related("reasons")


def seen_by(reader: User, extent: Extent) -> QuerySet[Survey]:
    """Every survey that a person may read by itself: within their roles and their records."""
    rows = Survey.objects.filter(ticket__in=Ticket.objects.visible_to(reader))
    if extent.everything:
        return rows
    return rows.filter(Q(team__in=extent.teams) | Q(service__in=extent.services))


def names_of(groups: Iterable[Group], model: Any) -> dict[Any, str]:
    """Names of the rows that groups are by."""
    known = model.objects.in_bulk([group.key for group in groups if group.key is not None])
    return {pk: row.name for pk, row in known.items()}


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())
