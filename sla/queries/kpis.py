"""What figures mean: each with its unit, formula in words, population, and which way is better."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

COUNT, SHARE, SECONDS = "count", "share", "seconds"


@dataclass(frozen=True)
class Kpi:
    """`better`: "less", "more" or "" where neither is. `population`: whose list it opens."""

    key: str
    label: Any
    unit: str
    better: str
    population: str
    formula: Any


@dataclass(frozen=True)
class Value:
    """A figure. `value` None: nothing was there to measure; never 0 for that.

    `n` is the size of the population that `value` is over; `previous`: of the period before.
    """

    kpi: Kpi
    value: float | None
    n: int
    previous: float | None = None
    previous_n: int = 0

    @property
    def change(self) -> float | None:
        """Now less before, in the unit of the figure."""
        if self.value is None or self.previous is None:
            return None
        return self.value - self.previous

    @property
    def verdict(self) -> str:
        """better, worse or same; empty where it cannot be said."""
        change = self.change
        if change is None or not self.kpi.better:
            return ""
        if change == 0:
            return "same"
        return "better" if (change < 0) == (self.kpi.better == "less") else "worse"

    def figures(self) -> dict[str, Any]:
        """The numbers, for JSON."""
        return {
            "value": self.value,
            "n": self.n,
            "previous": self.previous,
            "previous_n": self.previous_n,
            "change": self.change,
            "verdict": self.verdict,
        }

    def to_json(self) -> dict[str, Any]:
        """The numbers, and what they mean."""
        return {
            **self.figures(),
            "unit": self.kpi.unit,
            "population": self.kpi.population,
            "formula": str(self.kpi.formula),
        }


_RESTORE = _("Mean of resolution − opening − time waiting for the requester or resolved before a "
             "reopening, of records resolved in the period")  # fmt: skip
KPIS = {
    kpi.key: kpi
    for kpi in (
        Kpi("opened", _("Opened"), COUNT, "", "opened", _("Records opened in the period")),
        Kpi("resolved", _("Resolved"), COUNT, "", "resolved",
            _("Records resolved in the period and not reopened since")),
        Kpi("backlog", _("Open at the end"), COUNT, "less", "backlog",
            _("Records open at the end of the period, or now while it is not over")),
        Kpi("attainment", _("Targets met"), SHARE, "more", "attainment",
            _("Met ÷ (met + missed + open and missed): clocks that ended in the period, and those "
              "still running at its end though their target had passed")),
        Kpi("kept", _("Targets met, of those that ended"), SHARE, "more", "ended",
            _("Met ÷ (met + missed), of the clocks that ended in the period")),
        Kpi("open_breached", _("Open and missed"), SHARE, "less", "open_breached",
            _("Clocks still open at the end of the period though their target had passed ÷ clocks "
              "open then")),
        Kpi("mtta", _("Time to respond"), SECONDS, "less", "responded",
            _("Mean of first response − opening, of records opened in the period; clock time")),
        Kpi("mtta_work", _("Time to respond, working time"), SECONDS, "less", "responded",
            _("Mean of the working time from opening to first response, of records opened in the "
              "period")),
        Kpi("mttr", _("Time to restore (MTTR)"), SECONDS, "less", "resolved", _RESTORE),
        Kpi("mttr_work", _("Time to restore, working time"), SECONDS, "less", "resolved",
            _("As the time to restore, counting the working time of the agreed calendar only")),
        Kpi("mttr_raw", _("Time to restore, nothing taken off"), SECONDS, "less", "resolved",
            _("Mean of resolution − opening, of records resolved in the period")),
        Kpi("first_contact", _("Resolved at first contact"), SHARE, "more", "first_contact",
            _("Resolved without reassignment and within one public reply ÷ resolved")),
        Kpi("reopened", _("Reopened"), SHARE, "less", "reopened",
            _("Resolved ones that had been reopened at least once ÷ resolved")),
    )
}  # fmt: skip
OF_CLOCKS = ("attainment", "kept", "open_breached")
# Where the middle and the slow end are shown beside the mean: (figure, column of Figure, day).
SPREADS = {
    "mtta": ("ack_clock", "opened_on"),
    "mtta_work": ("ack_work", "opened_on"),
    "mttr": ("resolve_clock", "resolved_on"),
    "mttr_work": ("resolve_work", "resolved_on"),
}


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def measured(sums: Mapping[str, int]) -> dict[str, tuple[float | None, int]]:
    """(value, population) of each figure that these sums are enough for."""
    found: dict[str, tuple[float | None, int]] = {}
    if "opened" in sums:
        opened, responded, resolved = sums["opened"], sums["responded"], sums["resolved"]
        found = {
            "opened": (opened, opened),
            "resolved": (resolved, resolved),
            "backlog": (sums["backlog"], sums["backlog"]),
            "mtta": (_ratio(sums["ack_clock"], responded), responded),
            "mtta_work": (_ratio(sums["ack_work"], responded), responded),
            "mttr": (_ratio(sums["resolve_clock"], resolved), resolved),
            "mttr_work": (_ratio(sums["resolve_work"], resolved), resolved),
            "mttr_raw": (_ratio(sums["resolve_raw"], resolved), resolved),
            "first_contact": (_ratio(sums["first_contact"], resolved), resolved),
            "reopened": (_ratio(sums["reopened"], resolved), resolved),
        }
    if "met" in sums:
        late, promised = sums["late"], sums["met"] + sums["missed"] + sums["late"]
        found["attainment"] = (_ratio(sums["met"], promised), promised)
        ended = sums["met"] + sums["missed"]
        found["kept"] = (_ratio(sums["met"], ended), ended)
        found["open_breached"] = (_ratio(late, sums["open"]), sums["open"])
    return found


def values(
    now: Mapping[str, int] | None, before: Mapping[str, int] | None = None
) -> dict[str, Value]:
    """The figures of some sums, beside those of the period before."""
    found, earlier = measured(now or {}), measured(before or {})
    return {
        key: Value(KPIS[key], value, n, *earlier.get(key, (None, 0)))
        for key, (value, n) in found.items()
    }
