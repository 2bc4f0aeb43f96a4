"""What the importer remembers: how far it came, and who is who in the other tool."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import User


class LogRun(models.Model):
    """One reading of one file by one mapping. A killed run is taken up again by its key.

    `counts` holds the figures of the summary so far; `cases_done` how many cases are committed.
    """

    key = models.CharField(max_length=64, unique=True)
    system = models.CharField(max_length=40)
    mapping = models.CharField(max_length=80)
    file_name = models.CharField(max_length=255)
    cases_done = models.PositiveIntegerField(default=0)
    last_case = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.mapping})"


class Counterpart(models.Model):
    """Who or what a name in the other tool is here. The mark of everything an import made."""

    class Type(models.TextChoices):
        PERSON = "person"
        TEAM = "team"
        SERVICE = "service"
        CATEGORY = "category"
        ITEM = "item"

    system = models.CharField(max_length=40)
    type = models.CharField(max_length=10, choices=Type)
    name = models.CharField(max_length=250)
    object_id = models.BigIntegerField()
    made_here = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["system", "type", "name"], name="counterpart_once")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.type} {self.name}"


class Upload(models.Model):
    """A table that somebody uploaded, kept for its preview; its rows go once it is imported."""

    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    table = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
