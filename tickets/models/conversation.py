"""What people say on a record, the files they add, and who follows it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.enums import Channel, Visibility


class Comment(models.Model):
    """A public reply or an internal note. Taken back within seconds, it stays as a mark only."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.TextField(_("text"))
    visibility = models.CharField(max_length=10, choices=Visibility)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.WEB)
    by_requester = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    retracted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "id"], name="comment_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.pk}"


class Attachment(models.Model):
    """A file on a record. `content_type` is what its bytes say, never what the sender claimed."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="attachments")
    comment = models.ForeignKey(
        Comment, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ticket", "id"], name="attachment_ticket")]

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """Somebody who is told about a record; on a restricted one, somebody who may see it."""

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="watches")
    user = models.ForeignKey(User, models.CASCADE, related_name="watches")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "ticket"], name="watch_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.ticket_id}"


class Seen(models.Model):
    """How far a person has read a record: the last event they saw."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "ticket"], name="seen_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id} v{self.version}"


class Draft(models.Model):
    """What somebody is typing, kept on the server. `slot` names the form it belongs to."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(
        "tickets.Ticket", models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    slot = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "slot"], name="draft_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.slot}"
