"""Calendars as administrators edit them: hours, special days, public holidays, files."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import AuditEvent
from core.errors import ActionError, Conflict, NotAllowed
from sla import book, hours, ical, tasks
from sla.actions import calendars, days, policies, publish
from sla.models import Book, Calendar, CalendarDay
from sla.publicdays import public_days, years
from sla.snapshot import snapshot
from tests.factories import make_agent

FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
HOUR = 3600
OFFICE = [[9 * HOUR, 12 * HOUR], [13 * HOUR, 18 * HOUR]]
WEEK = [OFFICE] * 5 + [[], []]


def ics(*events: str) -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{e}\r\nEND:VEVENT\r\n" for n, e in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def admin() -> Any:
    return make_agent(role=Role.ADMINISTRATOR)


def values(**more: Any) -> dict[str, Any]:
    return {"name_en": "Office", "zone": "Asia/Seoul", "week": WEEK, **more}


# Hours as they are typed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00–12:00, 13:00–18:00", OFFICE),
        ("13:00-18:00; 9-12", OFFICE),
        ("0900~1800", [[9 * HOUR, 18 * HOUR]]),
        ("22:00–06:00", [[22 * HOUR, 30 * HOUR]]),
        ("00:00–24:00", [[0, 24 * HOUR]]),
        ("09:00-13:00", [[9 * HOUR, 13 * HOUR]]),
        ("휴무", []),
        ("", []),
    ],
)
def test_hours_are_understood_as_people_write_them(text, expected):
    assert hours.read(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [("9 o'clock", "form"), ("25:00-49:00", "time"), ("09:75-10:00", "time"),
     ("09:00-12:00, 11:00-13:00", "overlap"), ("09:00", "form")],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(text, why):
    with pytest.raises(hours.Unreadable) as refused:
        hours.read(text)
    assert refused.value.why == why


@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=4))
def test_hours_are_read_as_they_were_written(pairs):
    windows: list[list[int]] = []
    for start, length in sorted(pairs):
        if not windows or start * 60 >= windows[-1][1]:
            windows.append([start * 60, (start + length) * 60])
    assert hours.read(hours.write(windows)) == windows


@given(st.text(max_size=60))
def test_any_typed_text_is_read_or_refused(text):
    for read in (hours.read, hours.read_goal):
        try:
            assert read(text) is not None
        except hours.Unreadable:
            continue


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("4h", 14400), ("30m", 1800), ("1h 30m", 5400), ("4시간 30분", 16200), ("90 min", 5400)],
)
def test_goals_are_hours_and_minutes(text, seconds):
    assert hours.read_goal(text) == seconds


@pytest.mark.parametrize(("text", "why"), [("1d", "days"), ("2일", "days"), ("0m", "range"),
                                           ("soon", "form"), ("4", "form")])  # fmt: skip
def test_a_goal_in_days_is_refused_for_nobody_knows_how_long_a_day_is(text, why):
    with pytest.raises(hours.Unreadable) as refused:
        hours.read_goal(text)
    assert refused.value.why == why


# Files ------------------------------------------------------------------------------------------


def test_a_file_gives_whole_days_repeated_ones_and_several_at_once():
    found = ical.read(
        ics(
            "DTSTART;VALUE=DATE:20200501\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20270501\r\n"
            "SUMMARY:창립기념일",
            "DTSTART;VALUE=DATE:20261230\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Year end",
            "DTSTART:20261230T090000Z\r\nSUMMARY:Meeting",
            "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY",
            "DTSTART;VALUE=DATE:20260303\r\nSTATUS:CANCELLED",
            "DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2",
        ),
        FIRST,
        LAST,
    )
    assert found.days == {
        date(2026, 5, 1): "창립기념일",
        date(2026, 11, 26): "",
        date(2026, 12, 30): "Year end",
        date(2026, 12, 31): "Year end",
        date(2027, 1, 1): "Year end",
        date(2027, 11, 25): "",
        date(2028, 5, 1): "창립기념일",
    }
    assert (found.left_out, found.events) == (2, 6)


def test_rules_that_never_come_true_or_never_end_are_no_trouble():
    for rule in ("BYMONTH=2;BYMONTHDAY=30", "INTERVAL=0", "BYMONTH=13", "BYDAY=MO", "COUNT=x",
                 "BYWEEKNO=53", "INTERVAL=-1", "UNTIL=never"):  # fmt: skip
        event = f"DTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=YEARLY;{rule}"
        assert ical.read(ics(event), FIRST, LAST).days == {}


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_junk_is_no_calendar(junk):
    try:
        assert ical.read(junk, FIRST, LAST).days == {}
    except ical.BadCalendar:
        return


LINES = st.sampled_from(
    ["DTSTART;VALUE=DATE:20260101", "DTSTART:2026", "DTSTART", "DTEND;VALUE=DATE:20250101",
     "DTEND;VALUE=DATE:99991231", "RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY;COUNT=-1", "RRULE:;;=",
     "RRULE:FREQ=YEARLY;BYMONTHDAY=-400", "DURATION:P1D", "DURATION:-P9999W", "SUMMARY:\x00한",
     "EXDATE;VALUE=DATE:20260101", "EXDATE:x", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM",
     "BEGIN:VCALENDAR", "END:VCALENDAR", "STATUS:CANCELLED", ";;;:::", " folded",
     "DTSTART;TZID=x:y"]
)  # fmt: skip


@given(st.lists(LINES, max_size=12))
def test_files_that_are_nearly_calendars_are_read_or_refused(lines):
    try:
        found = ical.read("\r\n".join(["BEGIN:VCALENDAR", *lines]).encode(), FIRST, LAST)
    except ical.BadCalendar:
        return
    assert all(FIRST <= day <= LAST for day in found.days)


def test_a_file_that_is_too_large_says_so():
    with pytest.raises(ical.BadCalendar, match="size"):
        ical.read(b"x" * (ical.LARGEST + 1), FIRST, LAST)


# Public holidays --------------------------------------------------------------------------------


def test_chuseok_week_of_2025_has_its_substitute_day():
    names = public_days("KR", "", [2025])
    week = [date(2025, 10, day) for day in (3, 5, 6, 7, 8, 9)]
    assert all(day in names for day in week)
    assert "대체" in names[date(2025, 10, 8)][0]
    assert "Chuseok" in names[date(2025, 10, 8)][1]


@pytest.mark.django_db
def test_eight_working_hours_over_chuseok_skip_the_whole_week():
    calendar = calendars.create_calendar(values(country="KR"), by=admin())
    for day, (ko, en) in public_days("KR", "", [2025]).items():
        calendar.days.get_or_create(day=day, defaults={"name_ko": ko, "name_en": en})
    data = snapshot(apps)
    rules = book.read(1, 0, "all", data).calendars[calendar.pk]
    opened = datetime(2025, 10, 2, 8, 0, tzinfo=UTC)  # Thursday 17:00 in Seoul
    assert rules.add(opened, 8 * HOUR) == datetime(2025, 10, 10, 8, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_another_country_takes_its_days_and_leaves_those_by_hand():
    by = admin()
    calendar = calendars.create_calendar(values(country="KR"), by=by)
    this = years()[1]
    own = days.set_day(calendar, {"day": date(this, 3, 3), "name_ko": "창립기념일"}, by=by)
    assert calendar.days.filter(day=date(this, 8, 15)).exists()
    calendars.edit_calendar(calendar, {"country": "US", "region": "CA"}, by=by)
    assert not calendar.days.filter(day=date(this, 8, 15)).exists()
    assert calendar.days.filter(day=date(this, 7, 4), name_en="Independence Day").exists()
    assert calendar.days.filter(pk=own.pk).exists()


@pytest.mark.django_db
def test_a_day_by_hand_replaces_a_holiday_and_gives_it_back():
    by = admin()
    calendar = calendars.create_calendar(values(country="KR"), by=by)
    day = date(years()[1], 8, 15)
    worked = days.set_day(calendar, {"day": day, "windows": [[9 * HOUR, 13 * HOUR]]}, by=by)
    assert calendar.days.get(day=day).windows == [[9 * HOUR, 13 * HOUR]]
    days.drop_day(worked, by=by)
    assert calendar.days.get(day=day).windows == []
    assert calendar.days.get(day=day).source == "country"


@pytest.mark.django_db
def test_importing_keeps_what_is_there_and_says_how_many():
    by = admin()
    calendar = calendars.create_calendar(values(country="KR"), by=by)
    this = years()[1]
    names = {date(this, 8, 15): "mine", date(this, 5, 2): "mine"}
    assert days.import_days(calendar, names, by=by) == 1
    assert calendar.days.get(day=date(this, 8, 15)).source == "country"
    assert calendar.days.get(day=date(this, 5, 2)).source == "icalendar"
    assert days.import_days(calendar, names, by=by) == 0
    with pytest.raises(ActionError, match="iCalendar"):
        days.read_file(b"hello")


@pytest.mark.django_db
def test_a_new_years_holidays_are_published_without_what_is_still_edited():
    by = admin()
    calendar = calendars.create_calendar(values(country="KR"), by=by)
    other = calendars.create_calendar(values(name_en="Other", country="KR"), by=by)
    ends = years()[-1]
    for row in (calendar, other):
        row.days.filter(day__year=ends).delete()
    publish(by=by)
    calendars.edit_calendar(other, {"zone": "Asia/Tokyo"}, by=by)
    added = tasks.refresh_holidays()
    assert added > 20
    newest = Book.objects.order_by("-pk").first()
    assert (newest.published_by, newest.reach) == (None, "open")
    published = newest.data["calendars"]
    assert f"{ends}-08-15" in published[str(calendar.pk)]["rules"]["days"]
    assert f"{ends}-08-15" not in published[str(other.pk)]["rules"]["days"]
    assert published[str(other.pk)]["rules"]["zone"] == "Asia/Seoul"
    assert other.days.filter(day=date(ends, 8, 15)).exists()
    assert AuditEvent.objects.filter(actor=None, object_type="sla.calendar").count() == 2
    assert tasks.refresh_holidays() == 0
    assert Book.objects.order_by("-pk").first() == newest


def test_each_month_the_clock_of_the_house_asks_for_holidays():
    entry = settings.CELERY_BEAT_SCHEDULE["sla-holidays"]
    assert entry["task"] == tasks.refresh_holidays.name


# Editing ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_administrators_edit_calendars():
    calendar = Calendar.objects.first()
    day = CalendarDay.objects.filter(calendar__key="business").first()
    agent = make_agent()
    before = AuditEvent.objects.count()
    for act in (
        lambda: calendars.create_calendar(values(), by=agent),
        lambda: calendars.edit_calendar(calendar, {"zone": "UTC"}, by=agent),
        lambda: calendars.switch_calendar(calendar, False, by=agent),
        lambda: days.set_day(calendar, {"day": FIRST}, by=agent),
        lambda: days.drop_day(day, by=agent),
        lambda: days.import_days(calendar, {FIRST: "x"}, by=agent),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"country": "XX"}, "country"),
        ({"country": "KR", "region": "CA"}, "region"),
        ({"name_en": " "}, "name_ko"),
        ({"week": [[]] * 6}, "week"),
        ({"week": [[[0, 90000]], *[[]] * 6]}, "day_0"),
        ({"week": [[], [[0, 7200], [3600, 9000]], *[[]] * 5]}, "day_1"),
        ({"nonsense": 1}, ""),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_beside_its_field(change, field):
    with pytest.raises(ActionError) as refused:
        calendars.create_calendar(values(**change), by=admin())
    assert refused.value.field == field


@pytest.mark.django_db
def test_two_who_edit_one_calendar_do_not_overwrite_each_other():
    by = admin()
    calendar = calendars.create_calendar(values(), by=by)
    seen = calendars.token_of(calendar)
    calendars.edit_calendar(calendar, {"zone": "Asia/Tokyo"}, by=by, seen=seen)
    with pytest.raises(Conflict):
        calendars.edit_calendar(calendar, {"zone": "UTC"}, by=by, seen=seen)
    assert Calendar.objects.get(pk=calendar.pk).zone == "Asia/Tokyo"


@pytest.mark.django_db
def test_a_calendar_in_use_is_not_switched_off_and_says_by_whom():
    by = admin()
    calendar = calendars.create_calendar(values(), by=by)
    target = {"metric": "resolution", "priority": None, "goal": 3600, "calendar": calendar}
    policy = policies.create_policy({"name_en": "Gold", "targets": [target]}, by=by)
    with pytest.raises(ActionError, match="Gold") as refused:
        calendars.switch_calendar(calendar, False, by=by)
    assert refused.value.code == "in_use"
    policies.switch_policy(policy, False, by=by)
    assert not calendars.switch_calendar(calendar, False, by=by).is_active


@pytest.mark.django_db
def test_what_changed_is_in_the_audit_log_as_people_write_it():
    by = admin()
    calendar = calendars.create_calendar(values(), by=by)
    calendars.edit_calendar(calendar, {"week": [OFFICE[:1]] * 5 + [[], []]}, by=by)
    event = AuditEvent.objects.latest("id")
    assert event.actor == by
    assert event.changes["week"][1][0] == "09:00–12:00"


def test_thousands_of_ancient_yearly_events_are_refused_at_once():
    event = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:00010101\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event * 1000}END:VCALENDAR\r\n"
    with pytest.raises(ical.BadCalendar) as refused:
        ical.read(content.encode(), date(2026, 1, 1), date(2028, 12, 31))
    assert refused.value.why == "events"
