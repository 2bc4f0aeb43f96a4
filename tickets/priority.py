"""Priority from impact and urgency through a matrix that is data."""

from core import options
from tickets.models import PriorityCell

LEVELS = (1, 2, 3, 4, 5)
Matrix = dict[tuple[int, int], int]


def default_matrix() -> Matrix:
    """impact + urgency − 1, the ServiceNow default: (1,1)→P1 … (3,3)→P5."""
    return {(i, u): i + u - 1 for i in (1, 2, 3) for u in (1, 2, 3)}


def matrix() -> Matrix:
    """The organisation's matrix; a missing cell has its default value."""
    cells = PriorityCell.objects.values_list("impact", "urgency", "priority")
    return {**default_matrix(), **{(i, u): p for i, u, p in cells}}


def compute(
    impact: int,
    urgency: int,
    *,
    vip: bool = False,
    critical: bool = False,
    cells: Matrix | None = None,
) -> int:
    """The priority, 1 (most urgent) to 5.

    A VIP requester or a critical service raises it, by one at most and only if switched on.
    """
    priority = (cells or matrix())[(impact, urgency)]
    raised = (vip and options.get("raise_for_vip")) or (
        critical and options.get("raise_for_criticality")
    )
    return max(1, priority - 1) if raised else priority
