"""The promises of a real log: kept or broken per incident, as an independent computation says.

Nothing of `sla` is used to compute what is expected: the file's rows, a loop, and whole minutes.
"""

import csv
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from sla.actions import check, publish, rebuild
from sla.models import Calendar, Clock, Policy
from tests.imports.running import SHARED, take
from tickets.models import PendingReason
from tickets.models.reference import OWN, ExternalReference

LOG = SHARED / "uci_servicenow" / "incident_event_log_part1.csv.gz"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not here"),
]
GOAL_HOURS = {1: 4, 2: 8, 3: 24, 4: 72}
WINDOWS = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))


@dataclass
class Spell:
    """From `at` on: whether the clock runs, whether the incident is over, and how urgent it is."""

    at: datetime
    waits: bool
    over: bool
    priority: int


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def incidents() -> Iterator[tuple[str, datetime, list[Spell]]]:
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as stream:
        number, opened = "", datetime.min.replace(tzinfo=UTC)
        spells: list[Spell] = []
        for row in csv.DictReader(stream):
            if row["number"] != number:
                if number:
                    yield number, opened, spells
                number, opened, spells = row["number"], moment(row["opened_at"]), []
                spells.append(
                    Spell(opened, waits=False, over=False, priority=int(row["priority"][0]))
                )
            last = spells[-1]
            known = row["incident_state"] != "-100"
            spells.append(
                Spell(
                    max(moment(row["sys_updated_at"]), last.at),
                    row["incident_state"] == "Awaiting User Info" if known else last.waits,
                    row["incident_state"] in ("Resolved", "Closed") if known else last.over,
                    int(row["priority"][0]),
                )
            )
        yield number, opened, spells


def round_the_clock(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds()) // 60


def office(start: datetime, end: datetime) -> int:
    """Minutes inside the windows of Monday to Friday, day by day."""
    minutes, day = 0, start.date()
    while day <= end.date():
        if day.weekday() < 5:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            for opens, closes in WINDOWS:
                begin = max(start, midnight + timedelta(minutes=opens))
                finish = min(end, midnight + timedelta(minutes=closes))
                minutes += max(0, int((finish - begin).total_seconds()) // 60)
        day += timedelta(days=1)
    return minutes


def working(at: datetime, count: Callable[[datetime, datetime], int]) -> bool:
    return count(at, at + timedelta(minutes=1)) > 0


def verdict(
    opened: datetime, spells: list[Spell], count: Callable[[datetime, datetime], int]
) -> str:
    """met or missed for what is over; else running or paused.

    Missed when the minutes that ran exceed the goal of the last priority, or equal it and the
    incident went on (out of hours) after the last of them was used.
    """
    goal, spent, late = GOAL_HOURS[goal_of(spells)] * 60, 0, False
    for spell, after in zip(spells, [*spells[1:], None], strict=True):
        if spell.waits or spell.over or after is None:
            continue
        worked = count(spell.at, after.at)
        if spent < goal <= spent + worked:
            used = _used_up(spell.at, goal - spent, count)
            late = late or used < after.at
        elif spent >= goal and after.at > spell.at:
            late = True
        spent += worked
    last = spells[-1]
    if last.over:
        return "missed" if late else "met"
    return "paused" if last.waits else "running"


def goal_of(spells: list[Spell]) -> int:
    """The priority whose goal counts in the end: changes after the end move nothing."""
    counted = spells[0].priority
    for before, spell in pairwise(spells):
        if not before.over or not spell.over:
            counted = spell.priority
    return counted


def _used_up(start: datetime, minutes: int, count: Callable[[datetime, datetime], int]) -> datetime:
    """The instant at which so many minutes are used: bisection over the count."""
    low, high = 0, 60 * 24 * 400
    while low < high:
        middle = (low + high) // 2
        if count(start, start + timedelta(minutes=middle)) >= minutes:
            high = middle
        else:
            low = middle + 1
    return start + timedelta(minutes=low)


def agree(calendar: Calendar) -> None:
    Policy.objects.update(is_active=False)
    policy = Policy.objects.create(name_en="Real log", name_ko="실제 로그")
    for priority, hours in GOAL_HOURS.items():
        policy.targets.create(
            metric="resolution", priority=priority, goal=hours * 3600, calendar=calendar
        )
    publish(by=None, reach="all")
    rebuild()


def kept() -> dict[str, str]:
    names = dict(ExternalReference.objects.filter(type=OWN).values_list("ticket_id", "value"))
    rows = Clock.objects.filter(metric="resolution").values_list("ticket_id", "state")
    return {names[ticket]: state for ticket, state in rows}


def test_each_incident_made_or_missed_its_target_as_counted_independently():
    take(LOG, "servicenow")
    assert PendingReason.objects.get(key="requester").pauses_clocks
    assert list(check()) == []
    cases = list(incidents())

    agree(Calendar.objects.create(key="t-always", name_en="Always", zone="UTC", always=True))
    expected = {
        number: verdict(opened, spells, round_the_clock) for number, opened, spells in cases
    }
    assert differences(expected) == []
    assert list(check()) == []

    week = [[[a * 60, b * 60] for a, b in WINDOWS]] * 5 + [[], []]
    agree(Calendar.objects.create(key="t-office", name_en="Office", zone="UTC", week=week))
    expected = {number: verdict(opened, spells, office) for number, opened, spells in cases}
    assert differences(expected) == []
    assert {"met", "missed"} <= set(expected.values())
    assert list(check()) == []


def differences(expected: dict[str, str]) -> list[tuple[str, str, str]]:
    found = kept()
    assert len(expected) == len(found) == 17_443
    return [(n, state, found[n]) for n, state in expected.items() if found[n] != state][:20]


def test_the_independent_count_of_office_minutes():
    friday, monday = date(2016, 3, 4), date(2016, 3, 7)
    start = datetime(friday.year, friday.month, friday.day, 17, 30, tzinfo=UTC)
    end = datetime(monday.year, monday.month, monday.day, 13, 10, tzinfo=UTC)
    assert office(start, end) == 30 + 180 + 10
    assert not working(start.replace(hour=12), office)
