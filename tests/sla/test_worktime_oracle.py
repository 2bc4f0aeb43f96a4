"""Working time against the definition, over random calendars, zones and clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla import timetable
from sla.worktime import DAY, Calendar, NoWorkingTime
from tests.sla import oracle

MINUTE, QUARTER, HOUR = 60, 900, 3600

ZONES = [
    "Asia/Seoul",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
]
# Around these something happens: clocks change, a day is missing, a leap day, the year turns.
MOMENTS = {
    "Asia/Seoul": [(1987, 5, 10), (1988, 10, 9), (2025, 10, 8)],
    "America/New_York": [(2024, 3, 10), (2024, 11, 3), (2060, 3, 14)],
    "Europe/London": [(2025, 3, 30), (2025, 10, 26), (1971, 10, 31)],
    "Australia/Lord_Howe": [(2024, 4, 7), (2024, 10, 6), (1985, 3, 3)],
    "Asia/Kathmandu": [(1986, 1, 1), (2024, 2, 29)],
    "America/Sao_Paulo": [(2018, 11, 4), (2018, 2, 18), (2000, 2, 27)],
    "Pacific/Apia": [(2011, 12, 30), (2011, 12, 31), (2012, 4, 1)],
    "UTC": [(2024, 2, 29), (2024, 12, 31), (2199, 12, 20)],
}
# Turns of the years at which a table was extended, whatever the zone.
BORDERS = [(2020, 1, 1), (2024, 12, 31), (2025, 1, 1), (2030, 1, 1), (1975, 1, 1)]
CHANGES = [
    ("America/New_York", datetime(2024, 3, 10, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2024, 11, 3, 6, tzinfo=UTC)),
    ("Europe/London", datetime(2025, 3, 30, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2025, 10, 26, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2024, 4, 6, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2024, 10, 5, 15, 30, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Kiritimati", datetime(1994, 12, 31, 10, tzinfo=UTC)),  # the last day of a block
    ("Africa/Monrovia", datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)),
]


def some_windows(step, most=3):
    """Windows of one day on whole steps: gaps, overlaps, touching ones, past midnight, none."""
    window = st.tuples(st.integers(0, 2 * DAY // step - 1), st.integers(1, 2 * DAY // step)).map(
        lambda pair: (pair[0] * step, min(2 * DAY, (pair[0] + pair[1]) * step))
    )
    usual = st.sampled_from(
        [
            ((9 * HOUR, 18 * HOUR),),
            ((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR)),
            ((9 * HOUR, 13 * HOUR),),
            ((22 * HOUR, 30 * HOUR),),
            ((0, 2 * HOUR), (20 * HOUR, DAY)),
            ((0, DAY),),
            ((HOUR, 2 * HOUR + 1800),),
            (),
        ]
    )
    return usual | st.lists(window, max_size=most).map(tuple)


def a_day(zone):
    near = st.builds(
        lambda ymd, n: date(*ymd) + timedelta(days=n),
        st.sampled_from(MOMENTS[zone] + BORDERS),
        st.integers(-2, 2),
    )
    return near | st.dates(date(1971, 1, 1), date(2060, 1, 1))


@st.composite
def cases(draw, step):
    """A calendar with windows on whole steps, and an instant at which it may be interesting."""
    zone = draw(st.sampled_from(ZONES))
    day = draw(a_day(zone))
    calendar = Calendar(
        zone,
        draw(
            st.tuples(*[some_windows(step)] * 7)
            | some_windows(step).map(lambda windows: (windows,) * 5 + ((),) * 2)
            | st.just(((),) * 7)
        ),
        draw(
            st.dictionaries(
                st.integers(-3, 8).map(lambda n: day + timedelta(days=n)),
                some_windows(step),
                max_size=5,
            )
        ),
        always=draw(st.sampled_from([False] * 9 + [True])),
    )
    start = int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())
    edges = [edge for window in oracle.windows(calendar, day) for edge in window]
    shift = draw(st.integers(-DAY // step, DAY // step)) * step
    if step == 1:  # a second's table is walked for minutes only: be where something happens
        near = draw(st.sampled_from(edges)) if edges else draw(st.integers(0, DAY))
        shift = near + draw(st.integers(-900, 900))
    return calendar, (start + shift) // step * step


@pytest.mark.parametrize(
    ("step", "longest"), [(QUARTER, 10 * DAY), (MINUTE, DAY), (1, 30 * MINUTE)]
)
def test_between_counts_what_the_definition_counts(step, longest):
    @settings(max_examples=120, deadline=None)
    @given(cases(step), st.integers(0, longest // step))
    def check(case, steps):
        calendar, a = case
        b = a + steps * step
        counted = oracle.between(calendar, a, b, step)
        assert calendar.between_ts(a, b) == counted
        assert calendar.between(oracle.instant(a), oracle.instant(b)) == counted

    check()


@pytest.mark.parametrize(
    ("step", "longest"), [(QUARTER, 20 * DAY), (MINUTE, DAY), (1, 30 * MINUTE)]
)
def test_add_finds_the_first_instant_of_the_definition(step, longest):
    @settings(max_examples=120, deadline=None)
    @given(cases(step), st.integers(0, longest // step // 4))
    def check(case, steps):
        calendar, at = case
        stop = at + longest
        due = oracle.add(calendar, at, steps * step, stop, step)
        if due is not None:
            assert calendar.add_ts(at, steps * step) == due
            assert calendar.add(oracle.instant(at), steps * step) == oracle.instant(due)
        else:
            try:
                assert calendar.add_ts(at, steps * step) > stop
            except NoWorkingTime:
                assert not any(calendar.week)

    check()


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=lambda value: str(value)[:16])
def test_each_minute_around_a_clock_change(zone, change):
    """Windows that begin, end, lie in, and lie across the hours that repeat or are missing."""
    middle = int(change.timestamp())
    first = middle - middle % MINUTE - 30 * HOUR
    step = 30 if zone == "Africa/Monrovia" else MINUTE
    for windows in (
        ((30 * MINUTE, 90 * MINUTE),),
        ((75 * MINUTE, 105 * MINUTE), (2 * HOUR, 2 * HOUR + MINUTE)),
        ((23 * HOUR, 26 * HOUR),),
        ((0, 3 * HOUR), (9 * HOUR, 18 * HOUR), (HOUR, DAY + QUARTER)),
    ):
        calendar = Calendar(zone, (windows,) * 7)
        counted = 0
        for at in range(first, first + 60 * HOUR, step):
            assert calendar.between_ts(first, at) == counted
            works = oracle.working(calendar, at)
            assert calendar.is_working(oracle.instant(at)) == works
            counted += step * works


@pytest.mark.parametrize("zone", ZONES)
def test_a_whole_year_in_quarters(zone):
    night_and_day = ((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR), (22 * HOUR, 30 * HOUR))
    calendar = Calendar(zone, (night_and_day,) * 4 + (((9 * HOUR, 13 * HOUR),),) + ((),) * 2)
    a = int(datetime(2011, 7, 1, tzinfo=UTC).timestamp())
    b = int(datetime(2012, 7, 1, tzinfo=UTC).timestamp())
    assert calendar.between_ts(a, b) == oracle.between(calendar, a, b, QUARTER)


@settings(max_examples=120, deadline=None)
@given(cases(1) | cases(MINUTE), st.integers(1, 3000 * HOUR))
def test_add_and_between_are_inverse(case, seconds):
    calendar, at = case
    assume(any(calendar.week) or calendar.always)
    try:
        due = calendar.add_ts(at, seconds)
    except NoWorkingTime:  # the end of the known years
        return
    assert calendar.between_ts(at, due) == seconds
    assert calendar.between_ts(at, due - 1) == seconds - 1


@settings(max_examples=120, deadline=None)
@given(cases(1), st.lists(st.integers(0, 400 * DAY), min_size=3, max_size=3))
def test_between_adds_up_and_never_falls(case, ahead):
    calendar, at = case
    assume(at + 400 * DAY < datetime(2200, 1, 1, tzinfo=UTC).timestamp())
    a, b, c = sorted(at + seconds for seconds in ahead)
    first, second, whole = (calendar.between_ts(*pair) for pair in ((a, b), (b, c), (a, c)))
    assert first + second == whole
    assert 0 <= first <= b - a
    assert calendar.between_ts(c, a) == 0


@settings(max_examples=100, deadline=None)
@given(cases(1), st.lists(st.integers(0, 500 * HOUR), min_size=2, max_size=8))
def test_more_work_or_a_later_start_is_never_due_earlier(case, goals):
    calendar, at = case
    assume((any(calendar.week) or calendar.always) and at < 4_000_000_000)
    due = [calendar.add_ts(at, goal) for goal in sorted(goals)]
    assert due == sorted(due)
    later = [calendar.add_ts(at + shift, HOUR) for shift in sorted(goals)]
    assert later == sorted(later)


@settings(max_examples=120, deadline=None)
@given(cases(QUARTER), st.integers(0, 5 * DAY // QUARTER))
def test_spans_are_the_working_stretches(case, steps):
    calendar, a = case
    b = a + steps * QUARTER
    spans = calendar.spans(oracle.instant(a), oracle.instant(b))
    covered = {
        at
        for start, end in spans
        for at in range(int(start.timestamp()), int(end.timestamp()), QUARTER)
    }
    assert covered == {at for at in range(a, b, QUARTER) if oracle.working(calendar, at)}
    assert all(earlier[1] < later[0] for earlier, later in pairwise(spans))  # none touch
    if spans:
        assert calendar.next_start(oracle.instant(a)) == spans[0][0]


@settings(max_examples=25, deadline=None)
@given(cases(1), st.permutations(range(4)), st.integers(1, 200 * HOUR))
def test_the_order_of_questions_changes_no_answer(case, order, goal):
    """A table grows both ways around what is asked first; here it begins anew."""
    calendar, _ = case
    assume(any(calendar.week))
    years = (1999, 2019, 2024, 2036)
    starts = [int(datetime(year, 12, 28, tzinfo=UTC).timestamp()) for year in years]

    def ask(numbers):
        timetable.table.cache_clear()
        fresh = Calendar(calendar.zone, calendar.week, calendar.days, calendar.names)
        return {
            n: (fresh.add_ts(starts[n], goal), fresh.between_ts(starts[0], starts[n]))
            for n in numbers
        }

    assert ask(order) == ask(range(4))


@settings(max_examples=100, deadline=None)
@given(cases(1))
def test_a_calendar_survives_json(case):
    calendar, _ = case
    again = Calendar.from_json(calendar.to_json())
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert again.to_json() == calendar.to_json()
