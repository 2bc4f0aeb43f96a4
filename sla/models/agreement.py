"""Policies, their targets and escalation steps as edited; and the books that are published."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Team, User
from cmdb.models import Contract, Service
from core.models import Bilingual
from sla.enums import Agreement, Metric, OnChange, OnReopen, Reach
from sla.models.calendar import Calendar

WARN_AT = (50, 75, 90)


def warn_points() -> list[int]:
    return list(WARN_AT)


class Policy(Bilingual):
    """For which records its targets count; an empty condition matches all. First match wins."""

    agreement = models.CharField(
        _("agreement"), max_length=3, choices=Agreement, default=Agreement.SLA
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(pgettext_lazy("policy", "active"), default=True)
    note = models.TextField(_("note"), blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    priorities = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # Ids of catalog.Offering, which stands above this app.
    offerings = ArrayField(models.PositiveBigIntegerField(), default=list, blank=True)
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("services")
    )
    departments: models.ManyToManyField = models.ManyToManyField(
        Department,
        blank=True,
        related_name="+",
        verbose_name=_("departments of the requester"),
        help_text=_("Departments below them are included."),
    )
    teams: models.ManyToManyField = models.ManyToManyField(
        Team, blank=True, related_name="+", verbose_name=_("teams")
    )
    vip = models.BooleanField(_("VIP requester"), null=True, blank=True)
    security = models.BooleanField(_("security incident"), null=True, blank=True)
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="policies",
        verbose_name=_("contract with the supplier"),
    )
    applies_from = models.DateTimeField(_("applies to records opened from"), null=True, blank=True)
    on_change = models.CharField(
        _("when another target fits"), max_length=8, choices=OnChange, default=OnChange.KEEP
    )
    on_reopen = models.CharField(
        _("when a record is reopened"), max_length=8, choices=OnReopen, default=OnReopen.CONTINUE
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering: ClassVar = ["agreement", "position", "id"]


class Target(models.Model):
    """So much working time for a metric; for one priority, or for any that has none of its own."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="targets")
    metric = models.CharField(_("metric"), max_length=16, choices=Metric)
    priority = models.PositiveSmallIntegerField(_("priority"), null=True, blank=True)
    goal = models.PositiveIntegerField(_("goal (seconds of working time)"))
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="targets")
    warn_at = ArrayField(
        models.PositiveSmallIntegerField(), default=warn_points, blank=True,
        verbose_name=_("warn points (%)"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("target")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["policy", "metric", "priority"],
                name="target_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(goal__gt=0), name="target_goal_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.metric} {self.goal}"


class Step(models.Model):
    """What happens at a share of a target, 100 being the breach.

    `metrics` empty: for all of the policy. Repeats follow a breach only: every `repeat_minutes`
    of working time, at most `repeat_limit` times.
    `actions`: [{"do": "notify", "who": ["assignee", "team", "lead", "owner", "manager", "duty"],
    "people": [id]} | {"do": "reassign", "team": id} | {"do": "raise_priority"} |
    {"do": "candidate_major"} | {"do": "webhook", "webhook": id}]
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="steps")
    metrics = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    percent = models.PositiveSmallIntegerField(_("at (%)"))
    repeat_minutes = models.PositiveIntegerField(_("again every (minutes)"), default=0)
    repeat_limit = models.PositiveSmallIntegerField(_("at most (times)"), default=0)
    actions: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = _("escalation step")
        ordering: ClassVar = ["percent", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="step_percent_range"
            ),
            models.CheckConstraint(
                condition=Q(repeat_limit=0) | Q(percent=100, repeat_minutes__gt=0),
                name="step_repeats_after_breach",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.percent} %"


class Book(models.Model):
    """Everything agreed, as published at an instant. Never changed: clocks are computed from it.

    `data` is what sla.book reads: calendars, policies with targets and steps, pending reasons.
    """

    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reach = models.CharField(max_length=4, choices=Reach, default=Reach.NEW)
    note = models.CharField(_("what changed"), max_length=250, blank=True)
    data: Any = models.JSONField()
    # How far the recomputation of the records concerned has come: the last key done.
    recomputed_to = models.BigIntegerField(default=0)
    recomputed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("published agreements")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.pk} ({self.published_at:%Y-%m-%d %H:%M})"
