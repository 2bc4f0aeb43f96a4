"""Configuration items and relations between them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cmdb.enums import ItemStatus, ItemType, RelationType
from cmdb.models.service import Service


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
