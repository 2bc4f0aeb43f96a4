"""Links between records, affected items, tasks and checklists."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.reach import Reach
from cmdb.models import ConfigurationItem
from tickets.enums import LINK_LABELS, LinkType, TaskState


class Link(models.Model):
    """`source` is … `target`; a record has at most one parent."""

    source = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="links_out")
    target = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="links_in")
    type = models.CharField(
        max_length=20, choices=[(key.value, labels[0]) for key, labels in LINK_LABELS.items()]
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="link_once"),
            models.UniqueConstraint(
                fields=["target"],
                condition=Q(type=LinkType.PARENT_OF.value),
                name="link_one_parent",
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.type} {self.target_id}"


class TicketItem(models.Model):
    """A configuration item that a record affects."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="ticket_items")
    item = models.ForeignKey(ConfigurationItem, models.PROTECT, related_name="ticket_items")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "item"], name="ticket_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.item_id}"


class Task(models.Model):
    """A piece of work on a record, with its own number, team and times."""

    number = models.CharField(max_length=24, unique=True)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="tasks")
    title = models.CharField(_("title"), max_length=250)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("status"), max_length=12, choices=TaskState, default=TaskState.OPEN)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="tasks")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tasks")
    position = models.PositiveSmallIntegerField(default=0)
    depends_on: models.ManyToManyField = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="dependents"
    )
    planned_start = models.DateTimeField(null=True, blank=True)
    planned_end = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.number


class ChecklistItem(models.Model):
    """A line to tick off; closing with open lines asks first."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="checklist")
    text = models.CharField(max_length=250)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text


def tasks_of(user: User, reach: Reach) -> models.QuerySet[Task]:
    """The tasks that are the person's, or their teams'."""
    mine = Q(assignee_id=user.pk) | Q(team_id__in=reach.team_ids)
    return Task.objects.order_by().filter(mine)
