"""A clock in the reader's words: two short lines, as cells, chips and cards show them;
and how a history tells of clocks: warnings, missed targets, and what was refused.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formats
from sla.enums import Metric
from sla.reading import Reading, Stage

# The shapes, so that no stage is told by its colour alone.
ICONS = {
    Stage.SAFE: "chart-pie-2",
    Stage.SOON: "clock-hour-9",
    Stage.IMMINENT: "alert-triangle",
    Stage.BREACHED: "alert-square-filled",
    Stage.PAUSED: "player-pause",
    Stage.MET: "check",
    Stage.MISSED: "x",
}
FINE_BELOW = 600  # the last minutes are told with their seconds


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def lines(reading: Reading, today: date | None = None) -> tuple[str, str]:
    """What is left or how it ended; and below it when it is due, or when it goes on."""
    if reading.stage == Stage.PAUSED:
        return pgettext("clock", "Paused"), resumption(reading, today)
    second = formats.near(instant(reading.due), today) if reading.due is not None else ""
    return standing(reading), second


def standing(reading: Reading) -> str:
    """How it stands, in one phrase of at most two units."""
    left = reading.left
    if reading.stage == Stage.SAFE:
        return formats.duration(left, brief=True)
    if reading.stage in (Stage.SOON, Stage.IMMINENT):
        return remaining(left)
    if reading.stage == Stage.BREACHED:
        return _("%(time)s over") % {"time": formats.duration(-left, brief=True)}
    if reading.stage == Stage.MET:
        return _("Met in %(time)s") % {"time": formats.duration(reading.goal - left, brief=True)}
    if reading.stage == Stage.MISSED:
        return _("Missed by %(time)s") % {"time": formats.duration(-left, brief=True)}
    return pgettext("clock", "Paused")


def remaining(seconds: int) -> str:
    length = formats.duration(seconds, fine=seconds < FINE_BELOW, brief=True)
    return _("%(time)s left") % {"time": length}


def resumption(reading: Reading, today: date | None = None) -> str:
    """When a clock that stands still goes on; what it has left where nobody knows."""
    if reading.resumes is None:
        return remaining(reading.left)
    return resumes(reading.resumes, today)


def resumes(at: int, today: date | None = None) -> str:
    return _("resumes %(time)s") % {"time": formats.upcoming(instant(at), today)}


def sentence(reading: Reading, today: date | None = None) -> str:
    """Both lines in one: `Paused · resumes 09:00`, `48m left · today 17:30`."""
    return " · ".join(part for part in lines(reading, today) if part)


_REFUSED = {
    "reassign": lambda: _("Could not be given to another team"),
    "raise_priority": lambda: _("Priority could not be raised"),
    "candidate_major": lambda: _("Could not be proposed as a major incident"),
}


def escalation_words(data: Mapping[str, Any]) -> str:
    """One sentence for the data of an ESCALATED event, in the reader's language."""
    key = str(data.get("metric", ""))
    values = {"metric": Metric(key).label if key in Metric.values else key}
    if "refused" in data:
        what = _REFUSED.get(str(data.get("do")), lambda: _("Refused"))()
        return f"{what}: {data['refused']}"
    percent, _plus, again = str(data.get("step", "")).partition("+")
    due = parse_datetime(data.get("due_at") or "")
    values |= {"percent": percent, "again": again, "due": formats.moment(due) if due else "–"}
    if again:
        words = _("Still open after its target was missed (%(again)s): %(metric)s, due %(due)s")
    elif percent == "100":
        words = _("Target missed: %(metric)s, due %(due)s")
    else:
        words = _("%(percent)s%% of the target used: %(metric)s, due %(due)s")
    return words % values
