"""What the demo organisation has promised: policies, an internal one for teams, two contracts."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from cmdb.models import Contract, Supplier
from demo.organisation import Organisation
from sla.actions import publish
from sla.enums import Agreement, Metric, Reach
from sla.models import Book, Calendar, Policy

HOUR, MINUTE = 3600, 60
DESK_DAY = [[8 * HOUR, 20 * HOUR]]

# key, Korean, English, its contract's number, Korean and English, services, goal in hours
SUPPLIERS = (
    ("hanbit", "한빛네트웍스", "Hanbit Networks", "MNT-2025-014", "회선·네트워크 장비 유지보수",
     "Line and network equipment maintenance", ("network", "vpn", "wifi", "telephony"), 8),
    ("daon", "다온시스템", "Daon Systems", "SVC-2024-107", "ERP 운영 지원", "ERP operation support",
     ("erp", "mes"), 16),
)  # fmt: skip


def make(here: Organisation, now: datetime) -> None:
    """Add agreements and publish them as if they had always been there."""
    calendars = {row.key: row for row in Calendar.objects.all()}
    calendars["desk"] = Calendar.objects.create(
        key="desk",
        name_ko="서비스 데스크 시간",
        name_en="Service desk hours",
        zone=calendars["business"].zone,
        week=[DESK_DAY] * 5 + [[[9 * HOUR, 13 * HOUR]], []],
        position=2,
    )
    Policy.objects.filter(agreement=Agreement.SLA).update(position=10)
    _vip(calendars)
    _critical(here, calendars)
    _teams(here, calendars)
    _contracts(here, calendars, now.date(), here.people["admin"])
    # The book of the installation comes first in this organisation's history, too.
    Book.objects.update(published_at=now - timedelta(days=500))
    publish(
        by=here.people["admin"],
        reach=Reach.ALL,
        note="서비스 수준 개정",
        at=now - timedelta(days=400),
    )


def _vip(calendars: dict[str, Calendar]) -> None:
    policy = Policy.objects.create(
        name_ko="임원 우선 지원", name_en="Executive support", vip=True, kinds=["incident"]
    )
    _targets(
        policy,
        calendars,
        (Metric.FIRST_RESPONSE, None, 30 * MINUTE, "desk"),
        (Metric.RESOLUTION, 1, 2 * HOUR, "always"),
        (Metric.RESOLUTION, 2, 4 * HOUR, "always"),
        (Metric.RESOLUTION, None, 16 * HOUR, "desk"),
        (Metric.NEXT_REPLY, None, 2 * HOUR, "desk"),
    )
    _steps(policy, (75, ["assignee", "lead"]), (100, ["assignee", "lead", "owner", "manager"]))


def _critical(here: Organisation, calendars: dict[str, Calendar]) -> None:
    policy = Policy.objects.create(
        name_ko="핵심 서비스", name_en="Critical services", position=1, priorities=[1, 2]
    )
    policy.services.set(here.services[key] for key in ("network", "mail", "erp", "mes"))
    _targets(
        policy,
        calendars,
        (Metric.FIRST_RESPONSE, None, 15 * MINUTE, "always"),
        (Metric.RESOLUTION, 1, 3 * HOUR, "always"),
        (Metric.RESOLUTION, 2, 6 * HOUR, "always"),
        (Metric.NEXT_REPLY, None, HOUR, "always"),
        (Metric.MAJOR_UPDATE, None, 30 * MINUTE, "always"),
    )
    _steps(policy, (50, ["assignee", "duty"]), (90, ["lead"]), (100, ["lead", "owner", "manager"]))
    policy.steps.create(
        percent=60, metrics=[Metric.RESOLUTION], actions=[{"do": "candidate_major"}]
    )


def _teams(here: Organisation, calendars: dict[str, Calendar]) -> None:
    desk = Policy.objects.create(
        agreement=Agreement.OLA, name_ko="1선 처리", name_en="First line", position=0
    )
    desk.teams.add(here.teams["service-desk"])
    _targets(desk, calendars, (Metric.TEAM, None, 4 * HOUR, "desk"))
    others = Policy.objects.create(
        agreement=Agreement.OLA, name_ko="2선 처리", name_en="Second line", position=1
    )
    _targets(
        others,
        calendars,
        (Metric.TEAM, 1, 3 * HOUR, "always"),
        (Metric.TEAM, 2, 6 * HOUR, "always"),
        (Metric.TEAM, None, 24 * HOUR, "business"),
    )


def _contracts(
    here: Organisation, calendars: dict[str, Calendar], today: date, owner: User
) -> None:
    for position, (slug, ko, en, number, name_ko, name_en, services, hours) in enumerate(SUPPLIERS):
        supplier = Supplier.objects.create(
            slug=slug, name_ko=ko, name_en=en, email=f"support@{slug}.example"
        )
        contract = Contract.objects.create(
            number=number,
            name_ko=name_ko,
            name_en=name_en,
            supplier=supplier,
            starts_on=today - timedelta(days=700),
            owner=owner,
        )
        contract.services.set(here.services[key] for key in services)
        policy = Policy.objects.create(
            agreement=Agreement.UC,
            name_ko=name_ko,
            name_en=name_en,
            position=position,
            contract=contract,
        )
        _targets(policy, calendars, (Metric.SUPPLIER, None, hours * HOUR, "business"))


def _targets(policy: Policy, calendars: dict[str, Calendar], *rows: Any) -> None:
    for metric, priority, goal, calendar in rows:
        policy.targets.create(
            metric=metric, priority=priority, goal=goal, calendar=calendars[calendar]
        )


def _steps(policy: Policy, *rows: tuple[int, list[str]]) -> None:
    for percent, who in rows:
        policy.steps.create(percent=percent, actions=[{"do": "notify", "who": who}])
