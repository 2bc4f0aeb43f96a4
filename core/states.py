"""The state engine: a table of states and transitions, and the questions asked of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import pgettext_lazy


class Phase(StrEnum):
    """The category of a state: the same five for every kind of record."""

    NEW = "new"
    ACTIVE = "active"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"

    @property
    def label(self) -> Any:
        return PHASE_LABELS[self]


PHASE_LABELS = {
    Phase.NEW: pgettext_lazy("phase", "New"),
    Phase.ACTIVE: pgettext_lazy("phase", "Active"),
    Phase.WAITING: pgettext_lazy("phase", "Waiting"),
    Phase.RESOLVED: pgettext_lazy("phase", "Resolved"),
    Phase.CLOSED: pgettext_lazy("phase", "Closed"),
}
OPEN_PHASES = (Phase.NEW, Phase.ACTIVE, Phase.WAITING)


@dataclass(frozen=True)
class State:
    """One state. `plain` is the word a requester reads for it.

    `decides`: it waits for an approval. `withdrawn`: it ends without its purpose being reached.
    `unbegun`: nobody works on it yet, so that its requester may still take it back.
    """

    key: str
    label: Any
    phase: Phase
    plain: Any = ""
    decides: bool = False
    withdrawn: bool = False
    unbegun: bool = False


@dataclass(frozen=True)
class Transition:
    """One allowed move.

    `rule` names the permission verb. `required` and `optional` name the data it takes;
    `detail` those of them that live on the kind's own row. `automatic` ones follow from
    another action and are offered as no button. `copies_down`: children follow their parent.
    `claims`: whoever does it becomes the assignee when there is none.
    """

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str
    rule: str = "work"
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    detail: tuple[str, ...] = ()
    automatic: bool = False
    copies_down: bool = False
    claims: bool = False
    hint: Any = ""

    @property
    def data(self) -> tuple[str, ...]:
        return self.required + self.optional


class IllegalTransition(Exception):
    """The table has no such move from that state."""


@dataclass(frozen=True)
class Machine:
    """A kind's whole life. Buttons, the API's allowed actions and diagrams are read from it."""

    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    by_key: Mapping[str, State] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {state.key: state for state in self.states})
        unknown = {
            key
            for transition in self.transitions
            for key in (*transition.sources, transition.target)
            if key not in self.by_key
        }
        if unknown or self.initial not in self.by_key:
            raise ValueError(f"unknown states: {sorted(unknown) or self.initial}")

    def from_state(self, state: str) -> list[Transition]:
        """The transitions that leave `state`, in the table's order."""
        return [transition for transition in self.transitions if state in transition.sources]

    def find(self, state: str, name: str) -> Transition:
        """The transition called `name` from `state`; IllegalTransition when there is none."""
        for transition in self.from_state(state):
            if transition.name == name:
                return transition
        raise IllegalTransition(f"{name} from {state}")

    def phase(self, state: str) -> Phase:
        return self.by_key[state].phase

    def in_phases(self, phases: Iterable[Phase]) -> list[str]:
        wanted = set(phases)
        return [state.key for state in self.states if state.phase in wanted]
