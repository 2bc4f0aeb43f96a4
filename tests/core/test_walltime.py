"""Wall times become instants that never run backwards."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.walltime import instant

ZONES = ("Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")


def test_a_time_that_is_leapt_over_is_the_moment_of_the_leap():
    leap = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    for minute in (0, 1, 30, 59):
        assert instant(date(2026, 3, 29), time(2, minute), ZoneInfo("Europe/Berlin")) == leap
    assert instant(date(2026, 3, 29), time(3), ZoneInfo("Europe/Berlin")) == leap


def test_midnight_that_does_not_exist_is_the_first_moment_of_the_day():
    cairo = ZoneInfo("Africa/Cairo")
    assert instant(date(2026, 4, 24), time(0), cairo).astimezone(cairo).hour == 1


def test_a_time_that_comes_twice_is_the_first():
    found = instant(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Berlin"))
    assert found == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@given(day=st.dates(date(2000, 1, 2), date(2040, 1, 1)), minute=st.integers(0, 1438))
def test_later_wall_times_are_never_earlier(zone, day, minute):
    def at(n: int) -> datetime:
        return instant(day, time(n // 60, n % 60), ZoneInfo(zone))

    assert at(minute) <= at(minute + 1)
    assert at(minute) < instant(day + timedelta(days=1), time(minute // 60), ZoneInfo(zone))
