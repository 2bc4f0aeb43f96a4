"""Between a clock's state and the rows that keep it: columns of Clock, and of its Ticket."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sla.clocks import State
from sla.enums import FACING, ClockState, Face, Metric
from tickets.models.ticket import NEVER

Columns = dict[str, Any]
# What a rebuild must find unchanged: all but what the sweep keeps for itself.
COMPUTED = (
    "state", "policy_id", "book_id", "calendar_id", "goal", "team_id", "contract_id",
    "started_at", "running_since", "consumed", "due_at", "ended_at", "breached_at", "cycle",
    "pauses", "targets",
)  # fmt: skip


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def columns(state: State) -> Columns:
    """The computed columns of the clock's row."""
    terms = state.terms
    return {
        "state": state.state,
        "policy_id": terms.policy,
        "book_id": terms.book,
        "calendar_id": terms.calendar_id,
        "goal": terms.goal,
        "team_id": state.team,
        "contract_id": terms.contract,
        "started_at": instant(state.started),
        "running_since": instant(state.running_since),
        "consumed": state.consumed,
        "due_at": instant(state.due),
        "ended_at": instant(state.ended),
        "breached_at": instant(state.breached),
        "cycle": state.cycle,
        "pauses": [[pause.start, pause.end, pause.reason] for pause in state.pauses],
        "targets": [
            {
                "at": change.at,
                "policy": change.terms.policy if change.terms else None,
                "goal": change.terms.goal if change.terms else None,
                "calendar": change.terms.calendar_id if change.terms else None,
                "book": change.terms.book if change.terms else None,
            }
            for change in state.changes
        ],
    }


def next_at(state: State, told: Iterable[str]) -> datetime | None:
    """The next instant at which something is to be done about the clock."""
    known = set(told)
    return instant(min((at for step, at in state.marks if step not in known), default=None))


def passed(state: State, now: int) -> list[str]:
    """The steps whose instants have come."""
    return [step for step, at in state.marks if at <= now]


def face(states: Iterable[State]) -> tuple[datetime, str]:
    """(breaks_at, sla_state) of the record: the nearest running promise, else how they ended."""
    facing = [state for state in states if state.metric in FACING]
    running = [state for state in facing if state.state == ClockState.RUNNING]
    if running:
        dues = [state.due for state in running if state.due is not None]
        return instant(min(dues)) or NEVER if dues else NEVER, Face.RUNNING
    paused = [state for state in facing if state.state == ClockState.PAUSED]
    if paused:
        late = any(state.breached is not None for state in paused)
        return NEVER, Face.LATE if late else Face.PAUSED
    ended = [s for s in facing if s.state in (ClockState.MET, ClockState.MISSED)]
    if not ended:
        return NEVER, Face.NONE
    last = max(ended, key=lambda state: (state.metric == Metric.RESOLUTION, state.sequence))
    return NEVER, Face(last.state)
