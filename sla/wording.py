"""A clock in the reader's words: two short lines, as cells, chips and cards show them."""

from datetime import UTC, date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formats
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
