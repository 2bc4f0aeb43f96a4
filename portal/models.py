"""What the portal keeps beside the records: files of unsent forms, and forms already sent."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from accounts.models import User
from tickets.models import Ticket


def staged_path(instance: models.Model, name: str) -> str:
    """A name of our own; the sender's is kept in the row."""
    return f"staged/{uuid4().hex}"


class StagedFile(models.Model):
    """A file of a form that is not sent yet. `slot` names the form, as in tickets.Draft."""

    user = models.ForeignKey(User, models.CASCADE, related_name="staged_files")
    slot = models.CharField(max_length=80)
    file = models.FileField(upload_to=staged_path, max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "slot", "id"], name="staged_file_slot"),
            models.Index(fields=["created_at"], name="staged_file_age"),
        ]

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """A form that has been sent, and what came of it: sending it twice gives the same record."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.UUIDField()
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "token"], name="submission_once")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="submission_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.token}"
