"""Notices to stakeholders: what the public reads, kept apart from the internal timeline."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import pick
from incidents.enums import Condition, Stage, UpdateAudience
from incidents.models.major import MajorIncident


class Update(models.Model):
    """One published notice. Never edited: a correction is the next notice."""

    major = models.ForeignKey(MajorIncident, models.PROTECT, related_name="updates")
    position = models.PositiveSmallIntegerField()
    stage = models.CharField(_("stage"), max_length=14, choices=Stage)
    condition = models.CharField(_("service"), max_length=12, choices=Condition)
    text_ko = models.TextField(_("text (Korean)"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    audience = models.CharField(
        _("audience"),
        max_length=12,
        choices=UpdateAudience,
        default=UpdateAudience.EVERYBODY,
    )
    next_update_at = models.DateTimeField(_("next notice"), null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["major", "position"], name="update_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.major_id} #{self.position}"

    @property
    def text(self) -> str:
        """The text in the reader's language, or in the other one when it has none."""
        return pick(self.text_ko, self.text_en)
