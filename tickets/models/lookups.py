"""What an administrator names: categories, reasons, codes, priorities, routing, templates."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from cmdb.models import Service
from core.models import Bilingual


class Lookup(Bilingual):
    """A named choice in a list; switched off rather than deleted, since old records keep it."""

    key = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "id"]


class Category(Lookup):
    """What a record is about; may propose a service and a team."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    in_portal = models.BooleanField(_("offered to requesters"), default=True)

    class Meta(Lookup.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class PendingReason(Lookup):
    """Why a record waits, for whom, and whether its clocks stand still meanwhile."""

    class WaitsFor(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        SUPPLIER = "supplier", _("Supplier")
        OTHER = "other", pgettext_lazy("waits for", "Other")

    waits_for = models.CharField(
        _("waits for"), max_length=10, choices=WaitsFor, default=WaitsFor.OTHER
    )
    pauses_clocks = models.BooleanField(_("pauses clocks"), default=False)

    class Meta(Lookup.Meta):
        verbose_name = _("pending reason")


class ResolutionCode(Lookup):
    """How a record was resolved."""

    class Meta(Lookup.Meta):
        verbose_name = _("resolution code")


class CauseCategory(Lookup):
    """What kind of cause was behind it."""

    class Meta(Lookup.Meta):
        verbose_name = _("cause category")
        verbose_name_plural = _("cause categories")


class PriorityLevel(Bilingual):
    """P1 (most urgent) to P5, as the organisation calls them."""

    level = models.PositiveSmallIntegerField(primary_key=True)

    class Meta:
        verbose_name = _("priority level")
        ordering: ClassVar = ["level"]


class PriorityCell(models.Model):
    """One cell of the matrix: this impact and this urgency make this priority."""

    impact = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["impact", "urgency"], name="priority_cell_once"),
            models.CheckConstraint(
                condition=models.Q(priority__gte=1, priority__lte=5), name="priority_cell_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.impact} × {self.urgency} → P{self.priority}"


class RoutingRule(models.Model):
    """First match, by position, sends a new record to a team. An empty condition matches all."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    priority_at_most = models.PositiveSmallIntegerField(
        _("priority at least"), null=True, blank=True, help_text=_("2 means P1 and P2.")
    )
    title_contains = models.CharField(_("title contains"), max_length=120, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="routing_rules")
    is_active = models.BooleanField(pgettext_lazy("rule", "active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.position}: {self.team}"


class WorkTemplate(Lookup):
    """Tasks and checklist lines to put on a record.

    `lines`: [{"type": "task" | "check", "title": "…", "team": team id or null}]
    `for_major`: put on a record by itself when it is declared a major incident; the first one for
    its service, else the first one for any service.
    """

    kind = models.CharField(_("kind"), max_length=20, blank=True)
    for_major = models.BooleanField(_("for major incidents"), default=False)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="+")
    lines = models.JSONField(_("lines"), default=list)

    class Meta(Lookup.Meta):
        verbose_name = _("task template")


class CannedText(Lookup):
    """A reply kept ready, in both languages; {requester}, {number} and {title} are filled in."""

    body_ko = models.TextField(_("text (Korean)"), blank=True)
    body_en = models.TextField(_("text (English)"), blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Lookup.Meta):
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
