"""What was agreed, and the clocks that run by it."""

from sla.models.agreement import Book, Policy, Step, Target
from sla.models.calendar import Calendar, CalendarDay
from sla.models.clock import Clock, Stale

__all__ = [
    "Book",
    "Calendar",
    "CalendarDay",
    "Clock",
    "Policy",
    "Stale",
    "Step",
    "Target",
]
