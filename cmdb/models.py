"""Services, configuration items and relations between items; suppliers and their contracts."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cmdb.enums import (
    ContractState,
    Criticality,
    ItemStatus,
    ItemType,
    RelationType,
    ServiceStatus,
)
from core.models import Bilingual


class Service(Bilingual):
    """Something people use, with somebody who answers for it and a team that supports it."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    summary_ko = models.CharField(_("summary (Korean)"), max_length=300, blank=True)
    summary_en = models.CharField(_("summary (English)"), max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=ServiceStatus, default=ServiceStatus.LIVE)
    criticality = models.PositiveSmallIntegerField(choices=Criticality, default=Criticality.MEDIUM)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="owned_services"
    )
    support_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="supported_services"
    )
    depends_on: models.ManyToManyField = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="dependents"
    )

    class Meta:
        verbose_name = _("service")
        ordering: ClassVar = ["name_en"]


class ConfigurationItem(models.Model):
    """A thing that a service runs on."""

    name = models.CharField(_("name"), max_length=160)
    type = models.CharField(_("type"), max_length=20, choices=ItemType, default=ItemType.OTHER)
    status = models.CharField(
        _("status"), max_length=12, choices=ItemStatus, default=ItemStatus.IN_USE
    )
    serial = models.CharField(_("serial number"), max_length=120, blank=True)
    location = models.CharField(_("location"), max_length=160, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="owned_items"
    )
    support_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="supported_items"
    )
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="items"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("configuration item")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="item_name_unique")]

    def __str__(self) -> str:
        return self.name


class Relation(models.Model):
    """`source` depends on, runs on, is part of … `target`."""

    source = models.ForeignKey(ConfigurationItem, models.CASCADE, related_name="relations_out")
    target = models.ForeignKey(ConfigurationItem, models.CASCADE, related_name="relations_in")
    type = models.CharField(max_length=16, choices=RelationType)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="relation_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="relation_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_type_display()} {self.target}"


class Supplier(Bilingual):
    """A firm that something is bought from, and whom to reach there."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    url = models.URLField(_("web address"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("supplier")
        ordering: ClassVar = ["name_en"]


class Contract(Bilingual):
    """What a supplier has promised, for which services and items, from when until when.

    `ends_on` is its last day; without one it runs until it is switched off.
    """

    number = models.CharField(_("contract number"), max_length=60, unique=True)
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, related_name="contracts", verbose_name=_("supplier")
    )
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="contracts"
    )
    items: models.ManyToManyField = models.ManyToManyField(
        ConfigurationItem, blank=True, related_name="contracts"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    terms = models.TextField(_("terms"), blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="owned_contracts"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("contract")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_start",
            )
        ]

    def state_on(self, day: date) -> ContractState:
        """What it is on that day: not yet begun, in force, ended, or switched off."""
        if not self.is_active:
            return ContractState.INACTIVE
        if day < self.starts_on:
            return ContractState.UPCOMING
        over = self.ends_on is not None and self.ends_on < day
        return ContractState.ENDED if over else ContractState.IN_FORCE
