"""From an event to notices and queued mails, by way of the outbox."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from core import outbox
from notifications.actions import webhooks
from notifications.actions.mailing import queue
from notifications.enums import LOGGED, LOUD, Channel, DeliveryState, Level, Reason
from notifications.letters import has_address
from notifications.models import Delivery, Mute, Notice, WebhookCall
from notifications.queries import Choices, choices_of, comment_key, default_for, level_for
from notifications.recipients import News, Target, targets
from sla.events import EscalatedTogether
from tickets.events import Commented, TicketEvent, Transitioned

NOTIFY = "notify"

log = logging.getLogger("maru.notifications")


def announce(event: TicketEvent) -> None:
    """Promise, in the transaction of the event, that people will be told of it."""
    if isinstance(event, Transitioned) and not event.notify:
        return
    name = type(event).__name__
    key = f"notify:{name}:{event.event_id}"
    if isinstance(event, Commented):
        key = comment_key(event.comment_id)
    outbox.put(NOTIFY, {"type": name, **asdict(event)}, key=key)


def announce_together(event: EscalatedTogether) -> None:
    """Promise that people will be told of many clocks at one go, by one message."""
    payloads = [{"type": type(each).__name__, **asdict(each)} for each in event.each]
    outbox.put(NOTIFY, {"together": payloads}, key=f"notify:together:{event.each[0].event_id}")


@transaction.atomic
def tell(payload: Mapping[str, Any]) -> None:
    """Make the notices and queue the mails of one event. Doing it twice changes nothing.

    Of many at once (`announce_together`) those that are well don't wait for one that isn't: when
    telling all fails, each gets a message of its own.
    """
    together = payload.get("together")
    if together is None:
        _tell([News.of(payload)])
        return
    try:
        with transaction.atomic():
            _tell(News.of_all(together))
    except Exception:
        log.exception("telling many at once failed, telling each by itself")
        each_alone = {f"notify:{each['type']}:{each['event_id']}": each for each in together}
        outbox.put_many(NOTIFY, each_alone)


def _tell(many: Sequence[News]) -> None:
    """Effects in order: who is concerned and may know; notices; lines of the log (what is left out
    with its reason); mails, each by itself or with others (`mailing.queue`); webhooks.
    """
    found = targets(many)
    choices = choices_of({target.user for some in found for target in some})
    mutes = Mute.objects.filter(ticket__in={news.ticket_id for news in many})
    muted = set(mutes.values_list("ticket_id", "user_id"))
    notices, lines = [], []
    levels: dict[tuple[int, int], Level] = {}
    for news, target in ((n, t) for n, some in zip(many, found, strict=True) for t in some):
        is_muted = (news.ticket_id, target.user.pk) in muted and target.what not in LOUD
        level = _level(target, Channel.IN_APP, choices)
        reason = _why_not(target, Channel.IN_APP, level, is_muted, choices)
        if level != Level.NONE and not reason:
            notices.append(_notice(news, target))
        if reason or (level != Level.NONE and target.what in LOGGED):
            lines.append(_line(news, target, Channel.IN_APP, reason))
        level = _level(target, Channel.MAIL, choices)
        reason = _why_not(target, Channel.MAIL, level, is_muted, choices)
        if reason or level != Level.NONE:
            lines.append(_line(news, target, Channel.MAIL, reason))
            levels[news.event_id, target.user.pk] = level
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Delivery.objects.bulk_create(lines, ignore_conflicts=True)
    queue(many, levels)
    webhooks.plan(many)


def _level(target: Target, channel: Channel, choices: Choices) -> Level:
    if target.because is not None or channel in target.without:
        return Level.NONE
    return level_for(target.user, target.what, target.audience, channel, choices)


def _notice(news: News, target: Target) -> Notice:
    return Notice(
        user=target.user,
        ticket_id=news.ticket_id,
        event_id=news.event_id,
        comment=news.comment,
        what=target.what,
        at=news.event.at,
    )


def _line(news: News, target: Target, channel: Channel, reason: str) -> Delivery:
    """A line of the log. What is shown in the product has arrived; a mail waits to be sent."""
    done = DeliveryState.QUEUED if channel == Channel.MAIL else DeliveryState.SENT
    return Delivery(
        user=target.user,
        ticket_id=news.ticket_id,
        event_id=news.event_id,
        comment=news.comment,
        channel=channel,
        what=target.what,
        audience=target.audience,
        address=target.user.email if channel == Channel.MAIL else "",
        state=DeliveryState.SKIPPED if reason else done,
        reason=reason,
    )


def _why_not(
    target: Target, channel: Channel, level: Level, is_muted: bool, choices: Choices
) -> str:
    """Why this person is not told by this channel; empty when they are, or never are by default.

    Who is told in no way at all has one line, that of the product.
    """
    if target.because is not None:
        return target.because if channel == Channel.IN_APP else ""
    if level == Level.NONE:
        return _switched_off(target, channel, choices)
    if not target.user.is_active:
        return Reason.INACTIVE
    if channel == Channel.MAIL and target.user.is_machine:
        return Reason.MACHINE
    if not target.allowed:
        return Reason.NO_ACCESS
    if channel == Channel.MAIL and not has_address(target.user):
        return Reason.NO_ADDRESS
    return Reason.MUTED if is_muted else ""


def _switched_off(target: Target, channel: Channel, choices: Choices) -> str:
    """The reason where the person would be told by default."""
    default = default_for(target.what, target.audience, channel)
    answer = choices.get((target.user.pk, target.what.value, channel.value), default)
    if channel in target.without:
        is_said = channel == Channel.MAIL and answer != Level.NONE and target.allowed
        return Reason.SAID if is_said else ""
    if default == Level.NONE and answer == Level.NONE:
        return ""
    return Reason.OFF if answer == Level.NONE else Reason.ALL_OFF


@transaction.atomic
def withdraw(comment_id: int) -> None:
    """A comment was taken back: nobody is told of it any more, by any channel."""
    outbox.cancel(comment_key(comment_id))
    Notice.objects.filter(comment_id=comment_id).delete()
    queued = Delivery.objects.filter(comment_id=comment_id, state=DeliveryState.QUEUED)
    outbox.cancel(*(delivery.key for delivery in queued))
    queued.update(state=DeliveryState.SKIPPED, reason=Reason.RETRACTED)
    calls = WebhookCall.objects.filter(event__comment=comment_id, state=DeliveryState.QUEUED)
    outbox.cancel(*(call.key for call in calls))
    calls.update(state=DeliveryState.SKIPPED, reason=Reason.RETRACTED)
