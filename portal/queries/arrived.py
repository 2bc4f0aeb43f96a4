"""What somebody reads right after they asked: what happens next, and when."""

from typing import Any

from catalog.definition import parse
from catalog.models import Request
from core import formats
from tickets.enums import StageState
from tickets.models import ApprovalStage, Ticket


def arrived(ticket: Ticket) -> dict[str, Any]:
    """The approval line that was asked, and when delivery is expected."""
    row = Request.objects.select_related("made_with", "beneficiary")
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
        "days": _days(made),
        "beneficiary": made.beneficiary if made else None,
    }


def _days(made: Request | None) -> int | None:
    """The working days that delivery takes once nothing stands in the way."""
    return parse(made.made_with.data).delivery_days if made and made.made_with else None
