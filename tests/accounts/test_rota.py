"""Who is on duty: as a lead would say it, and against counting days on a wall calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from accounts.rota import Change, Layer, Plan, on_duty, picks, shifts

SEOUL, BERLIN = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin")
HAN, LEE, PARK, CHOI = 1, 2, 3, 4
MONDAY = date(2026, 11, 23)
WEEKLY = Layer(MONDAY, time(9), 7, (HAN, LEE, PARK))
WORKDAYS = frozenset(range(5))


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def plan(*layers: Layer, changes: tuple[Change, ...] = (), gone: frozenset[int] = frozenset()):
    return Plan(SEOUL, layers, changes, gone)


def change(user: int | None, instead_of: int | None = None) -> Change:
    """All of Monday."""
    return Change(seoul("2026-11-23 00:00"), seoul("2026-11-24 00:00"), user, instead_of)


NOON = seoul("2026-11-23 12:00")


def test_turns_are_handed_over_at_the_minute():
    assert on_duty(plan(WEEKLY), seoul("2026-11-30 08:59:59")) == (HAN,)
    assert on_duty(plan(WEEKLY), seoul("2026-11-30 09:00")) == (LEE,)
    assert on_duty(plan(WEEKLY), seoul("2026-12-14 09:00")) == (HAN,)


def test_before_it_starts_nobody_is_on_duty():
    assert on_duty(plan(WEEKLY), seoul("2026-11-23 08:59:59")) == ()


def test_nights_and_weekends_fill_what_the_day_shift_leaves():
    day = Layer(MONDAY, time(9), 1, (HAN, LEE), days=WORKDAYS, begins=time(9), ends=time(18))
    rest = Layer(MONDAY, time(9), 7, (PARK, CHOI))
    both = plan(day, rest)
    assert on_duty(both, seoul("2026-11-24 17:59")) == (LEE,)
    assert on_duty(both, seoul("2026-11-24 18:00")) == (PARK,)
    assert on_duty(both, seoul("2026-11-29 12:00")) == (PARK,)
    assert on_duty(both, seoul("2026-12-01 03:00")) == (CHOI,)


def test_a_night_belongs_to_the_day_on_which_it_begins():
    friday = Layer(MONDAY, time(12), 1, (HAN,), days=frozenset({4}), begins=time(22), ends=time(6))
    assert on_duty(plan(friday), seoul("2026-11-28 05:59")) == (HAN,)
    assert on_duty(plan(friday), seoul("2026-11-27 05:59")) == ()


def test_deputies_come_after_the_first_and_are_never_the_same_person():
    deputy = Layer(MONDAY, time(9), 7, (HAN, PARK), rank=2)
    assert on_duty(plan(WEEKLY, deputy), NOON) == (HAN, PARK)


def test_who_left_is_skipped_and_nobody_elses_turn_moves():
    left = plan(WEEKLY, gone=frozenset({LEE}))
    turns = [on_duty(left, NOON + timedelta(weeks=n)) for n in range(6)]
    assert turns == [(HAN,), (PARK,), (PARK,), (HAN,), (PARK,), (PARK,)]


def test_taking_over_is_in_the_place_of_whoever_is_first():
    found = picks(plan(WEEKLY, changes=(change(CHOI),)), NOON)
    assert [(pick.user, pick.instead_of) for pick in found] == [(CHOI, HAN)]
    assert on_duty(plan(changes=(change(CHOI),)), NOON) == (CHOI,)


def test_standing_in_for_somebody_else_changes_nothing_now():
    assert on_duty(plan(WEEKLY, changes=(change(CHOI, LEE),)), NOON) == (HAN,)
    assert on_duty(plan(WEEKLY, changes=(change(CHOI, HAN),)), NOON) == (CHOI,)


def test_the_next_takes_the_turn_of_who_is_away_unless_somebody_stands_in():
    away = change(None, HAN)
    assert on_duty(plan(WEEKLY, changes=(away,)), NOON) == (LEE,)
    assert on_duty(plan(WEEKLY, changes=(away, change(CHOI, HAN))), NOON) == (CHOI,)


def test_one_stand_in_may_have_another_and_the_later_word_counts():
    changes = (change(LEE, HAN), change(PARK, LEE))
    assert on_duty(plan(WEEKLY, changes=changes), NOON) == (PARK,)
    assert on_duty(plan(WEEKLY, changes=changes[::-1]), NOON) == (LEE,)
    assert on_duty(plan(WEEKLY, changes=(change(LEE), change(PARK))), NOON) == (PARK,)


def test_who_is_replaced_is_not_their_own_deputy():
    deputy = Layer(MONDAY, time(9), 7, (HAN, PARK), rank=2)
    assert on_duty(plan(WEEKLY, deputy, changes=(change(LEE),)), NOON) == (LEE, PARK)


def test_a_stand_in_who_left_is_as_if_there_were_none():
    left = plan(WEEKLY, changes=(change(CHOI),), gone=frozenset({CHOI}))
    assert on_duty(left, NOON) == (HAN,)


def test_hand_over_keeps_to_the_wall_when_clocks_change():
    daily = Layer(date(2026, 3, 20), time(9), 1, (HAN, LEE))
    found = shifts(
        Plan(BERLIN, (daily,)),
        datetime(2026, 3, 28, 12, tzinfo=BERLIN),
        datetime(2026, 3, 30, 12, tzinfo=BERLIN),
    )
    assert [shift.begins.astimezone(BERLIN).hour for shift in found[1:]] == [9, 9]
    assert found[1].begins - found[0].begins == timedelta(hours=20)


def test_a_hand_over_that_is_leapt_over_happens_at_the_leap():
    daily = Plan(BERLIN, (Layer(date(2026, 3, 20), time(2, 30), 1, (HAN, LEE)),))
    leap = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert on_duty(daily, leap - timedelta(seconds=1)) != on_duty(daily, leap)


half_hours = st.builds(lambda n: time(n // 2, n % 2 * 30), st.integers(0, 47))
zones = st.sampled_from([SEOUL, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("UTC")])
people = st.lists(st.integers(1, 5), min_size=1, max_size=4, unique=True).map(tuple)
whole = st.builds(
    Layer,
    st.dates(date(2026, 4, 6), date(2026, 5, 20)),
    half_hours,
    st.integers(1, 10),
    people,
    st.sampled_from([1, 2]),
    st.frozensets(st.integers(0, 6)),
)
windowed = st.builds(
    Layer,
    st.dates(date(2026, 4, 6), date(2026, 5, 20)),
    half_hours,
    st.integers(1, 10),
    people,
    st.just(1),
    st.frozensets(st.integers(0, 6)),
    half_hours,
    half_hours,
)
START = datetime(2026, 5, 1, tzinfo=UTC)
moments = st.integers(0, 30 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
absences = st.builds(
    lambda begins, hours, who: Change(begins, begins + timedelta(hours=hours), *who),
    moments,
    st.integers(1, 100),
    st.tuples(st.none() | st.integers(1, 6), st.none() | st.integers(1, 6)).filter(any),
)
plans = st.builds(
    Plan,
    zones,
    st.lists(whole | windowed, max_size=3).map(tuple),
    st.lists(absences, max_size=4).map(tuple),
    st.frozensets(st.integers(1, 6), max_size=2),
)


def by_the_wall_calendar(layer: Layer, zone: ZoneInfo, at: datetime) -> int | None:
    """Counting days and hours on paper. Not to be asked about the night clocks change."""
    local = at.astimezone(zone).replace(tzinfo=None)
    passed = local - datetime.combine(layer.starts_on, layer.hands_over)
    if passed < timedelta(0):
        return None
    begins, ends = layer.begins or time(0), layer.ends or time(0)
    today, clock = local.weekday(), local.time()
    if begins < ends:
        holds = today in layer.days and begins <= clock < ends
    else:
        evening = today in layer.days and clock >= begins
        holds = evening or ((today - 1) % 7 in layer.days and clock < ends)
    turn = passed // timedelta(days=layer.every)
    return layer.order[turn % len(layer.order)] if holds else None


@given(whole | windowed, zones, moments)
def test_one_layer_is_what_a_wall_calendar_says(layer, zone, at):
    expected = by_the_wall_calendar(layer, zone, at)
    alone = Plan(zone, (Layer(**{**vars(layer), "rank": 1}),))
    assert on_duty(alone, at)[:1] == (() if expected is None else (expected,))


@given(plans, moments, st.integers(1, 20 * 24 * 60), st.lists(st.floats(0, 0.999), max_size=20))
def test_shifts_cover_everything_once_and_say_what_each_instant_says(plan, start, long, points):
    end = start + timedelta(minutes=long)
    found = shifts(plan, start, end)
    assert [found[0].begins, found[-1].ends] == [start, end]
    for one, other in pairwise(found):
        assert one.ends == other.begins
        assert one.picks != other.picks
    for part in points:
        at = start + (end - start) * part
        inside = [shift for shift in found if shift.begins <= at < shift.ends]
        assert [shift.picks for shift in inside] == [picks(plan, at)]


@given(plans, moments)
def test_nobody_is_on_duty_twice_nor_after_leaving(plan, at):
    found = on_duty(plan, at)
    assert len(set(found)) == len(found)
    assert not set(found) & plan.gone
