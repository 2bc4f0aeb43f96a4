"""A clock of a record: what sla.evaluate computes from its events, kept for lists and sweeps."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Team
from cmdb.models import Contract
from sla.enums import ClockState, Metric
from sla.models.agreement import Book, Policy
from sla.models.calendar import Calendar
from tickets.models import Ticket


class Clock(models.Model):
    """One metric on one record; `sequence` counts a record's clocks of the same metric.

    Nothing here depends on when it was computed, except what the sweep keeps for itself
    (`told`, `next_at`). `consumed` are the working seconds up to `running_since` (running) or in
    all; `due_at` is where the target is used up as far as the facts go, None while paused;
    `breached_at` is set where the clock ran past it before it paused or ended. So a running
    clock is breached when due_at < now. Instants are whole seconds.
    `pauses`: [[from, to or null, "resolved", "approval" or a pending reason's id]] ·
    `targets`: what counted from when, oldest first.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="clocks", db_index=False)
    metric = models.CharField(max_length=16, choices=Metric)
    sequence = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ClockState)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", db_index=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+", db_index=False)
    goal = models.PositiveIntegerField()
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, related_name="+", db_index=False
    )
    started_at = models.DateTimeField()
    running_since = models.DateTimeField(null=True)
    consumed = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    cycle = models.PositiveSmallIntegerField(default=0)
    pauses: Any = models.JSONField(default=list)
    targets: Any = models.JSONField(default=list)

    told = ArrayField(models.CharField(max_length=10), default=list)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "metric", "sequence"], name="clock_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="clock_next"),
            models.Index(
                fields=["due_at"], condition=Q(state=ClockState.RUNNING), name="clock_due"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="clock_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.metric} {self.state}"


class Stale(models.Model):
    """A record whose figures are to be counted anew; many rows of one record are one record."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)

    def __str__(self) -> str:
        return str(self.ticket_id)
