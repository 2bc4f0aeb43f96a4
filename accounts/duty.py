"""Who may be disturbed when, read from the rows."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts import quiet
from accounts.models import QuietHours, User


def quiet_until(user: User, at: datetime) -> datetime | None:
    """When the person may be told something again; None: now. One query at most."""
    return quiet_until_many([user], at)[user.pk]


def quiet_until_many(users: Iterable[User], at: datetime) -> dict[int, datetime | None]:
    """The same for many people, by their ids, with as many queries as for one."""
    people = {user.pk: user for user in users}
    rows = QuietHours.objects.filter(user__in=people).in_bulk()
    return {
        key: quiet.quiet_until(quiet_of(rows[key], user), at) if key in rows else None
        for key, user in people.items()
    }


def quiet_of(row: QuietHours, user: User) -> quiet.Quiet:
    zone = ZoneInfo(user.time_zone or settings.DEFAULT_USER_TIME_ZONE)
    return quiet.Quiet(zone, row.begins, row.ends, frozenset(row.days), row.work_days_only)
