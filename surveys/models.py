"""Surveys after closing, the reasons they offer, and feedback on services."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cmdb.models import Service
from surveys.enums import Score, Side, Stars
from tickets.models import Event, Task, Ticket
from tickets.models.lookups import Lookup


class Reason(Lookup):
    """A reason that somebody can tick with their answer."""

    side = models.CharField(_("offered with"), max_length=4, choices=Side, default=Side.LOW)

    class Meta(Lookup.Meta):
        verbose_name = _("survey reason")


class Survey(models.Model):
    """A requester was asked once after their record closed; and what they answered.

    `event` is the closing; `kind`, `team` and `service` are those of that moment, since they
    answer for it. `digest` is of the link's token. `score` is the answer as it stands,
    `first_score` the one given first.
    """

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="surveys")
    event = models.OneToOneField(Event, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="surveys")
    kind = models.CharField(max_length=20)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="+")

    key = models.UUIDField(default=uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)

    score = models.PositiveSmallIntegerField(_("score"), choices=Score, null=True)
    first_score = models.PositiveSmallIntegerField(choices=Score, null=True)
    reasons: models.ManyToManyField = models.ManyToManyField(Reason, related_name="+")
    comment = models.TextField(_("comment"), blank=True)
    answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    follow_up = models.ForeignKey(Task, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("survey")
        indexes: ClassVar = [
            models.Index(fields=["user", "-asked_at"], name="survey_person"),
            models.Index(fields=["ticket", "-id"], name="survey_record"),
            models.Index(fields=["asked_at", "id"], name="survey_asked"),
            models.Index(fields=["team", "asked_at"], name="survey_team"),
            models.Index(
                fields=["service", "score"],
                condition=Q(score__isnull=False, service__isnull=False),
                name="survey_rating",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=1, score__lte=5), name="survey_score_range"
            ),
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None)
                | Q(score__isnull=False, answered_at__isnull=False),
                name="survey_answered_with_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id} {self.score or '–'}"

    @property
    def mail_key(self) -> str:
        """The outbox key of mailing it."""
        return f"survey:{self.pk}"


class Feedback(models.Model):
    """What a person thinks of a service as such. `hidden_at`: taken out of sight, with a reason."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="feedback")
    user = models.ForeignKey(User, models.PROTECT, related_name="service_feedback")
    stars = models.PositiveSmallIntegerField(_("stars"), choices=Stars)
    comment = models.TextField(_("comment"), blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    hidden_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("service feedback")
        indexes: ClassVar = [
            models.Index(fields=["service", "-given_at", "-id"], name="feedback_service"),
            models.Index(fields=["user", "service", "-given_at"], name="feedback_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="feedback_stars_range"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.stars}"
