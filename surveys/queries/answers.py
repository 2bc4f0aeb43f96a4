"""A person's own surveys, by link or by record, and the reasons they are offered."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from surveys.models import Reason, Survey
from surveys.tokens import digest
from tickets.models import Ticket

_RELATED = ("ticket__service", "user", "service", "team")


def by_token(token: str) -> Survey | None:
    """The survey that a link is for; None for a link that was never sent."""
    found = Survey.objects.select_related(*_RELATED).filter(digest=digest(token))
    return found.first()


def newest_of(ticket: Ticket, user: User) -> Survey | None:
    """The person's newest survey about a record."""
    found = Survey.objects.select_related(*_RELATED).filter(ticket=ticket, user=user)
    return found.order_by("-id").first()


def offered(ticket: Ticket, user: User, now: datetime | None = None) -> Survey | None:
    """The survey that the record's page offers: open, or answered and shown again."""
    survey = newest_of(ticket, user)
    if survey is None or (survey.score is None and survey.expires_at <= (now or timezone.now())):
        return None
    return survey


def earlier_answer(survey: Survey) -> Survey | None:
    """What the person said about the same record before it was reopened."""
    found = Survey.objects.filter(
        ticket=survey.ticket_id, user=survey.user_id, id__lt=survey.pk, score__isnull=False
    )
    return found.order_by("-id").first()


def reasons_of(survey: Survey) -> dict[str, list[Any]]:
    """The reasons offered by side, with those that were ticked though no longer offered."""
    ticked = set(survey.reasons.values_list("pk", flat=True))
    sides: dict[str, list[Any]] = {"low": [], "high": []}
    for reason in Reason.objects.order_by("position", "id"):
        if reason.is_active or reason.pk in ticked:
            sides[reason.side].append({"reason": reason, "ticked": reason.pk in ticked})
    return sides
