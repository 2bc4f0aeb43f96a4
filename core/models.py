"""Shared bases, and the rows that belong to no process."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Bilingual(models.Model):
    """Something an administrator names in Korean and English; one of the two may be missing."""

    name_ko = models.CharField(_("name (Korean)"), max_length=120, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, or in the other one."""
        return pick(self.name_ko, self.name_en)


def pick(ko: str, en: str) -> str:
    """The text in the reader's language, falling back to the other."""
    return (ko or en) if (get_language() or "en").startswith("ko") else (en or ko)


class Option(models.Model):
    """One thing an administrator tunes; core/options.py declares which exist and their defaults."""

    key = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key


class OutboxMessage(models.Model):
    """Work promised by a committed change: written with it, done after it, at least once.

    `key` is unique: saying the same thing twice promises it once.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Set aside")
        CANCELLED = "cancelled", _("Cancelled")

    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload: Any = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state="waiting"), name="outbox_due"
            ),
            models.Index(
                fields=["state", "due_at"],
                condition=models.Q(state__in=["waiting", "failed"]),
                name="outbox_open",
            ),
            models.Index(
                fields=["done_at"], condition=models.Q(done_at__isnull=False), name="outbox_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Heartbeat(models.Model):
    """When a kind of process was last alive; /readyz reads it."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """The answer to a request that its sender may repeat without doing it twice.

    Written in the transaction of what it answers, so that there is never one without the other.
    """

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers: Any = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "key"], name="idempotency_key_once")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_created")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
