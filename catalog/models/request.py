"""What a request has beyond any record, and what it costs whom."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from catalog.enums import CostKind, Delivered, Period
from catalog.models.offering import Offering, OfferingVersion
from tickets.models import Ticket


class Request(Ticket):
    """The request's own row, on its record's key.

    `made_with` is what it was made with and never changes; without one it is a request in words.
    `answers` are {field key: stored value} as catalog.answers keeps them, hidden ones included.
    `amount` and `currency`: what the requester was shown and agreed to.
    `promised_at`: when delivery is expected, known once nothing stands in the way any more.
    """

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, parent_link=True, primary_key=True, related_name="request"
    )
    offering = models.ForeignKey(
        Offering, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    made_with = models.ForeignKey(
        OfferingVersion, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    beneficiary = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="benefits"
    )
    answers: Any = models.JSONField(default=dict, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    period = models.CharField(max_length=8, choices=Period, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    delivered = models.CharField(max_length=8, choices=Delivered, default=Delivered.NOTHING)
    fulfilment = models.TextField(_("what was delivered"), blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("service request")


class Cost(models.Model):
    """An amount booked on a department for a request. Never edited: taken back by a reversal."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="costs")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="costs")
    kind = models.CharField(max_length=10, choices=CostKind, default=CostKind.BOOKED)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    period = models.CharField(max_length=8, choices=Period, default=Period.ONCE)
    booked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["department", "-booked_at"], name="cost_department"),
            models.Index(fields=["-booked_at"], name="cost_recent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "kind"], name="cost_once")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind} {self.amount} {self.currency}"
