"""Geometry of charts drawn by the server: numbers in, shapes of an SVG out. Pure.

A drawing is WIDE by HIGH and stretched to its place, so it holds no text: words stand around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

WIDE, HIGH = 1000, 200
Numbers = Sequence[float | None]


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    partial: bool = False


@dataclass(frozen=True)
class Hit:
    """The strip of one part: what it says, and what it opens."""

    x: float
    width: float
    text: str
    url: str


@dataclass(frozen=True)
class Drawing:
    """`lines` and `before`: paths of the figures and of those of the period before."""

    ticks: list[str]  # of the axis, from the top
    grid: list[float]
    hits: list[Hit]
    line: str = ""
    area: str = ""
    before: str = ""
    dots: list[tuple[float, float]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)

    wide = WIDE
    high = HIGH


def scale(numbers: Numbers, *, lines: int = 4) -> list[float]:
    """Round values for the axis from 0 to above the largest number."""
    top = max((number for number in numbers if number is not None), default=0) or 1
    step = top / lines
    unit = 10 ** floor(log10(step))
    step = next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= step - 1e-9)
    return [step * n for n in range(ceil(top / step - 1e-9) + 1)]


def height(number: float, top: float) -> float:
    return round(HIGH - min(number, top) / top * HIGH, 1)


def middles(count: int) -> list[float]:
    """Where the parts have their middle."""
    return [round((n + 0.5) * WIDE / count, 1) for n in range(count)]


def path(numbers: Numbers, top: float, count: int) -> str:
    """A line through what was measured; broken where nothing was."""
    found, down = [], False
    for x, number in zip(middles(count), numbers, strict=False):
        if number is None:
            down = False
            continue
        found.append(f"{'L' if down else 'M'}{x} {height(number, top)}")
        down = True
    return "".join(found)


def area(numbers: Numbers, top: float, count: int) -> str:
    """The ground under a line without gaps at its beginning."""
    known = [(x, n) for x, n in zip(middles(count), numbers, strict=False) if n is not None]
    if len(known) < 2:
        return ""
    along = "".join(f"L{x} {height(number, top)}" for x, number in known)
    return f"M{known[0][0]} {HIGH}{along}L{known[-1][0]} {HIGH}Z"


def bars(numbers: Numbers, top: float, count: int, partial: int = -1) -> list[Bar]:
    """A bar for each number; the one at `partial` is of a part that is not over."""
    each = WIDE / count
    return [
        Bar(
            round((n + 0.2) * each, 1),
            height(number, top),
            round(each * 0.6, 1),
            round(HIGH - height(number, top), 1),
            n == partial,
        )
        for n, number in enumerate(numbers)
        if number is not None
    ]


def strips(texts: Sequence[tuple[str, str]]) -> list[Hit]:
    """(text, address) of each part as strips over its whole height."""
    each = WIDE / max(1, len(texts))
    return [
        Hit(round(n * each, 1), round(each, 1), text, url) for n, (text, url) in enumerate(texts)
    ]
