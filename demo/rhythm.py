"""When people work and report: weekdays, hours and holidays in Korea."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

SEOUL = ZoneInfo("Asia/Seoul")
DAY = (1.38, 1.1, 1.0, 0.97, 0.86, 0.07, 0.05)
HOUR = {
    0: 1, 6: 1, 7: 5, 8: 30, 9: 100, 10: 92, 11: 64, 12: 22, 13: 66, 14: 74, 15: 62, 16: 55, 17: 40,
    18: 14, 19: 7, 20: 5, 21: 4, 22: 2, 23: 1,
}  # fmt: skip
OPENS, CLOSES = 9, 18


class Rhythm:
    """The year that ends at `now`."""

    def __init__(self, rng: random.Random, now: datetime) -> None:
        self.rng = rng
        self.now = now
        last = now.astimezone(SEOUL).date()
        years = range(last.year - 2, last.year + 2)
        self.free = frozenset(holidays.country_holidays("KR", years=years))
        self.days = [last - timedelta(days=back) for back in range(365, -1, -1)]

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.free

    def openings(self, count: int, peaks: dict[date, float]) -> Iterator[datetime]:
        """About `count` instants before now, oldest first; `peaks` multiply single days."""
        weights = [
            (DAY[day.weekday()] if day not in self.free else 0.05) * peaks.get(day, 1.0)
            for day in self.days
        ]
        hours, shares = list(HOUR), list(HOUR.values())
        for day, weight in zip(self.days, weights, strict=True):
            expected = count * weight / sum(weights)
            number = int(expected + self.rng.random())
            instants = [
                datetime.combine(
                    day,
                    time(self.rng.choices(hours, shares)[0], self.rng.randrange(60),
                         self.rng.randrange(60)),
                    SEOUL,
                )
                for _ in range(number)
            ]  # fmt: skip
            yield from (at for at in sorted(instants) if at < self.now)

    def working(self, start: datetime, minutes: float) -> datetime:
        """The instant so many working minutes later."""
        at = start.astimezone(SEOUL)
        left = timedelta(minutes=minutes)
        while True:
            opens = datetime.combine(at.date(), time(OPENS), SEOUL)
            closes = datetime.combine(at.date(), time(CLOSES), SEOUL)
            if self.is_workday(at.date()) and at < closes:
                at = max(at, opens)
                if at + left <= closes:
                    return at + left
                left -= closes - at
            at = datetime.combine(at.date() + timedelta(days=1), time(OPENS), SEOUL)
            at += timedelta(seconds=self.rng.randrange(600))
