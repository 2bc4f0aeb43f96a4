"""Working calendars as administrators edit them. Clocks read the published book, never these."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Bilingual
from sla.enums import DaySource


def empty_week() -> list[list[list[int]]]:
    return [[] for _day in range(7)]


class Calendar(Bilingual):
    """When work is done: windows of each weekday, in a time zone.

    `week` has seven lists (Monday first) of [start, end] in seconds from local midnight; an end
    beyond 86,400 runs past midnight. `always` is round the clock and leaves week and days aside.
    """

    key = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    zone = models.CharField(_("time zone"), max_length=60)
    week: Any = models.JSONField(default=empty_week)
    always = models.BooleanField(_("round the clock"), default=False)
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=12, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("calendar")
        ordering: ClassVar = ["position", "id"]


class CalendarDay(Bilingual):
    """A date that differs: its windows replace the weekday's. None at all: a holiday."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    windows: Any = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=10, choices=DaySource, default=DaySource.HAND)

    class Meta:
        verbose_name = _("special day")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")
        ]
