"""Suppliers and their contracts."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cmdb.enums import ContractState
from cmdb.models.item import ConfigurationItem
from cmdb.models.service import Service
from core.models import Bilingual


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
