"""From an event to notices and queued mails, by way of the outbox."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import outbox
from notifications.enums import LOUD, Channel, DeliveryState, Reason
from notifications.letters import has_address
from notifications.models import Delivery, Mute, Notice
from notifications.queries import choices_of, comment_key, wants
from notifications.recipients import News, Target, targets
from tickets.actions import UNDO_SECONDS
from tickets.events import Commented, TicketEvent, Transitioned

NOTIFY, MAIL = "notify", "mail"
# Clocks of two machines differ a little; a mail that can be taken back must not be on its way.
UNDO = timedelta(seconds=UNDO_SECONDS + 1)


def announce(event: TicketEvent) -> None:
    """Promise, in the transaction of the event, that people will be told of it."""
    if isinstance(event, Transitioned) and not event.notify:
        return
    name = type(event).__name__
    key = f"notify:{name}:{event.event_id}"
    if isinstance(event, Commented):
        key = comment_key(event.comment_id)
    outbox.put(NOTIFY, {"type": name, **asdict(event)}, key=key)


@transaction.atomic
def tell(payload: Mapping[str, Any]) -> None:
    """Make the notices and queue the mails of one event. Doing it twice changes nothing.

    Effects in order: who is concerned and may know; notices; deliveries (left out ones with
    their reason); an outbox message for each mail, due when nothing can be taken back any more.
    """
    news = News.of(payload)
    found = targets(news)
    choices = choices_of(target.user for target in found)
    muted = set(Mute.objects.filter(ticket_id=news.ticket_id).values_list("user_id", flat=True))
    notices, mails = [], []
    for target in found:
        is_muted = target.user.pk in muted and target.what not in LOUD
        if _wanted(target, Channel.IN_APP, choices) and target.allowed and not is_muted:
            notices.append(_notice(news, target))
        if _wanted(target, Channel.MAIL, choices):
            mails.append(_delivery(news, target, is_muted))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    _queue(news, mails)


def _wanted(target: Target, channel: Channel, choices: Mapping[tuple[int, str, str], bool]) -> bool:
    if channel in target.without:
        return False
    return wants(target.user, target.what, target.audience, channel, choices)


def _notice(news: News, target: Target) -> Notice:
    return Notice(
        user=target.user,
        ticket_id=news.ticket_id,
        event_id=news.event_id,
        comment=news.comment,
        what=target.what,
        at=news.event.at,
    )


def _delivery(news: News, target: Target, is_muted: bool) -> Delivery:
    reason = _reason(target, is_muted)
    return Delivery(
        user=target.user,
        ticket_id=news.ticket_id,
        event_id=news.event_id,
        comment=news.comment,
        what=target.what,
        audience=target.audience,
        address=target.user.email,
        state=DeliveryState.SKIPPED if reason else DeliveryState.QUEUED,
        reason=reason,
    )


def _reason(target: Target, is_muted: bool) -> str:
    """Why this mail is left out; empty when it goes."""
    user = target.user
    if not user.is_active:
        return Reason.INACTIVE
    if user.is_machine:
        return Reason.MACHINE
    if not target.allowed:
        return Reason.NO_ACCESS
    if not has_address(user):
        return Reason.NO_ADDRESS
    return Reason.MUTED if is_muted else ""


def _queue(news: News, mails: list[Delivery]) -> None:
    Delivery.objects.bulk_create(mails, ignore_conflicts=True)
    waiting = Delivery.objects.filter(event_id=news.event_id, state=DeliveryState.QUEUED)
    for delivery in waiting.order_by("id"):
        outbox.put(MAIL, {"delivery": delivery.pk}, key=delivery.key, due_at=_mail_due(news))


def _mail_due(news: News) -> datetime:
    if news.comment is None:
        return timezone.now()
    return news.comment.created_at + UNDO


@transaction.atomic
def withdraw(comment_id: int) -> None:
    """A comment was taken back: nobody is told of it any more, by any channel."""
    outbox.cancel(comment_key(comment_id))
    Notice.objects.filter(comment_id=comment_id).delete()
    queued = Delivery.objects.filter(comment_id=comment_id, state=DeliveryState.QUEUED)
    outbox.cancel(*(delivery.key for delivery in queued))
    queued.update(state=DeliveryState.SKIPPED, reason=Reason.RETRACTED)
