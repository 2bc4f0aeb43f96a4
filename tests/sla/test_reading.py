"""Six ways a clock can look: told apart by words and shape, in both languages, without colour."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone, translation

from desk.widgets import ClockMarks
from sla import wording
from sla.reading import Hours, Stage, Standing, read
from sla.worktime import Calendar

H, M = 3600, 60
WEEK = ((9 * H, 12 * H), (13 * H, 18 * H))
OFFICE = Calendar(zone="Asia/Seoul", week=(*[WEEK] * 5, (), ()))
ALWAYS = Calendar(zone="Asia/Seoul", always=True)
STATIC = Path(__file__).parents[2] / "static"


def at(text: str) -> int:
    """An instant of the week of Monday, 23 November 2026, in Seoul: `tue 09:20`."""
    day, clock = text.split()
    number = 23 + ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    hour, minute, *second = (int(part) for part in clock.split(":"))
    local = datetime(
        2026, 11, number, hour, minute, *second, tzinfo=timezone.get_fixed_timezone(540)
    )
    return int(local.timestamp())


def running(goal: int, since: str, calendar: Calendar = OFFICE, consumed: int = 0) -> Standing:
    start = at(since)
    due = calendar.add_ts(start, goal - consumed)
    return Standing("resolution", "running", goal, consumed, start, due, False, None)


def ended(state: str, goal: int, consumed: int, due: str) -> Standing:
    missed = state == "missed"
    return Standing("resolution", state, goal, consumed, None, at(due), missed, at("tue 12:00"))


@pytest.fixture(autouse=True)
def seoul() -> Any:
    with timezone.override("Asia/Seoul"):
        yield


TABLE: dict[str, tuple[Standing, str, int | None, Stage, tuple[str, str], tuple[str, str]]] = {
    "safe": (
        running(8 * H, "tue 09:00"), "tue 15:30", None, Stage.SAFE,
        ("2h 30m", "today 18:00"), ("2시간 30분", "오늘 18:00"),
    ),
    "safe, due another day": (
        running(8 * H, "tue 11:40"), "tue 13:40", None, Stage.SAFE,
        ("7h", "tomorrow 11:40"), ("7시간", "내일 11:40"),
    ),
    "soon by the time left": (
        running(4 * H, "tue 14:00"), "tue 17:12", None, Stage.SOON,
        ("48m left", "today 18:00"), ("48분 남음", "오늘 18:00"),
    ),
    "soon by the share used": (
        running(24 * H, "mon 09:00", ALWAYS), "tue 03:00", None, Stage.SOON,
        ("6h left", "today 09:00"), ("6시간 남음", "오늘 09:00"),
    ),
    "imminent by the time left": (
        running(8 * H, "tue 09:00"), "tue 17:47:10", None, Stage.IMMINENT,
        ("12m left", "today 18:00"), ("12분 남음", "오늘 18:00"),
    ),
    "imminent by the share used": (
        running(40 * H, "mon 09:00", ALWAYS), "tue 21:00", None, Stage.IMMINENT,
        ("4h left", "tomorrow 01:00"), ("4시간 남음", "내일 01:00"),
    ),
    "the last minutes": (
        running(H, "tue 09:00"), "tue 09:50:17", None, Stage.IMMINENT,
        ("9m 40s left", "today 10:00"), ("9분 40초 남음", "오늘 10:00"),
    ),
    "at the due instant it is not over": (
        running(H, "tue 09:00"), "tue 10:00", None, Stage.IMMINENT,
        ("0s left", "today 10:00"), ("0초 남음", "오늘 10:00"),
    ),
    "breached": (
        running(H, "tue 09:00"), "tue 11:12", None, Stage.BREACHED,
        ("1h 12m over", "today 10:00"), ("1시간 12분 초과", "오늘 10:00"),
    ),
    "overdue time is working time": (
        running(H, "tue 09:00"), "tue 12:45", None, Stage.BREACHED,
        ("2h over", "today 10:00"), ("2시간 초과", "오늘 10:00"),
    ),
    "breached long ago": (
        running(8 * H, "mon 09:00", ALWAYS), "tue 17:00", None, Stage.BREACHED,
        ("24h over", "yesterday 17:00"), ("24시간 초과", "어제 17:00"),
    ),
    "due at closing time, after it": (
        running(8 * H, "tue 09:00"), "tue 18:30", None, Stage.BREACHED,
        ("<1m over", "today 18:00"), ("1분 미만 초과", "오늘 18:00"),
    ),
    "at lunch": (
        running(8 * H, "tue 09:00"), "tue 12:30", None, Stage.PAUSED,
        ("Paused", "resumes 13:00"), ("일시 중지", "13:00 재개"),
    ),
    "outside hours": (
        running(8 * H, "tue 13:00"), "tue 20:00", None, Stage.PAUSED,
        ("Paused", "resumes Wed 09:00"), ("일시 중지", "내일 09:00 재개"),
    ),
    "over the weekend": (
        running(8 * H, "fri 13:00"), "fri 20:00", None, Stage.PAUSED,
        ("Paused", "resumes Mon 09:00"), ("일시 중지", "(월) 09:00 재개"),
    ),
    "paused, back at a time": (
        Standing("resolution", "paused", 8 * H, 3 * H, None, None, False, None),
        "tue 10:00", at("wed 07:00"), Stage.PAUSED,
        ("Paused", "resumes Wed 09:00"), ("일시 중지", "내일 09:00 재개"),
    ),
    "paused, nobody knows until when": (
        Standing("resolution", "paused", 8 * H, 3 * H, None, None, False, None),
        "tue 10:00", None, Stage.PAUSED,
        ("Paused", "5h left"), ("일시 중지", "5시간 남음"),
    ),
    "paused after its target": (
        Standing("resolution", "paused", H, 2 * H, None, at("mon 10:00"), True, None),
        "tue 10:00", None, Stage.BREACHED,
        ("1h over", "yesterday 10:00"), ("1시간 초과", "어제 10:00"),
    ),
    "met": (
        ended("met", 8 * H, 3 * H, "wed 09:20"), "thu 10:00", None, Stage.MET,
        ("Met in 3h", "Tue 24 Nov, 12:00"), ("준수 3시간", "11.24(화) 12:00"),
    ),
    "missed": (
        ended("missed", H, H + 12 * M, "tue 11:48"), "fri 10:00", None, Stage.MISSED,
        ("Missed by 12m", "Tue 24 Nov, 11:48"), ("12분 초과로 미준수", "11.24(화) 11:48"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_what_a_clock_says(name: str) -> None:
    clock, now, resume, stage, english, korean = TABLE[name]
    calendar = ALWAYS if "share" in name or "long ago" in name else OFFICE
    found = read(clock, Hours(calendar, at(now)), resume)
    today = datetime.fromtimestamp(at(now), UTC).astimezone(timezone.get_current_timezone()).date()
    assert found.stage == stage
    with translation.override("en"):
        assert wording.lines(found, today) == english
    with translation.override("ko"):
        assert wording.lines(found, today) == korean


def test_no_text_ever_shows_a_minus() -> None:
    for clock, now, resume, *_rest in TABLE.values():
        for shift in (0, H, 30 * H, 300 * H):
            found = read(clock, Hours(OFFICE, at(now) + shift), resume)
            assert "-" not in wording.sentence(found)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_each_stage_has_its_own_shape_and_words(language: str) -> None:
    shapes: dict[Stage, str] = {}
    words: dict[Stage, str] = {}
    with translation.override(language):
        for clock, now, resume, *_rest in TABLE.values():
            calendar = OFFICE
            marks = ClockMarks(datetime.fromtimestamp(at(now), UTC))
            hours = Hours(calendar, at(now))
            cell = marks.cell(read(clock, hours, resume), hours, "/inc/INC-1/", "INC-1", False)
            found = re.search(r'data-stage="(\w+)"', cell)
            shape = re.search(r"#i-([a-z0-9-]+)", cell)
            text = re.search(r'sla__text">([^<]*)<', cell)
            assert found
            assert shape
            assert text
            shapes[Stage(found[1])] = shape[1]
            # Numbers aside, which tell nothing of a stage.
            words.setdefault(Stage(found[1]), re.sub(r"\d+", "#", text[1]))
    assert set(shapes) == set(Stage)
    assert len(set(shapes.values())) == len(Stage)
    # Due soon and imminent say the same; how soon is what the number tells.
    assert len(set(words.values())) >= len(Stage) - 1


def test_the_page_draws_the_shapes_the_server_draws() -> None:
    script = (STATIC / "js" / "clocks.js").read_text()
    listed = re.search(r"ICONS = \{([^}]*)\}", script)
    assert listed
    drawn = dict(re.findall(r'(\w+): "([a-z0-9-]+)"', listed[1]))
    served = {str(stage): name for stage, name in wording.ICONS.items()}
    assert drawn == {name: served[name] for name in drawn}
    assert set(served) - set(drawn) == {"met", "missed"}


def test_the_instants_at_which_it_changes_are_working_time() -> None:
    clock = running(8 * H, "tue 13:00")
    found = read(clock, Hours(OFFICE, at("tue 13:00")))
    assert found.due is not None
    # Two hours of work, and 48 minutes, before it is due on Wednesday at 12:00.
    assert (found.due, found.warn, found.urgent) == (
        at("wed 12:00"),
        at("wed 10:00"),
        at("wed 11:12"),
    )
    for instant, before, after in (
        (found.warn, Stage.SAFE, Stage.SOON),
        (found.urgent, Stage.SOON, Stage.IMMINENT),
    ):
        assert instant is not None
        assert read(clock, Hours(OFFICE, instant - 1)).stage == before
        assert read(clock, Hours(OFFICE, instant)).stage == after
    # Due when lunch begins: a second later it is over all the same.
    assert read(clock, Hours(OFFICE, found.due - 1)).stage == Stage.IMMINENT
    assert read(clock, Hours(OFFICE, found.due + 1)).stage == Stage.BREACHED


def test_the_timer_knows_the_hours_of_the_day() -> None:
    now = at("tue 10:00")
    marks = ClockMarks(datetime.fromtimestamp(now, UTC))
    hours = Hours(OFFICE, now)
    with translation.override("en"):
        timing = marks.timing(read(running(16 * H, "tue 09:00"), hours), hours)
    spans = (
        f";{now}-{at('tue 12:00')}|resumes 13:00"
        f";{at('tue 13:00')}-{at('tue 18:00')}|resumes Wed 09:00"
    )
    assert f'data-hours="{spans}"' in timing
    assert f'data-until="{at("wed 00:00")}"' in timing
    assert f'data-remaining="{15 * H}"' in timing
