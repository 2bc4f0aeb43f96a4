"""The one table of all records."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.reach import NOBODY, Reach, reach_of
from cmdb.models import Service
from core.states import OPEN_PHASES, Phase
from tickets import kinds
from tickets.enums import Channel, Impact, Urgency
from tickets.models.lookups import Category, PendingReason

# Sorts behind every real instant: nothing that a target was set for is running.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
OPEN = Q(phase__in=[phase.value for phase in OPEN_PHASES])


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Where permission meets SQL: every list, count, search and export starts at visible_to."""

    def visible_to(self, user: User) -> "TicketQuerySet":
        """The records the person may know of. The same rule as rules.sees, as SQL."""
        reach = reach_of(user)
        if reach is NOBODY:
            return self.none()
        named = Q(pk__in=named_in(user, reach))
        team = Q(team_id__in=reach.team_ids)
        if reach.reads_all:
            return self.filter(Q(restricted=False) | team | Q(assignee_id=user.pk) | named)
        if not reach.opens_desk:
            return self.filter(named)
        services = Q(restricted=False, service__owner_id=user.pk) if reach.reads_services else Q()
        return self.filter(team | Q(assignee_id=user.pk) | services | named)

    def open(self) -> "TicketQuerySet":
        return self.filter(OPEN)

    def of_kind(self, key: str) -> "TicketQuerySet":
        return self.filter(kind=key)


def named_in(user: User, reach: Reach) -> Any:
    """Ids of the records that name the person.

    As requester, reporter, watcher or approver, by a task, or by a department that shares.
    """
    base = Ticket.objects.order_by()
    parts = [
        base.filter(opened_by_id=user.pk).values("pk"),
        Watch.objects.order_by().filter(user_id=user.pk).values("ticket_id"),
        seats_of(reach).values("ticket_id"),
    ]
    if reach.works and not reach.reads_all:
        # Whoever reads everything but restricted records gains nothing by a task.
        parts.append(tasks_of(user, reach).filter(ticket__restricted=False).values("ticket_id"))
    if reach.shares_department and reach.department_id is not None:
        department = base.filter(restricted=False, requester__department_id=reach.department_id)
        parts.append(department.values("pk"))
    return base.filter(requester_id=user.pk).values("pk").union(*parts, all=True)


class Ticket(models.Model):
    """A record of any kind. What all kinds share lives here; a kind's own fields on its own row.

    `version` counts every write; `field_versions` counts the writes of each field, so that two
    people editing different fields both succeed. Instants are UTC.
    `breaks_at` (the nearest due instant of what runs, else NEVER) and `sla_state` are written by
    the service levels, for lists to sort and filter by.
    """

    number = models.CharField(max_length=24, unique=True)
    serial = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    title = models.CharField(_("title"), max_length=250)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("status"), max_length=24)
    phase = models.CharField(max_length=10, choices=[(phase.value, phase.label) for phase in Phase])

    impact = models.PositiveSmallIntegerField(_("impact"), choices=Impact, default=Impact.LOW)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=Urgency, default=Urgency.LOW)
    priority = models.PositiveSmallIntegerField(_("priority"), default=5)
    priority_overridden = models.BooleanField(default=False)

    requester = models.ForeignKey(User, models.PROTECT, related_name="requested_tickets")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="opened_tickets")
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assigned_tickets"
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel, default=Channel.WEB)
    restricted = models.BooleanField(_("restricted"), default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    pending_reason = models.ForeignKey(
        PendingReason, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resume_at = models.DateTimeField(_("resumes at"), null=True, blank=True)
    auto_close_at = models.DateTimeField(null=True, blank=True)

    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    responded_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    requester_waits = models.BooleanField(default=False)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    reassign_count = models.PositiveSmallIntegerField(default=0)

    breaks_at = models.DateTimeField(default=NEVER)
    sla_state = models.CharField(max_length=8, blank=True, default="")

    version = models.PositiveIntegerField(default=1)
    field_versions = models.JSONField(default=dict)

    objects: ClassVar[Any] = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        indexes: ClassVar = [
            models.Index(fields=["-updated_at", "-id"], name="ticket_updated"),
            models.Index(fields=["kind", "-updated_at", "-id"], name="ticket_kind_updated"),
            models.Index(fields=["team", "-updated_at", "-id"], name="ticket_team_updated"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_opened"),
            models.Index(
                fields=["priority", "opened_at", "id"], condition=OPEN, name="ticket_open"
            ),
            models.Index(
                fields=["team", "priority", "opened_at", "id"],
                condition=OPEN,
                name="ticket_team_open",
            ),
            models.Index(
                fields=["assignee", "priority", "opened_at", "id"],
                condition=OPEN,
                name="ticket_assignee_open",
            ),
            models.Index(
                fields=["breaks_at", "priority", "opened_at", "id"],
                condition=OPEN,
                name="ticket_breaks",
            ),
            models.Index(
                fields=["team", "breaks_at", "priority", "opened_at", "id"],
                condition=OPEN,
                name="ticket_team_breaks",
            ),
            models.Index(
                fields=["assignee", "breaks_at", "priority", "opened_at", "id"],
                condition=OPEN,
                name="ticket_assignee_breaks",
            ),
            models.Index(fields=["requester", "-opened_at"], name="ticket_requester"),
            models.Index(fields=["opened_by", "-opened_at"], name="ticket_opened_by"),
            models.Index(fields=["service", "-opened_at"], name="ticket_service"),
            models.Index(fields=["status", "-updated_at", "-id"], name="ticket_status"),
            models.Index(fields=["serial"], name="ticket_serial"),
            models.Index(
                fields=["auto_close_at"],
                condition=Q(auto_close_at__isnull=False),
                name="ticket_auto_close",
            ),
            models.Index(
                fields=["resume_at"], condition=Q(resume_at__isnull=False), name="ticket_resume"
            ),
            models.Index(
                fields=["-resolved_at", "-id"],
                condition=Q(resolved_at__isnull=False),
                name="ticket_resolved",
            ),
            GinIndex(fields=["tags"], name="ticket_tags"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=5), name="ticket_priority_range"
            ),
            models.CheckConstraint(
                condition=Q(impact__gte=1, impact__lte=3, urgency__gte=1, urgency__lte=3),
                name="ticket_impact_urgency_range",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The record's page on the desk; the portal has addresses of its own."""
        return f"/{self.kind_info.path}/{self.number}/"

    @property
    def kind_info(self) -> kinds.Kind:
        return kinds.get(self.kind)

    @property
    def state(self) -> Any:
        """The State object of the current status."""
        return self.kind_info.machine.by_key[self.status]

    @property
    def is_unbegun(self) -> bool:
        """Whether nobody works on it yet."""
        state = self.state
        return self.phase == Phase.NEW or state.decides or state.unbegun

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN_PHASES


from tickets.models.approval import seats_of  # noqa: E402  (points back at Ticket)
from tickets.models.conversation import Watch  # noqa: E402  (Watch points back at Ticket)
from tickets.models.work import tasks_of  # noqa: E402  (points back at Ticket)
