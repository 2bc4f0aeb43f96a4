"""`python -m bench.worktime`: how fast working time is added and measured."""

import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sla.worktime import Calendar, Windows

HOUR = 3600
OFFICE = ((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR))
YEARS = range(2020, 2030)
ROUNDS = 5


def calendar() -> Calendar:
    """Office hours with lunch in New York, a holiday and a half day each month of ten years."""
    months = [(year, month) for year in YEARS for month in range(1, 13)]
    days: dict[date, Windows] = {date(year, month, 1): () for year, month in months}
    days |= {date(year, month, 15): OFFICE[:1] for year, month in months}
    return Calendar("America/New_York", (OFFICE,) * 5 + ((),) * 2, days)


def rate(call: Callable[[int], object], number: int) -> int:
    """Calls a second: the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for i in range(number):
            call(i)
        best = min(best, time.perf_counter() - start)
    return round(number / best)


def main(number: int = 100_000) -> dict[str, int]:
    chosen = random.Random(1)
    first = datetime(YEARS[0], 1, 1, tzinfo=UTC)
    span = len(YEARS) * 365 * 86_400
    instants = [first + timedelta(seconds=chosen.randrange(span)) for _ in range(number)]
    goals = [chosen.randrange(1, 80 * HOUR) for _ in range(number)]
    stamps = [int(at.timestamp()) for at in instants]
    days = calendar()
    start = time.perf_counter()
    days.between(first, first + timedelta(seconds=span))
    print(f"table of {len(YEARS)} years: {(time.perf_counter() - start) * 1000:.0f} ms")
    found = {
        "add": rate(lambda i: days.add(instants[i], goals[i]), number),
        "between": rate(lambda i: days.between(instants[i], instants[i - 1]), number),
        "add_ts": rate(lambda i: days.add_ts(stamps[i], goals[i]), number),
        "between_ts": rate(lambda i: days.between_ts(stamps[i], stamps[i - 1]), number),
    }
    for name, calls in found.items():
        print(f"{name}: {calls:,} a second")
    return found


if __name__ == "__main__":
    main()
