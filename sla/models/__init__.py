"""What was agreed, and the clocks that run by it."""

from sla.models.agreement import Book, Policy, Step, Target
from sla.models.calendar import Calendar, CalendarDay
from sla.models.clock import Clock, Stale
from sla.models.objective import Objective, Outage, Sample
from sla.models.preview import Preview

__all__ = [
    "Book",
    "Calendar",
    "CalendarDay",
    "Clock",
    "Objective",
    "Outage",
    "Policy",
    "Preview",
    "Sample",
    "Stale",
    "Step",
    "Target",
]
