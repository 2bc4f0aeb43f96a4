"""Working time by examples: the rules a reader of a due date relies on."""

import copy
import pickle
import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla import timetable
from sla.worktime import DAY, Calendar, NoWorkingTime, Skipped

HOUR = 3600
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_SIX = ((9 * HOUR, 18 * HOUR),)
WITH_LUNCH = ((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR))
WEEKEND = ((), ())
OFFICE = Calendar("Asia/Seoul", (NINE_TO_SIX,) * 5 + WEEKEND)
LUNCH = Calendar("Asia/Seoul", (WITH_LUNCH,) * 5 + WEEKEND)
CHUSEOK = {
    date(2025, 10, 3): "개천절",
    date(2025, 10, 5): "추석 전날",
    date(2025, 10, 6): "추석",
    date(2025, 10, 7): "추석 다음 날",
    date(2025, 10, 8): "대체 휴일 (추석)",
    date(2025, 10, 9): "한글날",
}
KOREA = Calendar("Asia/Seoul", (NINE_TO_SIX,) * 5 + WEEKEND, dict.fromkeys(CHUSEOK, ()), CHUSEOK)
NIGHTS = Calendar("Asia/Seoul", (((22 * HOUR, 30 * HOUR),),) * 5 + WEEKEND)
AROUND_THE_CLOCK = Calendar("Asia/Seoul", always=True)
NEVER = Calendar("Asia/Seoul")


def seoul(month, day, hour=0, minute=0, second=0, year=2025):
    return datetime(year, month, day, hour, minute, second, tzinfo=SEOUL)


def test_work_that_ends_at_closing_time_is_due_at_closing_time():
    opened = seoul(11, 3, 14)  # Monday
    assert OFFICE.add(opened, 4 * HOUR) == seoul(11, 3, 18)
    assert OFFICE.add(opened, 4 * HOUR + 1) == seoul(11, 4, 9, 0, 1)


def test_friday_evening_and_monday_morning_are_the_same_working_second():
    assert OFFICE.add(seoul(11, 7, 18), 60) == seoul(11, 10, 9, 1)
    assert OFFICE.add(seoul(11, 8, 3), 60) == seoul(11, 10, 9, 1)
    assert OFFICE.between(seoul(11, 7, 17), seoul(11, 10, 10)) == 2 * HOUR


def test_a_lunch_break_does_not_count():
    assert LUNCH.add(seoul(11, 3, 11, 30), HOUR) == seoul(11, 3, 13, 30)
    assert LUNCH.add(seoul(11, 3, 11), HOUR) == seoul(11, 3, 12)
    assert LUNCH.between(seoul(11, 3), seoul(11, 4)) == 8 * HOUR


def test_windows_are_half_open():
    assert OFFICE.is_working(seoul(11, 3, 9))
    assert OFFICE.is_working(seoul(11, 3, 17, 59, 59))
    assert not OFFICE.is_working(seoul(11, 3, 18))
    assert not OFFICE.is_working(seoul(11, 3, 8, 59, 59))


def test_chuseok_and_its_substitute_holiday_do_not_count():
    opened = seoul(10, 2, 17)
    assert KOREA.add(opened, 2 * HOUR) == seoul(10, 10, 10)
    assert OFFICE.add(opened, 2 * HOUR) == seoul(10, 3, 10)
    assert KOREA.between(seoul(10, 3), seoul(10, 10)) == 0


def test_the_days_skipped_over_chuseok_are_named():
    skipped = KOREA.skipped(seoul(10, 2, 17), seoul(10, 10, 10))
    assert [(day.day.day, day.kind, day.name) for day in skipped] == [
        (3, "holiday", "개천절"),
        (4, "closed", ""),
        (5, "holiday", "추석 전날"),
        (6, "holiday", "추석"),
        (7, "holiday", "추석 다음 날"),
        (8, "holiday", "대체 휴일 (추석)"),
        (9, "holiday", "한글날"),
    ]


def test_a_day_is_skipped_only_if_a_second_of_it_lies_inside():
    assert KOREA.skipped(seoul(10, 2, 17), seoul(10, 3)) == []
    assert len(KOREA.skipped(seoul(10, 2, 17), seoul(10, 3, 0, 0, 1))) == 1
    assert KOREA.skipped(seoul(10, 10), seoul(10, 2)) == []
    assert AROUND_THE_CLOCK.skipped(seoul(10, 2), seoul(10, 10)) == []


