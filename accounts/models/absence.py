"""Who decides in somebody's place while they are away."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, at: datetime) -> "DelegationQuerySet":
        """Those that hold at an instant: from `starts_at`, until before `ends_at`."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, cancelled_at=None)


class Delegation(models.Model):
    """`to` decides approvals for `user` (대결) in a bounded time; taken back by cancelling it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="delegations_given")
    to = models.ForeignKey(User, models.PROTECT, related_name="delegations_held")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        indexes: ClassVar = [
            models.Index(
                fields=["to", "ends_at"], condition=Q(cancelled_at=None), name="delegation_to"
            ),
            models.Index(
                fields=["user", "ends_at"], condition=Q(cancelled_at=None), name="delegation_user"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(user=F("to")), name="delegation_not_to_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.to_id}"
