"""What mails and notices about approvals say, and where they lead."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext

from accounts.models import User
from core import formats
from notifications.enums import DECIDING, What
from notifications.queries import path_for
from tickets import decisions
from tickets.actions import make_key
from tickets.approvalline import in_words, of_round
from tickets.enums import RoundState, StageState
from tickets.models import Approval, ApprovalSeat, Ticket

LONGEST_CONTENT = 3_000


def round_of(data: Mapping[str, Any]) -> Approval | None:
    """The round that an event's own row is about."""
    return Approval.objects.filter(pk=data.get("approval", 0)).first()


def is_over(user: User, what: str, data: Mapping[str, Any]) -> bool:
    """Whether what the notice asks for is no longer to be done."""
    approval = round_of(data)
    if what not in DECIDING or approval is None:
        return False
    if approval.state != RoundState.PENDING:
        return True
    return what != What.APPROVAL_OVERDUE and turn_of(user, approval) is None


def turn_of(user: User, approval: Approval) -> ApprovalSeat | None:
    """The seat that the person can decide now in a round."""
    seat = decisions.seat_of(user, approval)
    return seat if seat is not None and not decisions.may_decide(user, seat) else None


def path_of(user: User, ticket: Ticket, what: str, data: Mapping[str, Any]) -> str:
    """Where somebody looks at what a notice is about: the decision, or the record."""
    if what in (*DECIDING, What.APPROVAL_VOIDED) and data.get("approval"):
        return reverse("portal:approval", args=[data["approval"]])
    return path_for(user, ticket)


def key_path(user: User, approval: Approval) -> str:
    """A new link with which the person opens this one decision; empty when it isn't theirs."""
    seat = turn_of(user, approval)
    return reverse("portal:approve", args=[make_key(seat, user)]) if seat is not None else ""


def values(ticket: Ticket, data: Mapping[str, Any]) -> dict[str, str]:
    """What the placeholders of approvals stand for, in the active language."""
    empty = {"content": "", "line": "", "result": ""}
    pk = data.get("approval")
    approval = next((one for one in decisions.rounds(ticket) if one.pk == pk), None) if pk else None
    if approval is None:
        return empty
    found = {
        "content": "\n".join(f"{label}: {text}" for label, text in approval.told)[:LONGEST_CONTENT],
        "line": in_words(of_round(approval)),
        "result": _result(approval),
        "text": approval.reason or str(data.get("opinion") or ""),
    }
    stages = [stage for stage in approval.stages.all() if stage.state == StageState.OPEN]
    due = stages[0].due_at if stages else None
    return {**found, "due": formats.moment(due) if due else "–"}


def _result(approval: Approval) -> str:
    if approval.state == RoundState.APPROVED:
        return pgettext("approval mail", "Approved")
    if approval.state == RoundState.REJECTED:
        return pgettext("approval mail", "Rejected")
    return str(approval.get_state_display())
