"""What is learnt from a major incident, and who does what about it by when."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents.models.major import MajorIncident
from tickets.models import Task


class Review(models.Model):
    """The post-incident review; begun when the major incident stands down."""

    major = models.OneToOneField(
        MajorIncident, models.PROTECT, primary_key=True, related_name="review"
    )
    impact = models.TextField(_("impact"), blank=True)
    course = models.TextField(_("course of events"), blank=True)
    causes = models.TextField(_("causes"), blank=True)
    went_well = models.TextField(_("what went well"), blank=True)
    went_badly = models.TextField(_("what did not go well"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("review")

    def __str__(self) -> str:
        return f"review of {self.major_id}"

    @property
    def is_complete(self) -> bool:
        return self.approved_at is not None


class ReviewAction(models.Model):
    """Something to be done so that it doesn't happen again; a task once the review is complete."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="actions")
    title = models.CharField(max_length=250)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField()
    task = models.OneToOneField(Task, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.title