def test_half_days_and_extra_working_days_replace_the_week():
    half, extra = date(2025, 12, 31), date(2025, 12, 27)
    morning = ((9 * HOUR, 13 * HOUR),)
    calendar = Calendar(
        "Asia/Seoul",
        (NINE_TO_SIX,) * 5 + WEEKEND,
        {half: morning, extra: NINE_TO_SIX},
        {half: "New Year's Eve", extra: "Stocktaking"},
    )
    assert calendar.add(seoul(12, 31, 12), 2 * HOUR) == seoul(1, 1, 10, year=2026)
    assert calendar.between(seoul(12, 27), seoul(12, 29)) == 9 * HOUR
    assert calendar.skipped(seoul(12, 31), seoul(1, 1, year=2026)) == [
        Skipped(half, "special", "New Year's Eve", morning)
    ]


def test_a_night_shift_belongs_to_the_day_it_begins_on():
    assert NIGHTS.is_working(seoul(11, 8, 5, 59, 59))  # Saturday: Friday's shift
    assert not NIGHTS.is_working(seoul(11, 8, 6))
    assert not NIGHTS.is_working(seoul(11, 10, 5))  # Monday: Sunday has none
    assert NIGHTS.add(seoul(11, 3, 23), 8 * HOUR) == seoul(11, 4, 23)
    assert NIGHTS.add(seoul(11, 7, 23), 7 * HOUR) == seoul(11, 8, 6)


def test_a_holiday_takes_its_own_shift_and_leaves_the_one_from_the_day_before():
    calendar = Calendar("Asia/Seoul", NIGHTS.week, {date(2025, 11, 5): ()})
    assert calendar.is_working(seoul(11, 5, 3))
    assert not calendar.is_working(seoul(11, 5, 23))
    assert not calendar.is_working(seoul(11, 6, 3))


def test_windows_that_overlap_count_once():
    calendar = Calendar("UTC", (((0, 3 * HOUR), (HOUR, 2 * HOUR), (2 * HOUR, 5 * HOUR)),) * 7)
    assert calendar.between_ts(0, DAY) == 5 * HOUR
    night = Calendar("UTC", (((20 * HOUR, 2 * DAY),),) * 7)
    assert night.between_ts(DAY, 11 * DAY) == 10 * DAY


def test_both_passes_of_a_repeated_hour_count_and_a_missing_one_does_not():
    calendar = Calendar("America/New_York", (((0, 4 * HOUR),),) * 7)
    for month, day, hours in ((3, 10, 3), (11, 3, 5), (11, 4, 4)):
        start = datetime(2024, month, day, tzinfo=NEW_YORK)
        end = datetime(2024, month, day, 12, tzinfo=NEW_YORK)
        assert calendar.between(start, end) == hours * HOUR


def test_the_two_passes_of_a_repeated_hour_are_told_apart():
    calendar = Calendar("America/New_York", (((HOUR, 2 * HOUR),),) * 7)
    first = datetime(2024, 11, 3, 1, 30, tzinfo=NEW_YORK)
    second = first.replace(fold=1)
    assert calendar.between(first, second.astimezone(UTC)) == HOUR
    assert calendar.add(first, HOUR) == second.astimezone(UTC)
    assert calendar.add(second, HOUR) == datetime(2024, 11, 4, 1, 30, tzinfo=NEW_YORK)


def test_a_window_in_the_missing_hour_alone_never_comes():
    missing = {date(2024, 3, 10): ((2 * HOUR, 3 * HOUR),)}
    calendar = Calendar("America/New_York", days=missing)
    assert calendar.has_working_time
    with pytest.raises(NoWorkingTime):
        calendar.add(datetime(2024, 3, 1, tzinfo=UTC), 1)


def test_around_the_clock_ignores_week_and_days():
    calendar = Calendar("Asia/Seoul", KOREA.week, KOREA.days, always=True)
    at = seoul(10, 4, 3)
    assert calendar.add(at, 12 * HOUR) == at + timedelta(hours=12)
    assert calendar.between(at, at + timedelta(days=9)) == 9 * DAY
    assert calendar.spans(at, at + timedelta(days=9)) == [(at, at + timedelta(days=9))]
    assert calendar.next_start(at) == at


