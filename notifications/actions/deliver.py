"""Sending one mail, and what happens when it can't be sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import outbox
from core.models import OutboxMessage
from notifications.enums import DeliveryState, Reason
from notifications.letters import letter
from notifications.models import Delivery
from notifications.recipients import may_know
from tickets import access

# About half a day of trying, with pauses that grow to an hour.
ATTEMPTS = 20
TAKEN_SECONDS = 3600


def send(payload: Mapping[str, Any]) -> None:
    """Send one queued mail. What changed since it was queued is looked at again.

    When we die after the mail server took it and before that was noted, it is sent again with the
    same Message-ID, by which mail servers and programs know it for the same. To keep that moment
    short it is first noted in the cache, which also outlives a database that is away just then.
    """
    people = ("user", "event__actor", "event__comment", "comment")
    record = ("ticket__requester", "ticket__assignee", "ticket__team", "ticket__service")
    found = Delivery.objects.select_related(*people, *record).filter(pk=payload["delivery"])
    delivery = found.select_for_update(of=("self",)).first()
    if delivery is None or delivery.state not in (DeliveryState.QUEUED, DeliveryState.FAILED):
        return
    if reason := _left_out(delivery):
        _note(delivery, state=DeliveryState.SKIPPED, reason=reason)
        return
    message = letter(delivery)
    taken = f"notifications:taken:{delivery.pk}:{delivery.created_at.timestamp()}"
    with _connection() as connection:
        if not cache.get(taken):
            message.connection = connection
            _hand_over(message)
            cache.set(taken, True, TAKEN_SECONDS)
        _note(
            delivery,
            state=DeliveryState.SENT,
            reason="",
            sent_at=timezone.now(),
            address=message.to[0],
            subject=message.subject,
            message_id=message.extra_headers["Message-ID"],
            attempts=delivery.attempts + 1,
        )


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    """Open before the mail is handed over, closed when that is noted."""
    connection = get_connection()
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def _hand_over(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        raise _refused(error) from error


def _left_out(delivery: Delivery) -> str:
    if not delivery.user.is_active:
        return Reason.INACTIVE
    if delivery.comment is not None and delivery.comment.retracted_at is not None:
        return Reason.RETRACTED
    if not may_know(delivery.user, delivery.ticket, delivery.comment):
        return Reason.NO_ACCESS
    return ""


def _refused(error: SMTPRecipientsRefused) -> Exception:
    """An address that the mail server refuses for good is not tried again."""
    code, text = next(iter(error.recipients.values()))
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return outbox.GiveUp(f"{code} {said}") if code >= 500 else error


def _note(delivery: Delivery, **values: Any) -> None:
    for name, value in values.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=sorted(values))


def fail(payload: Mapping[str, Any], reason: str, final: bool) -> None:
    """An attempt failed: note why; when it was the last one, the mail is not sent."""
    delivery = Delivery.objects.filter(pk=payload["delivery"]).first()
    if delivery is not None:
        state = DeliveryState.FAILED if final else DeliveryState.QUEUED
        _note(delivery, state=state, reason=reason, attempts=delivery.attempts + 1)


@transaction.atomic
def retry_delivery(delivery: Delivery, *, by: User) -> None:
    """Send a mail that was given up once more. For whoever works on its record."""
    access.require(by, "work", delivery.ticket)
    if delivery.state != DeliveryState.FAILED:
        return
    message = OutboxMessage.objects.filter(key=delivery.key).values_list("pk", flat=True)
    outbox.retry(*message)
    _note(delivery, state=DeliveryState.QUEUED)
