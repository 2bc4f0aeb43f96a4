"""The arithmetic of approvals: rules.md section 6. Pure.

A line has stages in order; a stage has seats, each held by one person; a stage is decided by the
first who decides, by all, or by a share of its seats (rounded up, at least one).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tickets.enums import DecidedBy, SeatState

UNDECIDED = frozenset({SeatState.WAITING, SeatState.PENDING, SeatState.HELD})
# More steps than this between an absent person and who decides for them are not followed.
LONGEST_CHAIN = 2


def needed(decided_by: str, seats: int, share: int = 100) -> int:
    """How many must approve for a stage to be approved. `share` is in per cent, rounded up."""
    if decided_by == DecidedBy.FIRST:
        return 1
    if decided_by == DecidedBy.ALL:
        return seats
    return max(1, math.ceil(seats * share / 100))


def verdict(decided_by: str, states: Sequence[str], share: int = 100) -> bool | None:
    """True: the stage is approved; False: rejected; None: not decided yet.

    Decided by the first: as the first one says. By all: one rejection ends it. By a share: rejected
    as soon as the share can't be reached any more.
    """
    approved = sum(state == SeatState.APPROVED for state in states)
    rejected = sum(state == SeatState.REJECTED for state in states)
    if decided_by == DecidedBy.FIRST and rejected and not approved:
        return False
    wanted = needed(decided_by, len(states), share)
    if approved >= wanted:
        return True
    return False if len(states) - rejected < wanted else None


def holds(condition: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> bool:
    """Whether a condition on the facts of a record is true; none always is.

    {"field": "amount", "is": "lt", "value": "500000"}; `is`: eq ne lt le gt ge in. A fact that
    is missing, or can't be compared, makes the condition false.
    """
    if not condition:
        return True
    fact, wanted = facts.get(str(condition.get("field"))), condition.get("value")
    how = condition.get("is", "eq")
    if fact is None:
        return False
    if how in ("eq", "ne"):
        return (str(fact) == str(wanted)) == (how == "eq")
    if how == "in":
        return str(fact) in [str(one) for one in wanted or ()]
    try:
        one, other = Decimal(str(fact)), Decimal(str(wanted))
    except InvalidOperation:
        return False
    return {"lt": one < other, "le": one <= other, "gt": one > other, "ge": one >= other}.get(
        how, False
    )


def final_at(finals: Iterable[Mapping[str, Any]], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The first rule of delegated final approval (전결) that applies; {} when none does.

    Its `stage` is the position of the stage that decides for all that follow it.
    """
    return next((dict(rule) for rule in finals if holds(rule.get("if"), facts)), {})


def differences(before: Iterable[Any], after: Iterable[Any]) -> list[tuple[str, str, str]]:
    """What changed between two contents [(label, text), …]: (label, old text, new text)."""
    old: dict[str, str] = dict(before)
    new: dict[str, str] = dict(after)
    labels = [*new, *(label for label in old if label not in new)]
    changed = [label for label in labels if old.get(label, "") != new.get(label, "")]
    return [(label, old.get(label, ""), new.get(label, "")) for label in changed]