def test_nothing_is_due_in_a_calendar_without_working_time():
    assert not NEVER.has_working_time
    assert NEVER.between(seoul(1, 1), seoul(12, 31)) == 0
    assert NEVER.add(seoul(1, 1), 0) == seoul(1, 1)
    with pytest.raises(NoWorkingTime):
        NEVER.add(seoul(1, 1), 1)
    with pytest.raises(NoWorkingTime):
        NEVER.next_start(seoul(1, 1))


def test_a_calendar_of_single_days_ends_with_the_last():
    calendar = Calendar("Asia/Seoul", days={date(2025, 3, 1): NINE_TO_SIX})
    assert calendar.add(seoul(1, 1), 9 * HOUR) == seoul(3, 1, 18)
    with pytest.raises(NoWorkingTime):
        calendar.add(seoul(1, 1), 9 * HOUR + 1)
    with pytest.raises(NoWorkingTime):
        calendar.next_start(seoul(3, 1, 18))


def test_a_single_day_is_found_decades_ahead():
    calendar = Calendar("Asia/Seoul", days={date(2060, 3, 1): NINE_TO_SIX})
    assert calendar.next_start(seoul(1, 1)) == seoul(3, 1, 9, year=2060)


def test_more_work_than_the_known_years_hold_is_refused():
    with pytest.raises(NoWorkingTime):
        OFFICE.add(seoul(1, 1), 10**12)
    with pytest.raises(NoWorkingTime):
        AROUND_THE_CLOCK.add(seoul(1, 1), 10**12)


@pytest.mark.parametrize("calendar", [OFFICE, AROUND_THE_CLOCK, NEVER])
@pytest.mark.parametrize("year", [1969, 2201])
def test_years_without_known_clocks_are_refused(calendar, year):
    at = datetime(year, 6, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="from 1970 to 2200"):
        calendar.add(at, HOUR)
    with pytest.raises(ValueError, match="from 1970 to 2200"):
        calendar.between(*sorted((at, seoul(1, 1))))


def test_the_first_and_the_last_known_second():
    calendar = Calendar("UTC", (((0, DAY),),) * 7)
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    whole = int((last - first).total_seconds())
    for each in (calendar, AROUND_THE_CLOCK):
        assert each.between(first, last) == whole
        assert each.add(first, whole) == last
        assert each.spans(first, last) == [(first, last)]


def test_negative_work_is_refused():
    with pytest.raises(ValueError, match="-1"):
        OFFICE.add(seoul(11, 3), -1)


def test_no_time_passes_backwards():
    assert OFFICE.between(seoul(11, 4, 10), seoul(11, 3, 10)) == 0
    assert OFFICE.between(seoul(11, 3, 10), seoul(11, 3, 10)) == 0


def test_a_fraction_of_a_second_is_dropped_and_answers_are_in_utc():
    at = seoul(11, 3, 10) + timedelta(microseconds=999_999)
    assert OFFICE.add(at, 0) == seoul(11, 3, 10)
    assert OFFICE.add(at, 60) == seoul(11, 3, 10, 1)
    assert OFFICE.add(at, 60).tzinfo is UTC
    assert OFFICE.between(at, seoul(11, 3, 10, 1)) == 60


def test_a_time_without_zone_is_refused():
    with pytest.raises(TypeError):
        OFFICE.add(datetime(2025, 11, 3), 60)


def test_an_instant_in_any_zone_is_the_same_instant():
    assert OFFICE.add(seoul(11, 3, 10).astimezone(NEW_YORK), 60) == seoul(11, 3, 10, 1)


def test_next_start_is_now_while_working_and_the_next_opening_otherwise():
    assert LUNCH.next_start(seoul(11, 3, 10, 30)) == seoul(11, 3, 10, 30)
    assert LUNCH.next_start(seoul(11, 3, 12)) == seoul(11, 3, 13)
    assert LUNCH.next_start(seoul(11, 7, 18)) == seoul(11, 10, 9)


