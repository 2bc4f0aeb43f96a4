"""What changes service levels."""

from sla.actions.escalate import escalate
from sla.actions.publish import publish, recompute
from sla.actions.rebuild import check, rebuild
from sla.actions.refresh import Difference, refresh
from sla.actions.sweep import sweep_due

__all__ = [
    "Difference",
    "check",
    "escalate",
    "publish",
    "rebuild",
    "recompute",
    "refresh",
    "sweep_due",
]
