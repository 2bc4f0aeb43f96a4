"""What can be asked for: shelves of offerings, and the versions of each."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from catalog.enums import VersionState
from cmdb.models import Service
from core.models import Bilingual


class Shelf(Bilingual):
    """A category of the catalog; at most two levels are shown."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    icon = models.CharField(max_length=40, default="folder")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("catalog category")
        ordering: ClassVar = ["position", "id"]


class Offering(Bilingual):
    """One thing that can be asked for. Its name is that of the version which counts now.

    `live`: the published version that new requests are made with; none while it was never
    published. `is_active`: whether it is offered at all. `slug` stays, since people link to it.
    `synonyms`, `audience`: copies of the live version's, for lists and for the access rule.
    """

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    shelf = models.ForeignKey(Shelf, models.PROTECT, related_name="offerings")
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="offerings"
    )
    icon = models.CharField(max_length=40, default="package")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    live = models.ForeignKey(
        "catalog.OfferingVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    summary_ko = models.CharField(max_length=300, blank=True)
    summary_en = models.CharField(max_length=300, blank=True)
    synonyms = models.TextField(blank=True)
    audience: Any = models.JSONField(default=dict)
    asked_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("offering")
        ordering: ClassVar = ["position", "id"]


class OfferingVersion(models.Model):
    """Everything about an offering at one time; `data` is a catalog.definition.Definition.

    A published version never changes (the database refuses it), so that a request keeps the
    form it was made with. At most one draft per offering; `edition` counts its saves, so that
    two editors don't write over each other.
    """

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    data: Any = models.JSONField(default=dict)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    edition = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of an offering")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offering", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["offering"], condition=Q(state="draft"), name="version_one_draft"
            ),
            models.UniqueConstraint(
                fields=["offering"], condition=Q(state="published"), name="version_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} v{self.number}"


class Favourite(models.Model):
    """An offering that somebody keeps at hand."""

    user = models.ForeignKey(User, models.CASCADE, related_name="favourite_offerings")
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "offering"], name="favourite_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.offering_id}"


class Use(models.Model):
    """How often a department asked for an offering: counted as requests are made."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="+")
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="uses")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "offering"], name="use_once")
        ]
        indexes: ClassVar = [models.Index(fields=["department", "-count"], name="use_most")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.offering_id}: {self.count}"
