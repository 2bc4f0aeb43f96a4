"""Hours and goals as people type and read them: "09:00–12:00, 13:00–18:00", "4h 30m". Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

DAY = 86_400
LONGEST_GOAL = 10 * 366 * DAY
CLOSED = frozenset({"", "-", "–", "closed", "off", "none", "휴무", "휴일", "없음"})

_TIME = r"(\d{1,2})(?::?(\d{2}))?(?::(\d{2}))?"
_WINDOW = re.compile(rf"{_TIME}\s*(?:-|–|—|~|〜|∼|to|부터)\s*{_TIME}\s*(?:까지)?")
_GOAL = re.compile(
    r"(?:(\d{1,6})\s*(?:hours?|hrs?|h|시간))?\s*(?:(\d{1,7})\s*(?:minutes?|mins?|m|분))?",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """`part` could not be understood, for the reason `why`: form, time, order, overlap."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part!r}: {why}")
        self.part = part
        self.why = why


def read(text: str) -> list[list[int]]:
    """Windows in seconds from midnight, in order. An end not after its start is past midnight."""
    if text.strip().lower() in CLOSED:
        return []
    parts = [part.strip() for part in re.split(r"[,;/\n、，]+", text) if part.strip()]
    windows = sorted(_window(part) for part in parts)
    check(windows)
    return windows


def _window(part: str) -> list[int]:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise Unreadable(part, "form")
    groups = [int(group or 0) for group in found.groups()]
    start, end = _second(part, *groups[:3]), _second(part, *groups[3:])
    if start >= DAY:
        raise Unreadable(part, "time")
    if end <= start:
        end += DAY
    if end - start > DAY:
        raise Unreadable(part, "order")
    return [start, end]


def _second(part: str, hour: int, minute: int, second: int) -> int:
    if hour > 48 or minute > 59 or second > 59:
        raise Unreadable(part, "time")
    return hour * 3600 + minute * 60 + second


def check(windows: Sequence[Sequence[int]]) -> None:
    """Unreadable where windows of one day overlap: somebody mistyped one of them."""
    for before, after in pairwise(windows):
        if after[0] < before[1]:
            raise Unreadable(write([after]), "overlap")


def write(windows: Iterable[Sequence[int]]) -> str:
    """What `read` understands; empty when there is none."""
    return ", ".join(f"{_clock(start)}–{_end(start, end)}" for start, end in windows)


def _end(start: int, end: int) -> str:
    past = end - DAY
    return _clock(past) if 0 < past <= start else _clock(end)


def _clock(second: int) -> str:
    minutes, rest = divmod(second, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text


def length(windows: Iterable[Sequence[int]]) -> int:
    """Seconds in windows that do not overlap."""
    return sum(end - start for start, end in windows)


def read_goal(text: str) -> int:
    """Seconds of "4h", "30m", "1h 30m", "4시간 30분". Days are refused: of how many hours?"""
    plain = text.strip()
    found = _GOAL.fullmatch(plain)
    if found is None or not plain:
        raise Unreadable(plain, "days" if re.search(r"\d\s*(d|일|w|주)", plain) else "form")
    seconds = int(found[1] or 0) * 3600 + int(found[2] or 0) * 60
    if not 0 < seconds <= LONGEST_GOAL:
        raise Unreadable(plain, "range")
    return seconds


def write_goal(seconds: int, korean: bool = False) -> str:
    """Hours and minutes: "4h 30m", "4시간 30분"."""
    minutes = -(-seconds // 60)
    hours, rest = divmod(minutes, 60)
    words = [f"{hours}{'시간' if korean else 'h'}"] if hours else []
    if rest or not hours:
        words.append(f"{rest}{'분' if korean else 'm'}")
    return " ".join(words)
