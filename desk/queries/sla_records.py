"""The list behind a number: the rows that a figure counted, by pages, in ready-made words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.text import row_id
from desk.queries.sla_choice import Choice
from sla.enums import ClockState, Metric
from sla.models import Figure, Promise
from sla.queries.populations import POPULATIONS, Records
from sla.queries.report import Report
from tickets import kinds

SIZE = 50
TITLES = {
    "opened": gettext_lazy("Opened in the period"),
    "responded": gettext_lazy("Opened in the period and answered"),
    "resolved": gettext_lazy("Resolved in the period"),
    "reopened": gettext_lazy("Resolved in the period after a reopening"),
    "first_contact": gettext_lazy("Resolved at first contact"),
    "backlog": gettext_lazy("Open at the end"),
    "met": gettext_lazy("Targets met"),
    "missed": gettext_lazy("Targets missed"),
    "ended": gettext_lazy("Targets met or missed"),
    "open_breached": gettext_lazy("Still open though the target had passed"),
    "open_clocks": gettext_lazy("Targets open at the end"),
    "attainment": gettext_lazy("Targets met, missed, or open and missed"),
}
# Lists of clocks beside each other: what a share is made of.
OF_CLOCKS = ("attainment", "ended", "met", "missed", "open_breached", "open_clocks")


@dataclass(frozen=True)
class Asked:
    """Which list of which report, from which row on. `first` and `until` narrow the period."""

    choice: Choice
    population: str
    first: date | None
    until: date | None
    after: int | None

    @classmethod
    def parse(cls, data: Any, choice: Choice) -> "Asked | None":
        """None where the address names no list."""
        name = data.get("of", "")
        if name not in POPULATIONS:
            return None
        return cls(
            choice, name, _day(data.get("start")), _day(data.get("end")), row_id(data.get("after"))
        )

    def query(self, **changed: Any) -> str:
        parts = {"of": self.population, "start": self.first, "end": self.until, **changed}
        return self.choice.query(**parts)


class Listing:
    """What the template prints."""

    def __init__(self, asked: Asked, report: Report) -> None:
        self.asked = asked
        self.report = report
        self.found: Records = report.records(asked.population, first=asked.first, until=asked.until)
        rows = self.found.rows.order_by("-pk")
        if asked.after is not None:
            rows = rows.filter(pk__lt=asked.after)
        known = list(rows.select_related("ticket__service", "ticket__team")[: SIZE + 1])
        self.more = len(known) > SIZE
        self.page = known[:SIZE]

    @property
    def title(self) -> str:
        return str(TITLES[self.asked.population])

    @property
    def when(self) -> str:
        period = self.asked.choice.period
        first = self.asked.first or period.first
        last = (self.asked.until or period.end) - timedelta(days=1)
        if first == last:
            return formats.day(first)
        return f"{formats.day(first)} – {formats.day(last)}"

    @property
    def is_of_clocks(self) -> bool:
        return self.asked.population in OF_CLOCKS

    @property
    def has_lengths(self) -> bool:
        return self.asked.population in (
            "responded", "resolved", "reopened", "first_contact",
        )  # fmt: skip

    def beside(self) -> list[dict[str, Any]]:
        """The other lists of clocks, for a share is made of several."""
        if not self.is_of_clocks:
            return []
        return [
            {
                "label": TITLES[name],
                "url": self.asked.query(of=name),
                "on": name == self.asked.population,
            }
            for name in OF_CLOCKS
        ]

    def rows(self) -> Iterator[dict[str, Any]]:
        for row in self.page:
            ticket = row.ticket
            yield {
                "url": f"/{kinds.get(ticket.kind).path}/{ticket.number}/",
                "number": ticket.number,
                "title": ticket.title,
                "service": ticket.service.name if ticket.service else "",
                "team": ticket.team.name,
                "priority": ticket.priority,
                "opened": ticket.opened_at,
                **(_clock(row) if isinstance(row, Promise) else {}),
                **(_lengths(row, self.asked.population) if isinstance(row, Figure) else {}),
            }

    @property
    def next(self) -> str:
        return self.asked.query(after=self.page[-1].pk) if self.more else ""

    @property
    def first_page(self) -> str:
        return self.asked.query() if self.asked.after is not None else ""


def _clock(row: Promise) -> dict[str, Any]:
    state = str(ClockState(row.state).label)
    if row.state in (ClockState.RUNNING, ClockState.PAUSED) and row.breaks_at:
        broke = row.breaks_at
        state = _("%(state)s, target %(when)s") % {"state": state, "when": formats.moment(broke)}
    return {
        "metric": Metric(row.metric).label,
        "state": state,
        "ended": formats.day(row.ended_on) if row.ended_on else "",
    }


def _lengths(row: Figure, population: str) -> dict[str, Any]:
    answered = population == "responded"
    clock = row.ack_clock if answered else row.resolve_clock
    work = row.ack_work if answered else row.resolve_work
    return {
        "clock": formats.duration(clock) if clock is not None else "",
        "work": formats.duration(work) if work is not None else "",
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
