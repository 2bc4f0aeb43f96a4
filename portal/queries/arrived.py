"""What somebody reads right after they asked: what happens next, and when."""

from typing import Any

from catalog.models import Request
from core import formats
from tickets.enums import StageState
from tickets.models import ApprovalStage, Ticket


def arrived(ticket: Ticket) -> dict[str, Any]:
    """The approval line that was asked, the day it is expected, and whom to turn to."""
    row = Request.objects.select_related("offering__service__support_team", "beneficiary")
    made = row.filter(pk=ticket.pk).first()
    stages = list(
        ApprovalStage.objects.filter(approval__ticket=ticket)
        .exclude(state=StageState.APPROVED)
        .prefetch_related("seats__user")
        .order_by("approval__number", "position")
    )
    line = [
        {"name": stage.name, "people": ", ".join(seat.user.name for seat in stage.seats.all())}
        for stage in stages
    ]
    return {
        "line": line,
        "made": made,
        "expected_on": formats.day(made.promised_at) if made and made.promised_at else "",
        "beneficiary": made.beneficiary if made else None,
    }
