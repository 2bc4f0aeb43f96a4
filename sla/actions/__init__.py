"""What changes service levels."""

from sla.actions.publish import publish, recompute
from sla.actions.rebuild import check, rebuild
from sla.actions.refresh import Difference, refresh

__all__ = ["Difference", "check", "publish", "rebuild", "recompute", "refresh"]
