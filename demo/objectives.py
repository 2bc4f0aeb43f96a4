"""Objectives of the demo organisation with a year of outages, maintenance and samples."""

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cmdb.models import Service
from demo.organisation import Organisation
from sla.enums import ObjectiveKind, OutageKind, OutageSource
from sla.models import Calendar, Objective, Outage, Sample
from tickets import bulk
from tickets.models import Ticket

# service, target in per cent, calendar
AVAILABLE = (
    ("network", "99.95", "always"),
    ("vpn", "99.5", "always"),
    ("mail", "99.9", "always"),
    ("groupware", "99.5", "desk"),
    ("erp", "99.7", "business"),
    ("mes", "99.9", "always"),
    ("directory", "99.95", "always"),
)
# service, what, target, good up to, its usual value, how far it strays
QUICK = (
    ("erp", "login", "95", 2000, 1150, 420),
    ("groupware", "first-page", "95", 1500, 820, 300),
)
NOTES = (
    "회선 장애",
    "디스크 오류로 재시작",
    "인증서 만료",
    "배포 후 메모리 부족",
    "스위치 교체 지연",
)
DAYS = 365
SAMPLES_A_DAY = 8


def make(rng: random.Random, here: Organisation, now: datetime) -> None:
    """Add objectives, and what they are measured by."""
    calendars = {row.key: row for row in Calendar.objects.all()}
    start = (now - timedelta(days=DAYS)).date().replace(day=1)
    for key, target, calendar in AVAILABLE:
        Objective.objects.create(
            service=here.services[key],
            kind=ObjectiveKind.AVAILABILITY,
            target=target,
            calendar=calendars[calendar],
            starts_on=start,
        )
        _outages(rng, here.services[key], here, now)
    for key, what, target, good, usual, stray in QUICK:
        Objective.objects.create(
            service=here.services[key],
            kind=ObjectiveKind.PERFORMANCE,
            target=target,
            calendar=calendars["always"],
            metric=what,
            threshold=good,
            starts_on=start,
        )
        _samples(rng, here.services[key], what, usual, stray, now)


def _outages(rng: random.Random, service: Service, here: Organisation, now: datetime) -> None:
    """Maintenance on some Sunday nights, announced; failures as rare as the service is critical."""
    zone = ZoneInfo("Asia/Seoul")
    admin = here.people["admin"]
    rows = []
    for week in range(2, 52, rng.choice((4, 6, 8))):
        day = (now - timedelta(days=week * 7 + now.astimezone(zone).weekday() + 1)).date()
        begins = datetime.combine(day, time(1), zone)
        rows.append(
            Outage(
                service=service,
                kind=OutageKind.PLANNED,
                started_at=begins,
                ended_at=begins + timedelta(minutes=rng.choice((60, 90, 120))),
                announced_at=begins - timedelta(days=4),
                note="정기 점검",
                created_by=admin,
                created_at=begins - timedelta(days=4),
            )
        )
    for _number in range(rng.choice((2, 3, 4))):
        begins = now - timedelta(days=rng.uniform(3, DAYS - 20), minutes=rng.uniform(0, 900))
        minutes = rng.choice((9, 14, 22, 35, 48, 75))
        degraded = rng.random() < 0.3
        rows.append(
            Outage(
                service=service,
                kind=OutageKind.DEGRADED if degraded else OutageKind.UNPLANNED,
                started_at=begins.replace(microsecond=0),
                ended_at=begins.replace(microsecond=0) + timedelta(minutes=minutes),
                note=rng.choice(NOTES),
                created_by=service.owner or admin,
                created_at=begins + timedelta(minutes=minutes + 20),
            )
        )
    Outage.objects.bulk_create(rows)


def of_incident(ticket: Ticket) -> None:
    """The outage that an incident was."""
    if ticket.service_id is not None:
        Outage.objects.create(
            service_id=ticket.service_id,
            kind=OutageKind.UNPLANNED,
            started_at=ticket.opened_at,
            ended_at=ticket.resolved_at,
            note=ticket.number,
            source=OutageSource.INCIDENT,
            ticket=ticket,
        )


def _samples(
    rng: random.Random, service: Service, what: str, usual: int, stray: int, now: datetime
) -> None:
    apart = timedelta(days=1) / SAMPLES_A_DAY
    bulk.copy(
        Sample,
        [
            {
                "service": service.pk,
                "metric": what,
                "at": (now - apart * number).replace(microsecond=0),
                "value": round(max(80.0, rng.gauss(usual, stray)), 1),
            }
            for number in range(1, DAYS * SAMPLES_A_DAY)
        ],
        without_key=True,
    )
