"""Notices, mails and what people chose about them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team, User
from core.models import pick
from notifications.enums import (
    AnnouncementLevel,
    Audience,
    Channel,
    DeliveryState,
    HookKind,
    Level,
    ShownTo,
    What,
)
from tickets.models import Comment, Event, Ticket


class Notice(models.Model):
    """One thing that one person is told in the product. Its text is made when it is read.

    At most one per event and person. Cleared ones are deleted.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=16, choices=What)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "user"], name="notice_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "ticket", "id"], name="notice_inbox"),
            models.Index(
                fields=["user", "ticket"], condition=Q(read_at=None), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.ticket_id}"


class Digest(models.Model):
    """One mail that holds several notices of one person, sent at `due_at`.

    Whoever adds to it and whoever sends it lock its row; once `done_at` is set nothing is added.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="digests")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "due_at"], name="digest_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.due_at:%Y-%m-%d %H:%M}"

    @property
    def key(self) -> str:
        """The outbox key of sending it."""
        return f"digest:{self.user_id}:{self.due_at.isoformat()}"


class Delivery(models.Model):
    """The log of who was told, and who wasn't and why. One per event, person and channel.

    Every mail has a line; of notices in the product those that were left out, and all about
    service levels. `reason` is a `Reason`, or what the mail server said.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="deliveries")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    what = models.CharField(_("event"), max_length=16, choices=What)
    audience = models.CharField(max_length=10, choices=Audience)
    state = models.CharField(
        _("status"), max_length=8, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    reason = models.TextField(_("reason"), blank=True)
    address = models.CharField(_("address"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="deliveries")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "user", "channel"], name="delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "user", "id"], name="delivery_thread"),
            models.Index(fields=["created_at"], name="delivery_created"),
            models.Index(fields=["user", "-id"], name="delivery_person"),
            models.Index(fields=["what", "-id"], name="delivery_what"),
            models.Index(
                F("id").desc(), condition=Q(state=DeliveryState.FAILED), name="delivery_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.ticket_id} {self.state}"

    @property
    def key(self) -> str:
        """The outbox key of sending it by itself."""
        return f"mail:{self.pk}"


class Reminder(models.Model):
    """A notice about something that is no record: a service, an article, a score.

    One per person and `key`. `path` is where it is looked at; `text` (may be empty) is shown as it
    was written. `state` and what follows it tell how its mail fares; empty: no mail was meant.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="reminders")
    key = models.CharField(max_length=120)
    what = models.CharField(max_length=16, choices=What)
    title_ko = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    at = models.DateTimeField(default=timezone.now)
    is_shown = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=DeliveryState, blank=True)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="reminder_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="reminder_inbox"),
            models.Index(
                fields=["user"],
                condition=Q(read_at=None, is_shown=True),
                name="reminder_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.key}"

    @property
    def title(self) -> str:
        return pick(self.title_ko, self.title_en)

    @property
    def mail_key(self) -> str:
        """The outbox key of mailing it."""
        return f"reminder:{self.pk}"


class Preference(models.Model):
    """A person's own answer where the default of their role is another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_preferences")
    what = models.CharField(max_length=16, choices=What)
    channel = models.CharField(max_length=8, choices=Channel)
    level = models.CharField(max_length=8, choices=Level)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "what", "channel"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what} {self.channel} {self.level}"


class Mute(models.Model):
    """A record that a person wants to hear nothing more of, except when it is about them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="mutes")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "ticket"], name="mute_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id}"


class Template(models.Model):
    """A mail's words as an administrator wrote them; without a row those of texts.py are used."""

    what = models.CharField(_("event"), max_length=16, choices=What)
    audience = models.CharField(_("for"), max_length=10, choices=Audience)
    subject_ko = models.CharField(_("subject (Korean)"), max_length=250)
    subject_en = models.CharField(_("subject (English)"), max_length=250)
    body_ko = models.TextField(_("text (Korean)"))
    body_en = models.TextField(_("text (English)"))
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("mail template")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "audience"], name="template_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.get_audience_display()}"


class Webhook(models.Model):
    """An address that is told of records as they change. Restricted records are never told.

    `events` holds values of `HookEvent`. Without teams it hears of the records of all.
    """

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    secret = models.CharField(max_length=200, blank=True)
    kind = models.CharField(_("for"), max_length=8, choices=HookKind, default=HookKind.JSON)
    events = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    teams = models.ManyToManyField(Team, related_name="+", blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("webhook")
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookCall(models.Model):
    """The log of a webhook's calls, each for one event of one record, at most once.

    `data` is what the event's listeners heard beyond the log's own row, such as the clock's step.
    """

    hook = models.ForeignKey(Webhook, models.CASCADE, related_name="calls")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=16)
    data = models.JSONField(default=dict)
    state = models.CharField(
        _("status"), max_length=8, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    reason = models.TextField(_("reason"), blank=True)
    answer = models.PositiveSmallIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "hook"], name="webhook_call_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["hook", "-id"], name="webhook_call_log"),
            models.Index(fields=["ticket", "event"], name="webhook_call_record"),
            models.Index(fields=["created_at"], name="webhook_call_created"),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.topic} {self.ticket_id} {self.state}"

    @property
    def key(self) -> str:
        """The outbox key of making it."""
        return f"webhook:{self.pk}"


class Announcement(models.Model):
    """Something everybody, the desk or some departments should know for a while.

    Shown from `starts_at` until `ends_at` (without one until somebody ends it). A pinned one
    stands first and can't be put away.
    """

    title_ko = models.CharField(_("title (Korean)"), max_length=160, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=160, blank=True)
    body_ko = models.TextField(_("text (Korean)"), blank=True)
    body_en = models.TextField(_("text (English)"), blank=True)
    level = models.CharField(
        _("importance"), max_length=8, choices=AnnouncementLevel, default=AnnouncementLevel.INFO
    )
    audience = models.CharField(_("for"), max_length=12, choices=ShownTo, default=ShownTo.EVERYBODY)
    departments = models.ManyToManyField(Department, related_name="+", blank=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    starts_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("announcement")
        ordering: ClassVar = ["-starts_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="announcement_end")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="announcement_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In the reader's language, or in the other one."""
        return pick(self.title_ko, self.title_en)

    @property
    def body(self) -> str:
        return pick(self.body_ko, self.body_en)


class Dismissal(models.Model):
    """A person has put an announcement away."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="dismissals")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["announcement", "user"], name="dismissal_once")
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.user_id}"
