"""When a person may be disturbed, and when they are on duty."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.people import Team, User
from core.models import Bilingual


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


class Rota(Bilingual):
    """Who of a team is on duty when: turns in layers, and who stands in for whom."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="rotas")
    zone = models.CharField(_("time zone"), max_length=60)
    is_active = models.BooleanField(pgettext_lazy("rota", "active"), default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("duty rota")
        ordering: ClassVar = ["id"]


class RotaLayer(models.Model):
    """Turns of `every` days, handed over at a local time; accounts/rota.py says what they mean."""

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="layers")
    position = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField(_("first day"))
    hands_over = models.TimeField(_("handed over at"))
    every = models.PositiveSmallIntegerField(_("days a turn lasts"), default=7)
    days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    members = models.ManyToManyField(User, through="RotaMember", related_name="+")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rota", "position"], name="rota_layer_position"),
            models.CheckConstraint(condition=models.Q(every__gte=1), name="rota_layer_turns"),
            models.CheckConstraint(
                condition=models.Q(begins__isnull=True, ends__isnull=True)
                | models.Q(begins__isnull=False, ends__isnull=False),
                name="rota_layer_both_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.position}"


class RotaMember(models.Model):
    """Somebody's place in the order of a layer."""

    layer = models.ForeignKey(RotaLayer, models.CASCADE, related_name="places")
    user = models.ForeignKey(User, models.CASCADE, related_name="rota_places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["layer", "user"], name="rota_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.user}"


class RotaOverride(models.Model):
    """For a while somebody else is on duty: `user` in the place of `instead_of`.

    Without `instead_of` in the place of whoever is first; without `user` that person is away.
    """

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="overrides")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="stand_ins")
    instead_of = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["rota", "ends_at"], name="rota_override_until")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="rota_override_lasts"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(instead_of__isnull=False),
                name="rota_override_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.begins_at:%Y-%m-%d}"
