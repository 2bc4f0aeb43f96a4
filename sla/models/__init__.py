"""What was agreed, and the clocks that run by it."""

from sla.models.agreement import Book, Policy, Step, Target
from sla.models.calendar import Calendar, CalendarDay
from sla.models.clock import Clock, Stale
from sla.models.figures import Attainment, Counted, Figure, Flow, Promise, Spell, Spent, Spread
from sla.models.objective import Objective, Outage, Sample
from sla.models.preview import Preview

__all__ = [
    "Attainment",
    "Book",
    "Calendar",
    "CalendarDay",
    "Clock",
    "Counted",
    "Figure",
    "Flow",
    "Objective",
    "Outage",
    "Policy",
    "Preview",
    "Promise",
    "Sample",
    "Spell",
    "Spent",
    "Spread",
    "Stale",
    "Step",
    "Target",
]
