"""How services are now, what is ahead, and how the last 90 days were.

Only what was published for everybody, and when services were down: never what a record says. The
same for every reader but for what they follow; without a reader it is what the public may know.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core import formats
from incidents.enums import Condition
from incidents.queries import portal as majors
from portal.enums import Standing
from portal.queries import daybars
from portal.queries.daybars import DAYS, Bars
from sla.enums import OutageKind
from sla.models import Outage

MOST_NOTICES = 50
# What an outage of a kind, or a published notice, makes of its service; the worst counts.
BY_KIND = {
    OutageKind.UNPLANNED: Standing.DOWN,
    OutageKind.DEGRADED: Standing.DEGRADED,
    OutageKind.PLANNED: Standing.MAINTENANCE,
}
BY_CONDITION = {
    Condition.OPERATIONAL: Standing.OPERATIONAL,
    Condition.DEGRADED: Standing.DEGRADED,
    Condition.MAINTENANCE: Standing.MAINTENANCE,
    Condition.PARTIAL: Standing.PARTIAL,
    Condition.MAJOR: Standing.DOWN,
}


@dataclass(frozen=True)
class Component:
    """One live service: how it is, since when, and its last 90 days."""

    pk: int
    name: str
    summary: str
    standing: Standing
    since: datetime | None
    bars: Bars


@dataclass(frozen=True)
class Maintenance:
    """Planned work ahead, or going on."""

    service: str
    starts_at: datetime
    ends_at: datetime | None
    going_on: bool


@dataclass
class Page:
    """The whole status page, at one instant. A fixed number of queries.

    `only`: the one service it is about, for the page of that service.
    """

    reader: User | None
    now: datetime = field(default_factory=timezone.now)
    only: Service | None = None

    def __post_init__(self) -> None:
        self.notices = majors.outages(self.reader, MOST_NOTICES)
        services = [self.only] if self.only else list(live_services())
        known = _outages([service.pk for service in services], self.first, self.now)
        self.components = sorted(
            (self._component(service, known[service.pk]) for service in services),
            key=lambda component: (-component.standing.rank, component.name),
        )
        names = {service.pk: service.name for service in services}
        self.maintenance = [
            Maintenance(names[pk], row.started_at, row.ended_at, row.started_at <= self.now)
            for pk, rows in known.items()
            for row in rows
            if row.kind == OutageKind.PLANNED and not _is_over(row, self.now)
        ]
        self.maintenance.sort(key=lambda each: each.starts_at)

    @property
    def first(self) -> datetime:
        """The beginning of the first of the 90 days, in the organisation's zone."""
        day = timezone.localdate(self.now, _zone()) - timedelta(days=DAYS - 1)
        return datetime.combine(day, time(), _zone())

    @property
    def worst(self) -> Standing:
        standings = [component.standing for component in self.components]
        return max(standings, key=lambda each: each.rank, default=Standing.OPERATIONAL)

    @property
    def days(self) -> tuple[date, date]:
        return self.first.date(), timezone.localdate(self.now, _zone())

    def _component(self, service: Service, rows: list[Outage]) -> Component:
        standing, since = self._standing(service, rows)
        return Component(
            pk=service.pk,
            name=service.name,
            summary=_summary(service),
            standing=standing,
            since=since,
            bars=daybars.bars(_spans(rows, self.now), self.first, self.now, _zone()),
        )

    def _standing(
        self, service: Service, rows: Iterable[Outage]
    ) -> tuple[Standing, datetime | None]:
        """The worst of what goes on, with its beginning."""
        now = [
            (BY_KIND[OutageKind(row.kind)], row.started_at)
            for row in rows
            if row.started_at <= self.now and not _is_over(row, self.now)
        ]
        now += [
            (BY_CONDITION[Condition(notice.condition_key)], notice.since)
            for notice in self.notices
            if notice.service_id == service.pk
        ]
        now = [pair for pair in now if pair[0] != Standing.OPERATIONAL]
        if not now:
            return Standing.OPERATIONAL, None
        worst = max((standing for standing, _since in now), key=lambda each: each.rank)
        return worst, min(since for standing, since in now if standing == worst)


def live_services() -> Any:
    return Service.objects.filter(status=ServiceStatus.LIVE)


def troubles(now: datetime | None = None, most: int = 5) -> list[tuple[str, Standing]]:
    """(service, how it is) of what isn't as it should be now, worst first. One query."""
    now = now or timezone.now()
    rows = Outage.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=now),
        Q(ticket=None) | Q(ticket__restricted=False),
        service__status=ServiceStatus.LIVE,
        started_at__lte=now,
        withdrawn_at=None,
    )
    worst: dict[str, Standing] = {}
    for row in rows.select_related("service").order_by("started_at", "id"):
        found = BY_KIND[OutageKind(row.kind)]
        name = row.service.name
        worst[name] = max(found, worst.get(name, found), key=lambda each: each.rank)
    return sorted(worst.items(), key=lambda pair: -pair[1].rank)[:most]


def _outages(services: list[int], first: datetime, now: datetime) -> dict[int, list[Outage]]:
    """Outages since the first day and those announced ahead, by service; none of restricted
    records, and planned ones ahead only once they were announced.
    """
    open_to_all = Q(ticket=None) | Q(ticket__restricted=False)
    told = Q(started_at__lte=now) | Q(kind=OutageKind.PLANNED, announced_at__lte=now)
    rows = Outage.objects.filter(
        open_to_all & told & (Q(ended_at=None) | Q(ended_at__gt=first)),
        service__in=services,
        withdrawn_at=None,
    )
    found: dict[int, list[Outage]] = defaultdict(list)
    for row in rows.order_by("started_at", "id"):
        found[row.service_id].append(row)
    return found


def _is_over(row: Outage, now: datetime) -> bool:
    return row.ended_at is not None and row.ended_at <= now


def _spans(rows: Iterable[Outage], now: datetime) -> list[tuple[str, datetime, datetime]]:
    """What has been so far: (kind, start, end)."""
    return [
        (row.kind, row.started_at, min(row.ended_at or now, now))
        for row in rows
        if row.started_at < now
    ]


def _summary(service: Any) -> str:
    return (
        service.summary_ko or service.summary_en
        if formats.is_korean()
        else service.summary_en or service.summary_ko
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
