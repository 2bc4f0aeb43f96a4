"""The approvals of a record, for its panel: all rounds, and what this person may do about them."""

from dataclasses import dataclass

from accounts.models import User
from tickets import access, decisions
from tickets.approvalline import Shown, of_rounds
from tickets.enums import RoundState
from tickets.models import Approval, Ticket


@dataclass(frozen=True)
class Panel:
    """`rounds`: newest first. `decides`: the round in which the reader has a turn now."""

    rounds: list[Shown]
    pending: Approval | None
    decides: bool
    can_recall: bool
    can_void: bool


def panel(ticket: Ticket, user: User) -> Panel:
    """A fixed number of queries, however many rounds, stages and people."""
    rounds = decisions.rounds(ticket)
    pending = next((one for one in rounds if one.state == RoundState.PENDING), None)
    seat = decisions.seat_of(user, pending) if pending is not None else None
    asks = pending is not None and user.pk in (pending.asked_by_id, ticket.requester_id)
    return Panel(
        rounds=of_rounds(rounds),
        pending=pending,
        decides=seat is not None and not decisions.may_decide(user, seat),
        can_recall=asks and pending is not None and not decisions.has_decisions(pending),
        can_void=pending is not None and access.can(user, "void_approval", ticket),
    )
