"""Who was told of what, who wasn't, and why: the log in words, for its two pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from notifications.enums import Channel, DeliveryState, HookEvent, Reason
from notifications.models import Delivery, Notice, WebhookCall
from tickets import numbering
from tickets.models import Event, Ticket

TONES = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.SKIPPED: "neutral",
}
EVENTS_SHOWN = 20


def deliveries(wanted: Mapping[str, Any], *, by: User) -> QuerySet[Delivery]:
    """The log, as the filter wants it: person, number of the record, what, state, channel.

    By number nobody finds out about a record that they may not see.
    """
    rows = Delivery.objects.select_related("user", "ticket", "digest")
    if wanted.get("person"):
        rows = rows.filter(user=wanted["person"])
    if wanted.get("number"):
        found = numbering.resolve(wanted["number"], Ticket.objects.visible_to(by))
        rows = rows.filter(ticket__in=[ticket.pk for ticket in found])
    for name in ("what", "state", "channel"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    return rows


def lines(rows: Iterable[Delivery], *, by: User) -> list[dict[str, Any]]:
    """Lines of the log as ready-made strings."""
    rows = list(rows)
    shown = _seen(rows, by)
    return [_line(row, is_shown=row.ticket_id in shown) for row in rows]


def _seen(rows: Iterable[Delivery | WebhookCall], by: User) -> set[int]:
    """Records that may be named to the reader: of restricted ones those that they may see."""
    tickets = {row.ticket for row in rows}
    closed = [ticket.pk for ticket in tickets if ticket.restricted]
    seen = Ticket.objects.visible_to(by).filter(pk__in=closed).values_list("pk", flat=True)
    return {ticket.pk for ticket in tickets if not ticket.restricted} | set(seen)


def _line(delivery: Delivery, *, is_shown: bool) -> dict[str, Any]:
    return {
        "person": delivery.user.name,
        "number": delivery.ticket.number if is_shown else _("restricted"),
        "url": delivery.ticket.get_absolute_url() if is_shown else "",
        "what": delivery.get_what_display(),
        "channel": delivery.get_channel_display(),
        "state": state_words(delivery),
        "tone": TONES[DeliveryState(delivery.state)],
        "reason": reason_words(delivery),
        "when": formats.time_tag(delivery.sent_at or delivery.created_at, "full"),
        "is_together": delivery.digest_id is not None and delivery.sent_at is not None,
    }


def state_words(delivery: Delivery) -> str:
    if delivery.channel == Channel.IN_APP and delivery.state == DeliveryState.SENT:
        return _("Shown")
    return delivery.get_state_display()


def reason_words(row: Delivery | WebhookCall) -> str:
    """Why it was left out, came later or failed; empty when it simply went."""
    if row.reason not in Reason.values:
        return row.reason
    digest = row.digest if isinstance(row, Delivery) else None
    if row.reason == Reason.QUIET and digest is not None:
        return _("Quiet hours until %(time)s") % {"time": formats.moment(digest.due_at)}
    if digest is not None and row.state == DeliveryState.QUEUED:
        return _("Together with others at %(time)s") % {"time": formats.moment(digest.due_at)}
    return str(Reason(row.reason).label)


@dataclass(frozen=True)
class Telling:
    """One event of a record, whom it reached and whom not, and the webhooks called."""

    event: Event
    people: list[dict[str, Any]]
    calls: list[dict[str, Any]]


def of_record(ticket: Ticket, before: int | None = None) -> tuple[list[Telling], int | None]:
    """Events that somebody was to be told of, newest first, and the key of the next page.

    A fixed number of queries. Notices that people cleared from their inbox are gone, those about
    service levels stay in the log.
    """
    ids = _event_ids(ticket, before)
    shown = ids[:EVENTS_SHOWN]
    events = Event.objects.select_related("actor").in_bulk(shown)
    people = _people(shown)
    calls = defaultdict(list)
    for call in WebhookCall.objects.filter(event__in=shown).select_related("hook").order_by("id"):
        calls[call.event_id].append(_call(call))
    found = [Telling(events[pk], people[pk], calls[pk]) for pk in shown]
    return found, shown[-1] if len(ids) > EVENTS_SHOWN else None


def _event_ids(ticket: Ticket, before: int | None) -> list[int]:
    older = Q(event__lt=before) if before is not None else Q()
    sources = [
        model.objects.filter(older, ticket=ticket).order_by().values_list("event_id").distinct()
        for model in (Delivery, Notice, WebhookCall)
    ]
    both = sources[0].union(*sources[1:]).order_by("-event_id")
    return [pk for (pk,) in both[: EVENTS_SHOWN + 1]]


def _people(event_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """By event: each person with what they were told as, in the product and by mail."""
    rows: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    notices = Notice.objects.filter(event__in=event_ids).select_related("user").order_by("id")
    for notice in notices:
        entry = _entry(rows[notice.event_id], notice)
        entry[Channel.IN_APP] = _cell(_("Shown"), "success", "", notice.read_at)
    mails = Delivery.objects.filter(event__in=event_ids).select_related("user", "digest")
    for delivery in mails.order_by("id"):
        entry = _entry(rows[delivery.event_id], delivery)
        shown = entry.get(Channel.IN_APP)
        if delivery.channel == Channel.IN_APP and shown is not None:
            continue
        tone = TONES[DeliveryState(delivery.state)]
        reason = reason_words(delivery)
        entry[delivery.channel] = _cell(state_words(delivery), tone, reason, delivery.sent_at)
    return defaultdict(
        list, {pk: [_flat(entry) for entry in row.values()] for pk, row in rows.items()}
    )


def _entry(row: dict[int, dict[str, Any]], told: Notice | Delivery) -> dict[str, Any]:
    start = {"person": told.user.name, "what": told.get_what_display()}
    return row.setdefault(told.user_id, start)


def _cell(state: str, tone: str, reason: str, at: Any) -> dict[str, Any]:
    return {"state": state, "tone": tone, "reason": reason, "when": formats.time_tag(at, "full")}


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    shown, mailed = entry.get(Channel.IN_APP), entry.get(Channel.MAIL)
    usual = _cell("", "neutral", _("Not by default"), None)
    empty = _cell("", "neutral", "", None)
    return {
        "person": entry["person"],
        "what": entry["what"],
        "shown": shown or usual,
        # Who is told in no way has one line, that of the product.
        "mailed": mailed or (empty if shown and shown["reason"] else usual),
    }


def _call(call: WebhookCall) -> dict[str, Any]:
    return {"name": call.hook.name, **call_line(call)}


def call_lines(calls: Iterable[WebhookCall], *, by: User) -> list[dict[str, Any]]:
    """Calls of one webhook with their records' numbers."""
    calls = list(calls)
    shown = _seen(calls, by)
    return [
        {
            "number": call.ticket.number if call.ticket_id in shown else _("restricted"),
            **call_line(call),
        }
        for call in calls
    ]


def call_line(call: WebhookCall) -> dict[str, Any]:
    """One call of a webhook as ready-made strings."""
    return {
        "topic": dict(HookEvent.choices).get(call.topic, call.topic),
        "state": call.get_state_display(),
        "tone": TONES[DeliveryState(call.state)],
        "reason": reason_words(call),
        "when": formats.time_tag(call.sent_at or call.created_at, "full"),
    }