def test_spans_are_clipped():
    assert LUNCH.spans(seoul(11, 3, 11), seoul(11, 3, 14)) == [
        (seoul(11, 3, 11), seoul(11, 3, 12)),
        (seoul(11, 3, 13), seoul(11, 3, 14)),
    ]
    assert LUNCH.spans(seoul(11, 3, 14), seoul(11, 3, 11)) == []


def test_json_keeps_a_calendar():
    data = KOREA.to_json()
    assert data["week"][0] == [[32_400, 64_800]]
    assert data["days"]["2025-10-08"] == []
    assert data["names"]["2025-10-08"] == "대체 휴일 (추석)"
    assert Calendar.from_json(data) == KOREA


def test_windows_given_in_another_order_make_the_same_calendar():
    backwards = Calendar("Asia/Seoul", (WITH_LUNCH[::-1],) * 5 + WEEKEND)
    assert backwards == LUNCH
    assert backwards.to_json() == LUNCH.to_json()


WEEK = [[[32_400, 64_800]]] * 5 + [[], []]
GOOD = {"zone": "Asia/Seoul", "always": False, "week": WEEK, "days": {}, "names": {}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"week": [[[-1, 60]], *WEEK[1:]]}, "weekday 0: window -1–60"),
        ({"week": [[[0, 2 * DAY + 1]], *WEEK[1:]]}, "within 0–172800"),
        ({"week": [[[60, 60]], *WEEK[1:]]}, "must end after it starts"),
        ({"week": WEEK[1:]}, "7 days, not 6"),
        ({"week": [[["9", "18"]], *WEEK[1:]]}, "two whole numbers"),
        ({"week": [[[1, 2, 3]], *WEEK[1:]]}, "two whole numbers"),
        ({"week": None}, "not a calendar"),
        ({"days": {"2025-10-08": [[120, 60]]}}, "2025-10-08: window 120–60"),
        ({"days": {"8 October": []}}, "8 October"),
        ({"days": []}, "not a calendar"),
        ({"zone": "Asia/Pyeongtaek"}, "unknown time zone: 'Asia/Pyeongtaek'"),
        ({"zone": "../etc/passwd"}, "unknown time zone"),
        ({"zone": ""}, "unknown time zone"),
        ({"zone": None}, "not a calendar"),
    ],
)
def test_what_is_no_calendar_is_refused_with_the_reason(change, message):
    with pytest.raises(ValueError, match=message):
        Calendar.from_json(GOOD | change)


def test_a_missing_part_is_named():
    with pytest.raises(ValueError, match="week"):
        Calendar.from_json({"zone": "UTC"})


def test_equal_calendars_share_their_table_and_their_hash():
    again = Calendar.from_json(KOREA.to_json())
    assert again is not KOREA
    assert hash(again) == hash(KOREA)
    assert again._table is KOREA._table


def test_names_tell_calendars_apart_but_count_alike():
    unnamed = Calendar("Asia/Seoul", KOREA.week, KOREA.days)
    assert unnamed != KOREA
    assert unnamed._table is KOREA._table


def test_a_calendar_does_not_change():
    days = {date(2025, 10, 8): ()}
    calendar = Calendar("Asia/Seoul", KOREA.week, days)
    days.clear()
    assert date(2025, 10, 8) in calendar.days
    with pytest.raises(TypeError):
        calendar.days[date(2025, 10, 9)] = ()


def test_a_calendar_can_be_copied_and_pickled():
    assert copy.deepcopy(KOREA) == KOREA
    assert pickle.loads(pickle.dumps(KOREA)) == KOREA


def test_threads_that_extend_one_table_agree():
    years = [2024, 1971, 2060, 1999, 2035, 2011]
    alone = [OFFICE.add(seoul(12, 30, 17, year=year), 30 * HOUR) for year in years]
    timetable.table.cache_clear()
    shared = Calendar("Asia/Seoul", OFFICE.week)
    start, answers = threading.Barrier(len(years)), {}

    def ask(year):
        start.wait()
        answers[year] = shared.add(seoul(12, 30, 17, year=year), 30 * HOUR)

    threads = [threading.Thread(target=ask, args=(year,)) for year in years]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answers[year] for year in years] == alone
