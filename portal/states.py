"""How a record's state reads to its requester: a bar of steps, and what happens next."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from core.states import Machine, Phase, State

STEP_LABELS = {
    Phase.NEW: pgettext_lazy("step", "Received"),
    Phase.ACTIVE: pgettext_lazy("step", "In work"),
    Phase.RESOLVED: pgettext_lazy("step", "Your check"),
    Phase.CLOSED: pgettext_lazy("step", "Done"),
}

APPROVAL = pgettext_lazy("step", "Approval")

# What a merged record is called, whatever its status.
MERGED = pgettext_lazy("request", "Merged")


@dataclass(frozen=True)
class Step:
    """One mark of the bar. state: done, current, todo or stopped."""

    label: Any
    state: str


def path(machine: Machine, *, decided: bool = True) -> list[State]:
    """The states that stand for the steps of a kind, in the order of its table.

    One for each phase the kind has. Waiting is a step only before the work starts (an approval);
    later it interrupts the work. `decided`: whether this record is approved at all.
    """
    chosen: list[State] = []
    for state in machine.states:
        if state.decides and not decided:
            continue
        phases = {other.phase for other in chosen}
        interrupts = state.phase == Phase.WAITING and Phase.ACTIVE in phases
        if state.phase not in phases and not interrupts:
            chosen.append(state)
    return chosen


def label(state: State) -> Any:
    """The step's word, short enough for a bar; other waits before the work say what they are."""
    if state.decides:
        return APPROVAL
    return STEP_LABELS.get(state.phase) or state.plain or state.label


def steps(
    machine: Machine, status: str, *, merged: bool = False, decided: bool = True
) -> list[Step]:
    """The bar for a record in `status`. A record that ended otherwise stops after the first."""
    now = machine.by_key[status]
    way = path(machine, decided=decided or now.decides)
    if is_stopped(machine, status):
        ended = MERGED if merged else plain(now)
        return [Step(label(way[0]), "done"), Step(ended, "stopped")]
    reached = _reached(way, now)
    over = now.phase == Phase.CLOSED
    return [
        Step(label(state), "done" if at < reached or over else _later(at, reached))
        for at, state in enumerate(way)
    ]


def is_stopped(machine: Machine, status: str) -> bool:
    """Whether the record ended without being finished: withdrawn, rejected."""
    now = machine.by_key[status]
    return now.phase == Phase.CLOSED and now not in path(machine)


def plain(state: State) -> Any:
    """The state as a requester says it."""
    return state.plain or state.label


def _reached(way: list[State], now: State) -> int:
    phases = [state.phase for state in way]
    phase = now.phase if now.phase in phases else Phase.ACTIVE
    if now.phase == Phase.WAITING and now not in way:
        phase = Phase.ACTIVE
    return phases.index(phase) if phase in phases else 0


def _later(at: int, reached: int) -> str:
    return "current" if at == reached else "todo"
