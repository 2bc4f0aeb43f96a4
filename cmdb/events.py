"""Typed events about services, by which those above hear that something is due."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReviewDue:
    """A service is to be looked through by its owner, since `due_on`.

    Emitted when it falls due and each week after; `week` counts from 0. `for_administrators`: it
    waits so long, or has no owner who is here, that administrators are to hear of it.
    """

    service_id: int
    due_on: date
    week: int
    for_administrators: bool
