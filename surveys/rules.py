"""When somebody may be asked, what they may still change, what others may read of it. Pure."""

from datetime import datetime, timedelta

from surveys.enums import SATISFIED, Side

# So long a link works, and so long an answer may be changed.
LASTS = timedelta(days=14)
# Agents read what somebody wrote only after this long; managers at once.
HELD_BACK = timedelta(hours=24)
# Feedback on one service: in this time a person's second one replaces the first.
FEEDBACK_EVERY = timedelta(days=90)
# An average of fewer says more about single persons than about the service.
FEWEST_FOR_AVERAGE = 5


def may_ask(last_asked: datetime | None, now: datetime, pause_days: int) -> bool:
    """Whether the pause since a person was last asked is over."""
    return last_asked is None or now - last_asked >= timedelta(days=pause_days)


def is_shared(written_at: datetime | None, now: datetime) -> bool:
    """Whether agents may read by now what was written then."""
    return written_at is not None and now - written_at >= HELD_BACK


def side_of(score: int) -> Side:
    """Which reasons go with a score: of anything below satisfied, what was not good."""
    return Side.HIGH if score >= SATISFIED else Side.LOW
