"""What publishing the draft would do to the clocks, counted in the background."""

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from sla.enums import Reach


class Preview(models.Model):
    """A count of effects, record by record in the order of keys; `finished_at` when it is done.

    `at`: the instant at which the draft in `data` is taken to be published. `counts`: clocks by
    kind of effect (sla.actions.impact). `rows`: the first that move, as shown.
    """

    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reach = models.CharField(max_length=4, choices=Reach)
    at = models.DateTimeField()
    fingerprint = models.CharField(max_length=40)
    data: Any = models.JSONField()
    counts: Any = models.JSONField(default=dict)
    rows: Any = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    done_to = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.done}/{self.total}"
