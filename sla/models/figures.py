"""What is counted: facts of each record, and their sums by day. All of it can be made anew.

Facts (Figure, Spell, Promise) hold the days of the organisation and what a record did on them;
`sla.measures` computes them from its history. Rollups (Flow, Attainment, Spent, Spread) are sums
of the facts of one day, or of one month where `monthly`, at several grains: which of service,
team, priority and category a row is of (see sla.models.figures.GRAINS). Only
`sla.actions.rollup` writes here.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Team
from cmdb.models import Service
from sla.enums import ClockState, Metric
from sla.models.agreement import Policy
from tickets.models import Category, Ticket

DIMENSIONS = ("service", "team", "priority", "category")
COLUMNS = ("kind", "service_id", "team_id", "priority", "category_id")
SERVICE, TEAM, PRIORITY, CATEGORY = 1, 2, 4, 8
# Which dimensions sums are kept by: none, each one, all. What is asked for takes the smallest.
GRAINS = (0, SERVICE, TEAM, PRIORITY, CATEGORY, SERVICE | TEAM | PRIORITY | CATEGORY)


def grain_for(dimensions: frozenset[str] | set[str]) -> int:
    """The smallest grain that knows all of them."""
    mask = sum(1 << DIMENSIONS.index(name) for name in dimensions)
    return next(grain for grain in GRAINS if grain & mask == mask)


class Dimensions(models.Model):
    """What figures are told apart by: as the record is now, also for its old days."""

    kind = models.CharField(max_length=20)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    priority = models.PositiveSmallIntegerField(null=True)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Figure(Dimensions):
    """One record. Days are those of the organisation's zone; lengths are in seconds.

    `ack_*`: from the opening to the first response. `resolve_raw`: from the opening to the
    resolution; `resolve_clock`: without what it waited for the requester or stood resolved;
    `resolve_work`: the working time in that. `spent`: who had it for how long until it was
    resolved: {team id or "supplier" or "requester": seconds}. None is not measured (yet).
    """

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="figure", db_constraint=True
    )
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    responded_at = models.DateTimeField(null=True)
    responded_on = models.DateField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_on = models.DateField(null=True)
    ack_clock = models.PositiveIntegerField(null=True)
    ack_work = models.PositiveIntegerField(null=True)
    resolve_raw = models.PositiveIntegerField(null=True)
    resolve_clock = models.PositiveIntegerField(null=True)
    resolve_work = models.PositiveIntegerField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    reassigned = models.PositiveSmallIntegerField(default=0)
    first_contact = models.BooleanField(default=False)
    spent: Any = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["opened_on", "ticket"],
                include=[*COLUMNS, "ack_clock", "ack_work"],
                name="figure_opened",
            ),
            models.Index(
                fields=["resolved_on", "ticket"],
                include=[*COLUMNS, "resolve_clock", "resolve_work"],
                condition=Q(resolved_on__isnull=False),
                name="figure_resolved",
            ),
            *(
                models.Index(
                    fields=[name, day],
                    include=["kind"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"figure_{name}",
                )
                for name, day in (
                    ("ack_clock", "opened_on"),
                    ("ack_work", "opened_on"),
                    ("resolve_clock", "resolved_on"),
                    ("resolve_work", "resolved_on"),
                )
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Spell(models.Model):
    """A record entered the open records, and left them again (or has not)."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    sequence = models.PositiveSmallIntegerField()
    entered_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "sequence"], name="spell_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["entered_on", "ticket"], name="spell_entered"),
            models.Index(fields=["left_on", "entered_on", "ticket"], name="spell_left"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.sequence}"


class Promise(models.Model):
    """A clock as figures count it: what it was for, when it started, how it ended.

    `team`: of the stay it measures; None where the record's team counts. `breaks_at`: when it
    broke or, running, will. `broke_on` is set once it has ended.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    metric = models.CharField(max_length=16, choices=Metric)
    sequence = models.PositiveSmallIntegerField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=ClockState)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    broke_on = models.DateField(null=True)
    breaks_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "metric", "sequence"], name="promise_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["started_on"], name="promise_started"),
            models.Index(
                fields=["ended_on", "state", "metric"],
                condition=Q(ended_on__isnull=False),
                name="promise_ended",
            ),
            models.Index(
                fields=["breaks_at"], condition=Q(ended_on__isnull=True), name="promise_open"
            ),
            models.Index(
                fields=["broke_on", "ended_on"],
                condition=Q(broke_on__isnull=False),
                name="promise_broke",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.metric} {self.sequence}"


class Rollup(Dimensions):
    """A sum of one day, or of the month that begins on `day`."""

    monthly = models.BooleanField(default=False)
    day = models.DateField()
    grain = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


def _once(name: str, *keys: str) -> list[models.BaseConstraint]:
    fields = ["monthly", "grain", "day", "kind", *DIMENSIONS, *keys]
    return [models.UniqueConstraint(fields=fields, name=name, nulls_distinct=False)]


class Flow(Rollup):
    """Records opened on the day, resolved on it, and how many entered and left the open ones."""

    opened = models.PositiveIntegerField()
    responded = models.PositiveIntegerField()
    ack_clock = models.BigIntegerField()
    ack_work = models.BigIntegerField()
    resolved = models.PositiveIntegerField()
    resolve_raw = models.BigIntegerField()
    resolve_clock = models.BigIntegerField()
    resolve_work = models.BigIntegerField()
    reopened = models.PositiveIntegerField()
    first_contact = models.PositiveIntegerField()
    entered = models.PositiveIntegerField()
    left = models.PositiveIntegerField()

    class Meta:
        constraints = _once("flow_once")


class Attainment(Rollup):
    """Clocks by what was promised. `met`, `missed`: of those that ended on the day.

    `broke` counts, on the day they broke, clocks that have ended since; `mended` the same clocks
    on the day they ended. What broke and did not end before a day was open and breached then.
    """

    metric = models.CharField(max_length=16, choices=Metric)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", db_index=False)
    started = models.PositiveIntegerField()
    ended = models.PositiveIntegerField()
    met = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    broke = models.PositiveIntegerField()
    mended = models.PositiveIntegerField()

    class Meta:
        constraints = _once("attainment_once", "metric", "policy")


class Spent(Rollup):
    """Who had the records resolved on the day, and for how long: a team's id, or who else."""

    whose = models.CharField(max_length=20)
    records = models.PositiveIntegerField()
    seconds = models.BigIntegerField()

    class Meta:
        constraints = _once("spent_once", "whose")


class Spread(Rollup):
    """How many lengths fall between two edges (sla.measures.EDGES). Kept at grain 0 only."""

    measure = models.CharField(max_length=16)
    bin = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = _once("spread_once", "measure", "bin")


class Counted(models.Model):
    """The one row that says up to which instant figures are counted."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
