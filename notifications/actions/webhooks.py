"""Calling webhooks: which are to hear of an event, making a call, and what administrators set."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core import outbox
from core.errors import ActionError
from notifications import webclient
from notifications.actions.mailing import due_after_undo
from notifications.enums import DeliveryState, HookEvent, HookKind, Reason
from notifications.models import Webhook, WebhookCall
from notifications.recipients import News
from notifications.webhooks import TEST, call_body, headers, test_body
from sla.events import WebhookAsked

WEBHOOK = "webhook"
# About four hours of trying, with pauses that grow to an hour.
ATTEMPTS = 12
# After a failure a webhook rests, so that one that hangs doesn't hold up everything else.
FIRST_REST = 5
LONGEST_REST = 600
# Answers after which another try may do better: timeouts, conflicts, too early, too many.
AGAIN = frozenset({408, 409, 423, 425, 429})

_TOPICS = {
    "Opened": HookEvent.OPENED,
    "Assigned": HookEvent.ASSIGNED,
    "Transitioned": HookEvent.TRANSITIONED,
    "PriorityChanged": HookEvent.PRIORITY,
    "MajorDeclared": HookEvent.MAJOR_DECLARED,
    "MajorUpdated": HookEvent.MAJOR_UPDATE,
}


class Resting(Exception):
    """The webhook failed a moment ago; the call waits for its next turn."""


def topic_of(news: News) -> HookEvent | None:
    """As what webhooks hear of an event; None: not at all."""
    if news.type == "Commented":
        return HookEvent.REPLIED if news.fields["public"] else None
    if news.type == "Escalated":
        return HookEvent.SLA_BREACH if news.fields["breach"] else HookEvent.SLA_WARNING
    return _TOPICS.get(news.type)


def plan(many: Sequence[News]) -> None:
    """Promise a call to every webhook that subscribed to such events, once for each."""
    heard = [(news, topic) for news in many if (topic := topic_of(news)) is not None]
    topics = sorted({topic.value for _news, topic in heard})
    if not topics:
        return
    active = Webhook.objects.filter(is_active=True, events__overlap=topics)
    hooks = list(active.prefetch_related("teams"))
    for news, topic in heard if hooks else ():
        _plan(news, topic, hooks)


def _plan(news: News, topic: HookEvent, hooks: Sequence[Webhook]) -> None:
    wanted = [
        hook for hook in hooks if topic.value in hook.events and _fits(hook, news.ticket.team_id)
    ]
    if not wanted or news.ticket.restricted:
        return
    data = {name: news.fields[name] for name in ("metric", "step") if name in news.fields}
    rows = [
        WebhookCall(
            hook=hook,
            ticket_id=news.ticket_id,
            event_id=news.event_id,
            topic=topic,
            data=data,
        )
        for hook in wanted
    ]
    WebhookCall.objects.bulk_create(rows, ignore_conflicts=True)
    _promise(WebhookCall.objects.filter(event_id=news.event_id), due_after_undo(news))


def _fits(hook: Webhook, team_id: int) -> bool:
    teams = {team.pk for team in hook.teams.all()}
    return not teams or team_id in teams


def ask(event: WebhookAsked) -> None:
    """Promise, in the transaction of the event, the call that an agreement wants.

    Whatever the webhook subscribed to; one that is switched off since is left out, in the log.
    """
    hook = Webhook.objects.filter(pk=event.webhook_id).first()
    if hook is None:
        return
    topic = HookEvent.SLA_BREACH if event.step.startswith("100") else HookEvent.SLA_WARNING
    call = WebhookCall(
        hook=hook,
        ticket_id=event.ticket_id,
        event_id=event.event_id,
        topic=topic,
        data={"metric": event.metric, "step": event.step},
    )
    WebhookCall.objects.bulk_create([call], ignore_conflicts=True)
    _promise(WebhookCall.objects.filter(event_id=event.event_id, hook=hook), timezone.now())


def _promise(calls: Any, due_at: Any) -> None:
    for call in calls.filter(state=DeliveryState.QUEUED).order_by("id"):
        outbox.put(WEBHOOK, {"call": call.pk}, key=call.key, due_at=due_at)


def call_out(payload: Mapping[str, Any]) -> None:
    """Make one call. What changed since it was promised is looked at again.

    When we die after the call and before it was noted, it is made again with the same
    X-Maru-Delivery, by which the receiver knows it for the same.
    """
    related = ("hook", "ticket__team", "ticket__service", "event__actor", "event__comment")
    found = WebhookCall.objects.select_related(*related).filter(pk=payload["call"])
    call = found.select_for_update(of=("self",)).first()
    if call is None or call.state not in (DeliveryState.QUEUED, DeliveryState.FAILED):
        return
    if reason := _left_out(call):
        _note(call, state=DeliveryState.SKIPPED, reason=reason)
        return
    if call.hook.rests_until is not None and call.hook.rests_until > timezone.now():
        raise Resting("The webhook failed a moment ago; it is left in peace for a while.")
    answer = _send(call.hook, call_body(call), topic=call.topic, identity=str(call.pk))
    if 200 <= answer.status < 300:
        Webhook.objects.filter(pk=call.hook_id).exclude(failures=0).update(
            failures=0, rests_until=None
        )
        _note(
            call,
            state=DeliveryState.SENT,
            reason="",
            answer=answer.status,
            sent_at=timezone.now(),
            attempts=call.attempts + 1,
        )
        return
    said = f"{answer.status} {' '.join(answer.text.split())[:200]}".strip()
    if answer.status < 500 and answer.status not in AGAIN:
        raise outbox.GiveUp(said)
    raise webclient.Failed(said)


def _left_out(call: WebhookCall) -> str:
    if not call.hook.is_active:
        return Reason.OFF_HOOK
    comment = call.event.comment
    if comment is not None and comment.retracted_at is not None:
        return Reason.RETRACTED
    return Reason.RESTRICTED if call.ticket.restricted else ""


def _send(hook: Webhook, body: bytes, *, topic: str, identity: str) -> webclient.Answer:
    signed = headers(hook, body, topic=topic, identity=identity)
    try:
        return webclient.post(hook.url, body, signed, allow=settings.WEBHOOK_ALLOW)
    except webclient.Forbidden as error:
        raise outbox.GiveUp(str(error)) from error


def _note(call: WebhookCall, **values: Any) -> None:
    for name, value in values.items():
        setattr(call, name, value)
    call.save(update_fields=sorted(values))


def fail_call(payload: Mapping[str, Any], reason: str, final: bool) -> None:
    """An attempt failed: note why, and let the webhook rest; in the end it is set aside."""
    call = WebhookCall.objects.select_related("hook").filter(pk=payload["call"]).first()
    if call is None:
        return
    state = DeliveryState.FAILED if final else DeliveryState.QUEUED
    if reason.startswith(Resting.__name__):
        _note(call, state=state, reason=call.reason or reason)
        return
    _note(call, state=state, reason=reason, attempts=call.attempts + 1)
    pause = min(FIRST_REST * 2 ** min(call.hook.failures, 10), LONGEST_REST)
    Webhook.objects.filter(pk=call.hook_id).update(
        failures=F("failures") + 1, rests_until=timezone.now() + timedelta(seconds=pause)
    )


@transaction.atomic
def save_webhook(
    values: Mapping[str, Any], *, by: User, hook: Webhook | None = None
) -> tuple[Webhook, str]:
    """Make or change a webhook; and its secret, if a new one was made (shown this once).

    `values`: name, url, kind, events, teams, is_active; `new_secret` makes another secret.
    """
    require_administrator(by)
    values = dict(values)
    teams, new_secret = list(values.pop("teams", [])), values.pop("new_secret", False)
    _check(values)
    row = hook or Webhook()
    changes = audit.put(row, values)
    secret = ""
    if row.kind == HookKind.JSON and (new_secret or not row.secret):
        secret = row.secret = secrets.token_urlsafe(32)
        changes["secret"] = [None, None]
    if "url" in changes or "is_active" in changes:
        row.failures, row.rests_until = 0, None
    before = sorted(row.teams.values_list("pk", flat=True)) if hook else []
    row.save()
    row.teams.set(teams)
    after = sorted(team.pk for team in teams)
    if before != after:
        changes["teams"] = [before, after]
    verb = AuditVerb.CHANGED if hook else AuditVerb.CREATED
    if changes or hook is None:
        audit.record(row, verb, by=by, changes=changes)
    return row, secret


def _check(values: Mapping[str, Any]) -> None:
    unknown = set(values["events"]) - set(HookEvent.values)
    if unknown:
        raise ActionError(_("There is no such event."), field="events")
    try:
        webclient.checked(values["url"], allow=settings.WEBHOOK_ALLOW)
    except webclient.Forbidden as error:
        raise ActionError(
            _("Write the address of a public host, beginning with https://."), field="url"
        ) from error


def send_test(hook: Webhook, *, by: User) -> str:
    """Call the webhook now with a test; what it answered. ActionError when it doesn't work."""
    require_administrator(by)
    try:
        answer = _send(hook, test_body(hook), topic=TEST, identity=f"{TEST}-{hook.pk}")
    except (outbox.GiveUp, webclient.Failed) as error:
        raise ActionError(_("It did not work: %(reason)s") % {"reason": error}) from error
    said = f"{answer.status} {' '.join(answer.text.split())[:120]}".strip()
    if not 200 <= answer.status < 300:
        raise ActionError(_("It did not work: %(reason)s") % {"reason": said})
    Webhook.objects.filter(pk=hook.pk).update(failures=0, rests_until=None)
    return said
