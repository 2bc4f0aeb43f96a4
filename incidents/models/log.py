"""The internal timeline of a major incident: lines for the record, and what they were before."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from incidents.enums import EntryKind
from incidents.models.major import MajorIncident
from tickets.models import Event


class LogEntry(models.Model):
    """One line of the timeline as it stands for the record.

    Written by hand, or a reference to an event of the record: pinned into the timeline, left out
    of it, or worded anew. Where `title` is empty the event speaks for itself. Nothing is lost by
    editing: each former wording is a LogRevision, and the event itself never changes.
    """

    major = models.ForeignKey(MajorIncident, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=EntryKind, default=EntryKind.MANUAL)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    title = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    shown = models.BooleanField(default=True)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["major", "event"], name="log_entry_once_an_event"),
            models.CheckConstraint(
                condition=Q(kind="event", event__isnull=False)
                | Q(kind="manual", event__isnull=True),
                name="log_entry_event_or_not",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["major", "at"], name="log_entry_major")]

    def __str__(self) -> str:
        return f"{self.major_id} {self.title}"


class LogRevision(models.Model):
    """What a line said before somebody changed it. The database refuses update and delete."""

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="revisions")
    at = models.DateTimeField()
    title = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    shown = models.BooleanField(default=True)
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.entry_id} before {self.replaced_at:%H:%M}"
