"""What a new installation promises: two calendars, two policies, published as the first book.

Works on the models of a migration as well as on those of the running product.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from sla.enums import Agreement, DaySource, Metric, OnChange, OnReopen, Reach
from sla.publicdays import public_days
from sla.snapshot import snapshot

HOUR = 3600
MINUTE = 60
WORKDAY = [[9 * HOUR, 12 * HOUR], [13 * HOUR, 18 * HOUR]]
YEARS_AHEAD = 2

# metric, priority (None: any), goal in seconds, calendar
STANDARD = (
    (Metric.FIRST_RESPONSE, 1, 15 * MINUTE, "always"),
    (Metric.FIRST_RESPONSE, 2, 30 * MINUTE, "always"),
    (Metric.FIRST_RESPONSE, 3, 4 * HOUR, "business"),
    (Metric.FIRST_RESPONSE, None, 8 * HOUR, "business"),
    (Metric.RESOLUTION, 1, 4 * HOUR, "always"),
    (Metric.RESOLUTION, 2, 8 * HOUR, "always"),
    (Metric.RESOLUTION, 3, 24 * HOUR, "business"),
    (Metric.RESOLUTION, 4, 40 * HOUR, "business"),
    (Metric.RESOLUTION, None, 80 * HOUR, "business"),
    (Metric.NEXT_REPLY, 1, HOUR, "always"),
    (Metric.NEXT_REPLY, None, 8 * HOUR, "business"),
    (Metric.MAJOR_UPDATE, None, 30 * MINUTE, "always"),
    (Metric.APPROVAL, None, 16 * HOUR, "business"),
)
SECURITY = (
    (Metric.FIRST_RESPONSE, None, 15 * MINUTE, "always"),
    (Metric.CONTAIN, 1, 4 * HOUR, "always"),
    (Metric.CONTAIN, None, 24 * HOUR, "always"),
    (Metric.PATCH, 1, 72 * HOUR, "always"),
    (Metric.PATCH, None, 720 * HOUR, "always"),
    (Metric.RESOLUTION, 1, 24 * HOUR, "always"),
    (Metric.RESOLUTION, None, 80 * HOUR, "business"),
    (Metric.NEXT_REPLY, None, 8 * HOUR, "business"),
    (Metric.MAJOR_UPDATE, None, 30 * MINUTE, "always"),
)
# percent, whom to tell, repeats
STEPS = (
    (75, ["assignee"], 0, 0),
    (90, ["assignee", "lead"], 0, 0),
    (100, ["assignee", "lead", "owner"], 240, 3),
)


def install(apps: Any) -> None:
    """Add what is there by default. Does nothing where calendars exist."""
    Calendar = apps.get_model("sla", "Calendar")
    if Calendar.objects.exists():
        return
    zone = settings.DEFAULT_USER_TIME_ZONE
    calendars = {
        "always": Calendar.objects.create(
            key="always", name_ko="24시간", name_en="Round the clock", zone=zone, always=True
        ),
        "business": Calendar.objects.create(
            key="business",
            name_ko="업무 시간",
            name_en="Business hours",
            zone=zone,
            week=[WORKDAY] * 5 + [[], []],
            country="KR",
            position=1,
        ),
    }
    _holidays(apps, calendars["business"])
    _policy(apps, 0, "보안 인시던트", "Security incidents", SECURITY, calendars, security=True)
    _policy(apps, 1, "표준 서비스 수준", "Standard service level", STANDARD, calendars)
    Book = apps.get_model("sla", "Book")
    now = datetime.now(UTC)
    Book.objects.create(
        published_at=now, recomputed_at=now, reach=Reach.NEW, note="", data=snapshot(apps)
    )


def _holidays(apps: Any, calendar: Any) -> None:
    CalendarDay = apps.get_model("sla", "CalendarDay")
    this = datetime.now(UTC).year
    days = public_days(calendar.country, "", range(this - 1, this + YEARS_AHEAD + 1))
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, name_ko=ko, name_en=en, source=DaySource.COUNTRY)
        for day, (ko, en) in days.items()
    )


def _policy(
    apps: Any,
    position: int,
    name_ko: str,
    name_en: str,
    targets: Any,
    calendars: dict[str, Any],
    **conditions: Any,
) -> None:
    policy = apps.get_model("sla", "Policy").objects.create(
        agreement=Agreement.SLA,
        position=position,
        name_ko=name_ko,
        name_en=name_en,
        on_change=OnChange.KEEP,
        on_reopen=OnReopen.CONTINUE,
        **conditions,
    )
    for metric, priority, goal, calendar in targets:
        policy.targets.create(
            metric=metric, priority=priority, goal=goal, calendar=calendars[calendar]
        )
    for percent, who, minutes, times in STEPS:
        policy.steps.create(
            percent=percent,
            repeat_minutes=minutes,
            repeat_limit=times,
            actions=[{"do": "notify", "who": who}],
        )
