"""Whole days from an iCalendar file: what somebody else's calendar says is off. Pure.

Read are events that last whole days, also several, also repeated each year. What else is in the
file is counted as left out. Nothing in a file can make this slow: size, events and days have caps.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import icalendar

LARGEST = 512 * 1024
MOST_EVENTS = 2000
LONGEST_EVENT = 60  # days
MOST_REPEATS = 200_000  # beginnings that are looked at, of all events together
LONGEST_NAME = 120
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARLY = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"}
# What the library raises on files that only look like calendars.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


class BadCalendar(ValueError):
    """The file is no calendar. `why`: size, form, events."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Found:
    """`days` inside the years asked for; `left_out` events that are not whole days."""

    days: dict[date, str]
    left_out: int
    events: int


def read(content: bytes, first: date, last: date) -> Found:
    """The whole days from `first` to `last`. BadCalendar when the file can't be read."""
    if len(content) > LARGEST:
        raise BadCalendar("size")
    events = _events(content)
    if len(events) > MOST_EVENTS:
        raise BadCalendar("events")
    days: dict[date, str] = {}
    left_out = 0
    budget = iter(range(MOST_REPEATS))
    for event in events:
        try:
            found = list(_days(event, first, last, budget))
        except BadCalendar:
            raise
        except BROKEN:
            left_out += 1
            continue
        for day in found:
            days.setdefault(day, _name(event))
    return Found(dict(sorted(days.items())), left_out, len(events))


def _events(content: bytes) -> list[Any]:
    try:
        text = content.decode("utf-8-sig")
        if "BEGIN:VCALENDAR" not in text.upper():
            raise BadCalendar("form")
        return [
            event
            for calendar in icalendar.Calendar.from_ical(text, multiple=True)
            for event in calendar.walk("VEVENT")
        ]
    except BadCalendar:
        raise
    except BROKEN:
        raise BadCalendar("form") from None


def _days(event: Any, first: date, last: date, budget: Iterator[int]) -> Iterator[date]:
    """The days of one event. ValueError when it is not made of whole days."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = event["DTSTART"].dt
    if isinstance(start, datetime) or not isinstance(start, date):
        raise ValueError("not a whole day")
    length = _length(event, start)
    for begin in _begins(event, start, first, last, length, budget):
        for n in range(length):
            day = begin + timedelta(days=n)
            if first <= day <= last:
                yield day


def _length(event: Any, start: date) -> int:
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(end, datetime):
            raise ValueError("not a whole day")
        length = (end - start).days
    else:
        length = event["DURATION"].dt.days if "DURATION" in event else 1
    if length > LONGEST_EVENT:
        raise ValueError("too long to be a holiday")
    return max(length, 1)


def _begins(
    event: Any, start: date, first: date, last: date, length: int, budget: Iterator[int]
) -> Iterator[date]:
    """Where the event begins, as far as it reaches into the days asked for."""
    rule = event.get("RRULE")
    if rule is None:
        yield start
        return
    left_out = set(_excluded(event))
    earliest = first - timedelta(days=length)
    for n, day in enumerate(_each_year(rule, start, last)):
        if next(budget, None) is None:
            raise BadCalendar("events")
        if n >= int(rule.get("COUNT", [MOST_EVENTS * 10])[0]):
            return
        if day >= earliest and day not in left_out:
            yield day


def _each_year(rule: Any, start: date, last: date) -> Iterator[date]:
    """A yearly rule's days up to `last`, one by one. ValueError for other rules.

    Not by a general library: a rule that never comes true would keep it busy to the year 9999.
    """
    if not set(rule) <= YEARLY or [str(part).upper() for part in rule.get("FREQ", ())] != [
        "YEARLY"
    ]:
        raise ValueError("only what is repeated each year")
    until = rule.get("UNTIL", [last])[0]
    end = min(last, until.date() if isinstance(until, datetime) else until)
    step = int(rule.get("INTERVAL", [1])[0])
    if step < 1:
        raise ValueError("not repeated at all")
    for year in range(start.year, end.year + 1, step):
        for month in sorted({int(each) for each in rule.get("BYMONTH", [start.month])}):
            for day in _in_month(rule, start, year, month):
                if start <= day <= end:
                    yield day


def _in_month(rule: Any, start: date, year: int, month: int) -> list[date]:
    length = monthrange(year, month)[1]
    if "BYDAY" in rule:
        return sorted(day for text in rule["BYDAY"] for day in _weekdays(text, year, month, length))
    numbers = {int(n) for n in rule.get("BYMONTHDAY", [start.day])}
    numbers = {n if n > 0 else length + 1 + n for n in numbers}
    return [date(year, month, n) for n in sorted(numbers) if 1 <= n <= length]


def _weekdays(text: Any, year: int, month: int, length: int) -> list[date]:
    """The fourth Thursday, the last Monday. ValueError for every Monday."""
    found = re.fullmatch(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)", str(text).upper())
    if found is None:
        raise ValueError("only one weekday of a month")
    wanted, weekday = int(found[1]), WEEKDAYS.index(found[2])
    days = [n for n in range(1, length + 1) if date(year, month, n).weekday() == weekday]
    index = wanted - 1 if wanted > 0 else len(days) + wanted
    return [date(year, month, days[index])] if 0 <= index < len(days) else []


def _excluded(event: Any) -> Iterator[date]:
    lists = event.get("EXDATE", ())
    for each in lists if isinstance(lists, list) else [lists] if lists else []:
        for item in each.dts:
            yield item.dt.date() if isinstance(item.dt, datetime) else item.dt


def _name(event: Any) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split()).replace("\x00", "")[:LONGEST_NAME]
