"""Objectives of services, and what they are measured by: outages and samples."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from cmdb.models import Service
from sla.enums import ObjectiveKind, OutageKind, OutageSource
from sla.models.calendar import Calendar
from tickets.models import Ticket


class Objective(models.Model):
    """What a service is to reach each calendar month: so much time available, or so many
    samples within a threshold. The month is the organisation's.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="objectives")
    kind = models.CharField(_("objective"), max_length=12, choices=ObjectiveKind)
    target = models.DecimalField(
        _("target (%)"),
        max_digits=6,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001")), MaxValueValidator(Decimal(100))],
    )
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, related_name="objectives", verbose_name=_("service hours")
    )
    metric = models.SlugField(_("what is sampled"), max_length=60, blank=True)
    threshold = models.FloatField(_("at most (in the unit sampled)"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="ms")
    starts_on = models.DateField(_("counts from"))
    is_active = models.BooleanField(pgettext_lazy("objective", "active"), default=True)

    class Meta:
        verbose_name = _("service level objective")
        ordering: ClassVar = ["service", "kind", "metric"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "kind", "metric"],
                condition=Q(is_active=True),
                name="objective_once",
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0, target__lte=100), name="objective_target_range"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ObjectiveKind.PERFORMANCE)
                | (Q(threshold__isnull=False) & ~Q(metric="")),
                name="objective_performance_threshold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.kind} {self.target}"


class Outage(models.Model):
    """A service was down, worked on, or slow. Corrected later, with each change in the audit log.

    `withdrawn_at`: entered by mistake; it counts for nothing and stays to be seen.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="outages")
    kind = models.CharField(_("kind of outage"), max_length=10, choices=OutageKind)
    started_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    announced_at = models.DateTimeField(_("announced"), null=True, blank=True)
    note = models.CharField(_("what happened"), max_length=300, blank=True)
    source = models.CharField(max_length=10, choices=OutageSource, default=OutageSource.HAND)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="outages")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("outage")
        ordering: ClassVar = ["-started_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["service", "-started_at"], name="outage_service"),
            models.Index(
                fields=["service"],
                condition=Q(ended_at=None, withdrawn_at=None),
                name="outage_going_on",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="outage_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.kind} {self.started_at:%Y-%m-%d %H:%M}"


class Sample(models.Model):
    """One measured value. The same service, metric and instant is the same sample."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", db_index=False)
    metric = models.SlugField(max_length=60, db_index=False)
    at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "metric", "at"], name="sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.metric} {self.value}"
