"""When a person may be disturbed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class QuietHours(models.Model):
    """When notices to a person wait. Times are the person's own, by their time zone.

    `days` (Monday 0 … Sunday 6) are those on which the quiet hours begin; if they end before
    they begin, they end on the next day.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="quiet_hours")
    begins = models.TimeField(_("quiet from"))
    ends = models.TimeField(_("quiet until"))
    days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    work_days_only = models.BooleanField(_("Saturday and Sunday all day"), default=False)

    class Meta:
        verbose_name = _("quiet hours")

    def __str__(self) -> str:
        return f"{self.user} {self.begins:%H:%M}–{self.ends:%H:%M}"
