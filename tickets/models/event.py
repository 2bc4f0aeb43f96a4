"""The append-only log that everything else is read from."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import User
from tickets.enums import Channel, Verb
from tickets.models.conversation import Comment


class Event(models.Model):
    """Who did what, when, from what to what, through which channel.

    `changes` is {field: [old, new]} with stored values (ids, not names: people can be
    anonymised, events never change). The database refuses update and delete.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=16, choices=Verb)
    changes = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.SYSTEM)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "id"], name="event_ticket"),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.verb}"
