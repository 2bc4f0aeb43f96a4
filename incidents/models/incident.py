"""What an incident has beyond any record."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import CauseCategory, ResolutionCode, Ticket


class Incident(Ticket):
    """The incident's own row, on its record's key."""

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, parent_link=True, primary_key=True, related_name="incident"
    )
    security = models.BooleanField(_("security incident"), default=False)
    contained_at = models.DateTimeField(_("contained"), null=True, blank=True)
    patched_at = models.DateTimeField(_("patched"), null=True, blank=True)
    resolution_code = models.ForeignKey(
        ResolutionCode, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.TextField(_("resolution"), blank=True)
    cause_category = models.ForeignKey(
        CauseCategory, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("incident")
