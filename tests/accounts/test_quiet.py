"""Quiet hours as a person would say them, and against looking at the clock minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.quiet import Quiet, quiet_until

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
DAILY = frozenset(range(7))
NIGHT = Quiet(SEOUL, time(22), time(7), DAILY)


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def test_a_night_ends_on_the_next_morning():
    assert quiet_until(NIGHT, seoul("2026-11-23 22:00")) == seoul("2026-11-24 07:00")
    assert quiet_until(NIGHT, seoul("2026-11-24 06:59:59")) == seoul("2026-11-24 07:00")


def test_the_end_itself_is_not_quiet():
    assert quiet_until(NIGHT, seoul("2026-11-24 07:00")) is None
    assert quiet_until(NIGHT, seoul("2026-11-23 21:59:59")) is None


def test_who_set_nothing_is_never_quiet():
    assert quiet_until(None, seoul("2026-11-24 03:00")) is None


def test_days_are_those_on_which_the_hours_begin():
    fridays = Quiet(SEOUL, time(22), time(7), frozenset({4}))
    assert quiet_until(fridays, seoul("2026-11-28 06:00")) == seoul("2026-11-28 07:00")
    assert quiet_until(fridays, seoul("2026-11-27 06:00")) is None


def test_a_free_weekend_joins_the_nights_beside_it():
    quiet = Quiet(SEOUL, time(22), time(7), DAILY, work_days_only=True)
    assert quiet_until(quiet, seoul("2026-11-27 23:00")) == seoul("2026-11-30 07:00")
    assert quiet_until(quiet, seoul("2026-11-28 12:00")) == seoul("2026-11-30 07:00")


def test_times_keep_to_the_wall_when_clocks_change():
    quiet = Quiet(BERLIN, time(22), time(7), DAILY)
    before = datetime(2026, 3, 28, 23, 0, tzinfo=BERLIN)
    assert quiet_until(quiet, before) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    before = datetime(2026, 10, 24, 23, 0, tzinfo=BERLIN)
    assert quiet_until(quiet, before) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)


def test_an_end_that_is_leapt_over_is_the_leap():
    quiet = Quiet(BERLIN, time(22), time(2, 30), DAILY)
    at = datetime(2026, 3, 29, 0, 30, tzinfo=BERLIN)
    assert quiet_until(quiet, at) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def shown_quiet(quiet: Quiet, at: datetime) -> bool:
    """What the clock on the wall says. Not to be asked within a day of a change of the clocks."""
    local = at.astimezone(quiet.zone)
    clock, today = local.time(), local.weekday()
    if quiet.work_days_only and today >= 5:
        return True
    if quiet.begins < quiet.ends:
        return today in quiet.days and quiet.begins <= clock < quiet.ends
    evening = today in quiet.days and clock >= quiet.begins
    return evening or ((today - 1) % 7 in quiet.days and clock < quiet.ends)


half_hours = st.builds(lambda n: time(n // 2, n % 2 * 30), st.integers(0, 47))
quiets = st.builds(
    Quiet,
    st.sampled_from([SEOUL, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("UTC")]),
    half_hours,
    half_hours,
    st.frozensets(st.integers(0, 6)),
    st.booleans(),
)


@given(quiets, st.integers(0, 7 * 48 * 30))
def test_it_is_quiet_when_the_clock_says_so_until_it_says_otherwise(quiet, minute):
    assume(quiet.begins != quiet.ends)
    at = datetime(2026, 5, 4, tzinfo=UTC) + timedelta(minutes=minute)
    until = quiet_until(quiet, at)
    assert (until is not None) == shown_quiet(quiet, at)
    if until is not None:
        assert until > at
        assert not shown_quiet(quiet, until)
        step = (until - at) / 50
        assert all(shown_quiet(quiet, at + step * n) for n in range(50))


@given(
    quiets, st.integers(0, 3 * 24 * 60), st.sampled_from([date(2026, 3, 28), date(2026, 10, 24)])
)
def test_around_a_change_of_the_clocks_the_end_is_never_quiet(quiet, minute, day):
    assume(quiet.begins != quiet.ends)
    at = datetime.combine(day, time(0), tzinfo=UTC) + timedelta(minutes=minute)
    until = quiet_until(quiet, at)
    if until is not None:
        assert at < until <= at + timedelta(days=9)
        assert quiet_until(quiet, until) is None
