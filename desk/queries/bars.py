"""A target as a bar on the wall clock: what has passed, where it stood still, where it is due."""

from dataclasses import dataclass
from typing import NamedTuple

from sla.queries.faces import Target
from sla.reading import Hours, Reading
from sla.worktime import NoWorkingTime

Span = tuple[int, int]


class Mark(NamedTuple):
    """A piece of the bar, in percent of its width as SVG takes them."""

    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """`supposed`: the due marker stands where it would be if the clock went on at once."""

    stage: str
    elapsed: Mark
    pauses: list[Mark]
    warns: list[str]
    due: str
    supposed: bool


def bar(target: Target, reading: Reading, now: int) -> Bar | None:
    """None where nothing could ever be due."""
    end = target.standing.ended or now
    due = target.standing.due
    supposed = due is None
    if due is None:
        due = _after(target.hours, end, reading.left)
    if due is None:
        return None
    first, last = target.started, max(due, end, target.started + 1)
    last += max(1, (last - first) // 50)  # room for the marker itself

    def share(at: int) -> str:
        return f"{100 * (min(max(at, first), last) - first) / (last - first):.2f}%"

    def mark(start: int, stop: int) -> Mark:
        width = 100 * max(0, min(stop, last) - max(start, first)) / (last - first)
        return Mark(share(start), f"{width:.2f}%")

    return Bar(
        stage=str(reading.stage),
        elapsed=mark(first, end),
        pauses=[mark(start, stop or end) for start, stop, _reason in target.pauses],
        warns=[share(at) for at in _warn_points(target, end)],
        due=share(due),
        supposed=supposed,
    )


def _after(hours: Hours, start: int, seconds: int) -> int | None:
    if seconds <= 0:
        return None
    try:
        return hours.calendar.add_ts(start, seconds)
    except NoWorkingTime:
        return None


def _warn_points(target: Target, end: int) -> list[int]:
    """The instants at which these shares of the target were or will be used."""
    goal = target.standing.goal
    wanted = [-(-goal * percent // 100) for percent in target.warn_at]
    found = []
    spans = _spans(target, end)
    for seconds in wanted:
        left = seconds
        for start, stop in spans:
            worked = target.hours.calendar.between_ts(start, stop) if stop else left
            if left <= worked:
                at = _after(target.hours, start, left)
                found += [at] if at is not None else []
                break
            left -= worked
    return found


def _spans(target: Target, end: int) -> list[tuple[int, int | None]]:
    """When the clock ran; the last span is open while nobody stopped it."""
    spans: list[tuple[int, int | None]] = []
    start: int | None = target.started
    for pause, stop, _reason in target.pauses:
        if start is not None and pause > start:
            spans.append((start, pause))
        start = stop
    # A clock that stands still is drawn as if it went on now.
    spans.append((start if start is not None else end, None))
    return spans
