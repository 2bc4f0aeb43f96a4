"""What a webhook is sent: a body that its receiver understands, and a signature.

Restricted records are never sent, and of what people write only public replies are.
"""

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from notifications.enums import HookEvent, HookKind
from notifications.models import Webhook, WebhookCall
from notifications.wording import clock_words, news_text
from tickets.enums import Verb, Visibility
from tickets.models import Event, Ticket

LONGEST_TEXT = 4000
TEST = "test"


def call_body(call: WebhookCall) -> bytes:
    """What is sent of one call, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _body(call.hook, call_facts(call), call_line(call))


def test_body(hook: Webhook) -> bytes:
    """What the button "Send a test" sends."""
    facts = {"event": TEST, "id": f"{TEST}-{hook.pk}", "at": timezone.now().isoformat()}
    return _body(hook, facts, f"Maru: {hook.name}")


def _body(hook: Webhook, facts: dict[str, Any], line: str) -> bytes:
    data: dict[str, Any] = facts
    if hook.kind == HookKind.SLACK:
        data = {"text": _slack(line)}
    elif hook.kind == HookKind.TEAMS:
        data = _card(line)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def headers(hook: Webhook, body: bytes, *, topic: str, identity: str) -> dict[str, str]:
    """Headers of a call. The signature is HMAC-SHA256 over "timestamp.body" with the secret."""
    found = {"Content-Type": "application/json", "User-Agent": "Maru", "Accept": "*/*"}
    if hook.kind != HookKind.JSON:
        return found
    stamp = str(int(timezone.now().timestamp()))
    found |= {"X-Maru-Event": topic, "X-Maru-Delivery": identity, "X-Maru-Timestamp": stamp}
    return found | {"X-Maru-Signature": f"sha256={signature(hook.secret, stamp, body)}"}


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What the receiver computes as well, to know that it was us and when."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def call_facts(call: WebhookCall) -> dict[str, Any]:
    """The event as data; fields are only ever added."""
    ticket, event = call.ticket, call.event
    facts: dict[str, Any] = {
        "event": call.topic,
        "id": str(call.pk),
        "at": event.at.isoformat(),
        "actor": event.actor.name if event.actor else None,
        "record": {
            "number": ticket.number,
            "kind": ticket.kind,
            "title": ticket.title,
            "status": ticket.status,
            "priority": ticket.priority,
            "team": ticket.team.name,
            "service": ticket.service.name if ticket.service else None,
            "url": _address(ticket),
        },
    }
    if call.data.get("metric"):
        names = ("metric", "step", "due_at", "goal")
        known = {**event.data, **call.data}
        facts["clock"] = {name: known.get(name) for name in names}
    text = _text(event)
    return facts | ({"text": text} if text else {})


def call_line(call: WebhookCall) -> str:
    """The event as a few lines for a chat."""
    ticket = call.ticket
    said = str(dict(HookEvent.choices).get(call.topic, call.topic))
    if call.data.get("metric"):
        words = clock_words({**call.event.data, **call.data})
        said += f": {words['metric']} · {words['percent']} · {words['due']}"
    title = f"{ticket.number} · P{ticket.priority} · {ticket.title}"
    return "\n".join(part for part in (title, said, _text(call.event), _address(ticket)) if part)


def _text(event: Event) -> str:
    """What a public reply or a stakeholders' notice says; never an internal note."""
    comment = event.comment
    if comment is not None:
        is_public = comment.visibility == Visibility.PUBLIC and comment.retracted_at is None
        return comment.body[:LONGEST_TEXT] if is_public else ""
    return news_text(event.data)[:LONGEST_TEXT] if event.verb == Verb.MAJOR else ""


def _address(ticket: Ticket) -> str:
    return f"{settings.PUBLIC_URL}{ticket.get_absolute_url()}"


def _slack(line: str) -> str:
    """Slack reads <…> as links and mentions: what people write must not make any."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _card(line: str) -> dict[str, Any]:
    """An adaptive card, which both kinds of Teams webhooks show. Its text is plain."""
    first, _newline, rest = line.partition("\n")
    blocks = [{"type": "RichTextBlock", "inlines": [_run(first, bold=True)]}]
    blocks += [{"type": "RichTextBlock", "inlines": [_run(part)]} for part in rest.splitlines()]
    content = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


def _run(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **({"weight": "Bolder"} if bold else {})}
