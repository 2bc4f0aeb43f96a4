"""Sending mails, and what happens when one can't be sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core import outbox
from core.models import OutboxMessage
from notifications.actions.mailing import gather
from notifications.decisions import is_over
from notifications.enums import DECIDING, DeliveryState, Reason
from notifications.letters import digest_letter, letter
from notifications.models import Delivery, Digest
from notifications.recipients import may_know
from tickets import access
from tickets.models import Ticket

# About half a day of trying, with pauses that grow to an hour.
ATTEMPTS = 20
TAKEN_SECONDS = 3600
WAITING = (DeliveryState.QUEUED, DeliveryState.FAILED)
RELATED = (
    *("user", "event__actor", "event__comment", "comment"),
    *("ticket__requester", "ticket__assignee", "ticket__team", "ticket__service"),
)


def send(payload: Mapping[str, Any]) -> None:
    """Send one queued mail. What changed since it was queued is looked at again.

    When we die after the mail server took it and before that was noted, it is sent again with the
    same Message-ID, by which mail servers and programs know it for the same. To keep that moment
    short it is first noted in the cache, which also outlives a database that is away just then.
    """
    if gather(payload["delivery"]):
        return
    found = Delivery.objects.select_related(*RELATED).filter(pk=payload["delivery"])
    delivery = found.select_for_update(of=("self",)).first()
    if delivery is None or delivery.state not in WAITING:
        return
    if reason := _left_out(delivery):
        _note(delivery, state=DeliveryState.SKIPPED, reason=reason)
        return
    message = letter(delivery)
    with handed_over(message, f"{delivery.pk}:{delivery.created_at.timestamp()}"):
        _note_sent([delivery], message)


def send_digest(payload: Mapping[str, Any]) -> None:
    """Send one mail with all that waits in a digest; with only one, that one's own mail.

    Each is looked at again as if it were sent by itself. The digest is held until that is noted,
    so that what is added meanwhile finds it done and goes into the next.
    """
    digest = Digest.objects.select_for_update().filter(pk=payload["digest"]).first()
    if digest is None or digest.done_at is not None:
        return
    waiting = Delivery.objects.select_related(*RELATED).filter(digest=digest, state__in=WAITING)
    held = list(waiting.select_for_update(of=("self",)).order_by("-event_id"))
    going = _still_wanted(digest.user, held)
    digest.done_at = timezone.now()
    digest.save(update_fields=["done_at"])
    if not going:
        return
    message = letter(going[0]) if len(going) == 1 else digest_letter(digest, going)
    with handed_over(message, f"digest:{digest.pk}:{digest.due_at.timestamp()}"):
        _note_sent(going, message)


@contextmanager
def handed_over(message: EmailMultiAlternatives, identity: str) -> Iterator[None]:
    """Hand a mail to the server, once; inside, note that it was."""
    taken = f"notifications:taken:{identity}"
    with _connection() as connection:
        if not cache.get(taken):
            message.connection = connection
            _hand_over(message)
            cache.set(taken, True, TAKEN_SECONDS)
        yield


def _still_wanted(user: User, deliveries: list[Delivery]) -> list[Delivery]:
    """Those that still go; the others are noted. The records are looked at in one query."""
    tickets = {delivery.ticket_id for delivery in deliveries}
    visible = Ticket.objects.visible_to(user).filter(pk__in=tickets)
    seen = set(visible.values_list("pk", flat=True))
    going = []
    for delivery in deliveries:
        is_seen = delivery.ticket_id in seen
        closely = delivery.comment is not None or delivery.what in DECIDING
        if reason := _left_out(delivery) if closely or not is_seen else _gone(user):
            _note(delivery, state=DeliveryState.SKIPPED, reason=reason)
        else:
            going.append(delivery)
    return going


def _gone(user: User) -> str:
    return "" if user.is_active else Reason.INACTIVE


def _note_sent(deliveries: list[Delivery], message: EmailMultiAlternatives) -> None:
    rows = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
    rows.exclude(reason__in=Reason.values).update(reason="")
    rows.update(
        state=DeliveryState.SENT,
        sent_at=timezone.now(),
        address=message.to[0],
        subject=message.subject,
        message_id=message.extra_headers["Message-ID"],
        attempts=F("attempts") + 1,
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
    if reason := _gone(delivery.user):
        return reason
    if delivery.comment is not None and delivery.comment.retracted_at is not None:
        return Reason.RETRACTED
    if not may_know(delivery.user, delivery.ticket, delivery.comment):
        return Reason.NO_ACCESS
    if is_over(delivery.user, delivery.what, delivery.event.data):
        return Reason.DECIDED
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


def fail_digest(payload: Mapping[str, Any], reason: str, final: bool) -> None:
    """An attempt to send a digest failed: note why with each of its mails."""
    state = DeliveryState.FAILED if final else DeliveryState.QUEUED
    Delivery.objects.filter(digest=payload["digest"], state__in=WAITING).update(
        state=state, reason=reason, attempts=F("attempts") + 1
    )


@transaction.atomic
def retry_delivery(delivery: Delivery, *, by: User) -> None:
    """Send a mail that was given up once more, with those it was to be sent together with.

    For whoever works on its record.
    """
    access.require(by, "work", delivery.ticket)
    if delivery.state != DeliveryState.FAILED:
        return
    key = delivery.digest.key if delivery.digest else delivery.key
    message = OutboxMessage.objects.filter(key=key).values_list("pk", flat=True)
    outbox.retry(*message)
    _note(delivery, state=DeliveryState.QUEUED)
