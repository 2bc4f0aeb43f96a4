"""Working days by a country's public holidays (substitute holidays included)."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[object]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def add_workdays(start: datetime, days: int, zone: str, country: str) -> datetime:
    """The same local time `days` working days (Monday to Friday, no public holiday) later."""
    local = start.astimezone(ZoneInfo(zone))
    while days > 0:
        local += timedelta(days=1)
        if local.weekday() < 5 and local.date() not in _holidays(country, local.year):
            days -= 1
    return local.astimezone(start.tzinfo)
