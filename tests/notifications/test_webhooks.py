"""Webhooks: what they are sent, by which signature, how often, and what they never get."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from core import outbox
from core.errors import ActionError, NotAllowed
from core.models import OutboxMessage
from notifications import actions as notices
from notifications.enums import DeliveryState, HookEvent, HookKind, Reason
from notifications.models import Webhook, WebhookCall
from sla.events import WebhookAsked
from tests.factories import make_agent, make_team, make_user, open_incident, resolution
from tests.notifications.test_digests import DUE, escalate
from tests.notifications.test_webclient import receiving
from tickets import actions
from tickets.enums import Verb
from tickets.events import MajorUpdated
from tickets.models import Event

pytestmark = pytest.mark.django_db
EVERYTHING = list(HookEvent.values)


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW = ("127.0.0.1",)
    with receiving() as server:
        yield server


@pytest.fixture
def hook(receiver):
    return Webhook.objects.create(
        name="Pager", url=receiver.url, secret="s3cret", events=EVERYTHING
    )


def got(receiver):
    return [json.loads(body) for _path, _headers, body in receiver.got]


def told_of(receiver):
    return [sent["event"] for sent in got(receiver)]


def test_a_webhook_hears_what_it_subscribed_to(hook, receiver, tell):
    hook.events = [HookEvent.OPENED, HookEvent.TRANSITIONED]
    hook.save()
    agent, requester = make_agent(team=make_team()), make_user("박요청")
    ticket = open_incident("VPN drops", by=requester)
    actions.assign(ticket, by=agent, assignee=agent)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    tell()
    assert told_of(receiver) == ["opened", "transitioned"]
    sent = got(receiver)[0]
    assert sent["record"] == {
        "number": ticket.number,
        "kind": "incident",
        "title": "VPN drops",
        "status": "resolved",
        "priority": ticket.priority,
        "team": ticket.team.name,
        "service": None,
        "url": f"http://127.0.0.1:8000/inc/{ticket.number}/",
    }
    assert set(WebhookCall.objects.values_list("state", "answer")) == {(DeliveryState.SENT, 200)}


def test_the_signature_proves_who_sent_what_and_when(hook, receiver, tell):
    open_incident()
    tell()
    ((_path, headers, body),) = receiver.got
    stamp = headers["X-Maru-Timestamp"]
    expected = hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Maru-Signature"] == f"sha256={expected}"
    assert headers["X-Maru-Event"] == "opened"
    assert headers["X-Maru-Delivery"] == str(WebhookCall.objects.get().pk)


def test_internal_notes_and_what_was_taken_back_are_never_sent(hook, receiver, tell):
    agent = make_agent(team=make_team())
    ticket = open_incident()
    actions.comment(ticket, "He never restarts.", by=agent, visibility="internal")
    oops = actions.comment(ticket, "Oops.", by=agent)
    outbox.dispatch_due()
    actions.retract(oops, by=agent)
    actions.comment(ticket, "Try again.", by=agent)
    tell()
    everything = b"".join(body for _path, _headers, body in receiver.got)
    assert b"restarts" not in everything
    assert b"Oops" not in everything
    assert b"Try again." in everything
    assert told_of(receiver).count("replied") == 1


def test_restricted_records_are_never_sent(hook, receiver, tell):
    agent = make_agent(team=make_team())
    ticket = open_incident("Secret")
    outbox.dispatch_due(limit=1)
    assert WebhookCall.objects.exists()
    actions.restrict(ticket, True, by=agent)
    actions.comment(ticket, "Now.", by=agent)
    tell()
    assert receiver.got == []
    assert set(WebhookCall.objects.values_list("reason", flat=True)) == {Reason.RESTRICTED}


def test_teams_narrow_it_down(hook, receiver, tell):
    mine, other = make_team(), make_team()
    hook.teams.add(mine)
    boss = make_agent()
    first, second = open_incident(by=boss), open_incident(by=boss)
    tell()
    receiver.got.clear()
    actions.assign(first, by=boss, team=other)
    actions.assign(second, by=boss, team=mine) if second.team != mine else None
    actions.comment(first, "One", by=boss)
    actions.comment(second, "Two", by=boss)
    tell()
    assert {sent["record"]["number"] for sent in got(receiver)} == {second.number}


def test_clocks_and_major_incidents_are_sent_as_data(hook, receiver, tell):
    ticket, lead = open_incident(), make_agent()
    tell()
    receiver.got.clear()
    escalate(ticket, lead)
    escalate(ticket, lead, step="100")
    data = {"text_ko": "점검 중", "text_en": "We look at it."}
    row = Event.objects.create(ticket=ticket, verb=Verb.MAJOR, data=data)
    notices.announce(MajorUpdated(ticket.pk, row.pk, None, 1, ()))
    tell()
    assert told_of(receiver) == ["sla_warning", "sla_breach", "major_update"]
    warning, _breach, news = got(receiver)
    clock = {"metric": "resolution", "step": "75", "due_at": DUE, "goal": 14_400}
    assert warning["clock"] == clock
    assert news["text"] == "We look at it."


@pytest.mark.parametrize("kind", [HookKind.SLACK, HookKind.TEAMS])
def test_chats_get_text_in_which_nobody_can_hide_a_link(hook, receiver, tell, kind):
    hook.kind = kind
    hook.save()
    ticket = open_incident("<!channel> <https://evil.example|click> & [x](https://evil.example)")
    tell()
    ((_path, headers, body),) = receiver.got
    sent = json.loads(body)
    assert "X-Maru-Signature" not in headers
    if kind == HookKind.SLACK:
        assert set(sent) == {"text"}
        assert "<" not in sent["text"]
        assert "&lt;!channel&gt;" in sent["text"]
    else:
        card = sent["attachments"][0]["content"]
        assert card["type"] == "AdaptiveCard"
        assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert ticket.number in body.decode()


def asked(hook, ticket, step="100"):
    row = Event.objects.create(
        ticket=ticket, verb=Verb.ESCALATED, data={"metric": "resolution", "step": step}
    )
    notices.ask(WebhookAsked(ticket.pk, row.pk, None, hook.pk, step, "resolution"))
    return row


def test_an_agreement_calls_it_whatever_it_subscribed_to_and_once(hook, receiver, tell):
    hook.events = []
    hook.save()
    ticket = open_incident()
    row = asked(hook, ticket)
    notices.ask(WebhookAsked(ticket.pk, row.pk, None, hook.pk, "100", "resolution"))
    notices.ask(WebhookAsked(ticket.pk, row.pk, None, hook.pk + 1, "100", "resolution"))
    tell()
    assert told_of(receiver) == ["sla_breach"]


def test_telling_and_calling_twice_calls_once(hook, receiver, tell):
    open_incident()
    payload = OutboxMessage.objects.get(topic="notify").payload
    tell()
    notices.tell(payload)
    notices.call_out({"call": WebhookCall.objects.get().pk})
    tell()
    assert len(receiver.got) == 1


def test_one_that_is_switched_off_is_left_out_and_says_so(hook, receiver, tell):
    ticket = open_incident()
    tell()
    receiver.got.clear()
    Webhook.objects.update(is_active=False)
    asked(hook, ticket)
    tell()
    assert receiver.got == []
    assert WebhookCall.objects.latest("id").reason == Reason.OFF_HOOK


def again():
    """Do what waits as if its pause were over."""
    OutboxMessage.objects.filter(state="waiting").update(due_at="2020-01-01T00:00Z")
    outbox.dispatch_due()


def test_a_failing_one_is_tried_again_rests_and_goes_on_when_it_works(hook, receiver, tell):
    receiver.answer = (503, {}, b"down")
    open_incident()
    tell()
    hook.refresh_from_db()
    assert hook.failures == 1
    assert hook.rests_until > timezone.now()
    call = WebhookCall.objects.get()
    assert (call.state, call.reason) == (DeliveryState.QUEUED, "Failed: 503 down")
    tries = len(receiver.got)
    again()
    assert len(receiver.got) == tries  # it rests
    receiver.answer = (204, {}, b"")
    Webhook.objects.update(rests_until=timezone.now() - timedelta(seconds=1))
    again()
    call.refresh_from_db()
    hook.refresh_from_db()
    assert (call.state, call.answer, hook.failures) == (DeliveryState.SENT, 204, 0)


def test_one_that_never_works_is_set_aside_and_others_go_on(hook, receiver, tell):
    with receiving() as other:
        Webhook.objects.create(name="Works", url=other.url, secret="x", events=EVERYTHING)
        receiver.answer = (500, {}, b"")
        open_incident()
        for _ in range(14):
            again()
        assert len(other.got) == 1
    assert outbox.set_aside().get().topic == "webhook"
    assert WebhookCall.objects.get(hook=hook).state == DeliveryState.FAILED


@pytest.mark.parametrize("status", [301, 400, 404, 410])
def test_what_another_try_cant_mend_is_set_aside_at_once(hook, receiver, tell, status):
    receiver.answer = (status, {"Location": receiver.url}, b"no")
    open_incident()
    tell()
    assert outbox.set_aside().get().last_error == f"{status} no"
    assert len(receiver.got) == 1


def test_an_address_inside_is_set_aside_without_a_call(hook, receiver, settings, tell):
    settings.WEBHOOK_ALLOW = ()
    hook.url = hook.url.replace("http://", "https://")
    hook.save()
    open_incident()
    tell()
    assert "not a public address" in outbox.set_aside().get().last_error
    assert receiver.got == []


def test_without_webhooks_an_event_costs_one_query(tell):
    open_incident()
    payload = OutboxMessage.objects.get(topic="notify").payload
    with CaptureQueriesContext(connection) as queries:
        notices.tell(payload)
    assert sum("notifications_webhook" in query["sql"] for query in queries) == 1


VALUES = {
    "name": "Chat",
    "kind": "json",
    "url": "https://chat.example.com/hook",
    "events": ["opened"],
    "is_active": "on",
}


@pytest.fixture
def admin():
    return make_agent(role="administrator", language="en")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_an_administrator_makes_one_and_sees_its_secret_once(admin):
    client, team = client_of(admin), make_team()
    made = client.post("/admin-ui/webhooks/new/", {**VALUES, "teams": [team.pk]})
    hook = Webhook.objects.get()
    assert hook.secret
    assert hook.secret in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    page = f"/admin-ui/webhooks/{hook.pk}/"
    assert hook.secret not in client.get(page).content.decode()
    assert client.post(page, {**VALUES, "name": "Room"}).status_code == 302
    kept = Webhook.objects.get()
    assert (kept.name, kept.secret, list(kept.teams.all())) == ("Room", hook.secret, [])
    again = client.post(page, {**VALUES, "new_secret": "on"}).content.decode()
    assert Webhook.objects.get().secret in again
    assert Webhook.objects.get().secret != hook.secret
    logged = json.dumps(list(AuditEvent.objects.values_list("changes", flat=True)))
    assert hook.secret not in logged
    assert "secret" in logged


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://chat.example.com/"},
        {"url": "file:///etc/passwd"},
        {"url": "https://a:b@chat.example.com/"},
        {"events": ["nonsense"]},
        {"name": ""},
        {"kind": "other"},
    ],
)
def test_what_cant_work_is_refused(admin, changed):
    answer = client_of(admin).post("/admin-ui/webhooks/new/", {**VALUES, **changed})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_a_test_says_what_came_back(admin, hook, receiver):
    client, path = client_of(admin), f"/admin-ui/webhooks/{hook.pk}/"
    assert client.get(f"{path}test/").status_code == 405
    assert "It took the test." in client.post(f"{path}test/", follow=True).content.decode()
    receiver.answer = (418, {}, b"teapot")
    page = client.post(f"{path}test/", follow=True).content.decode()
    assert "It did not work: 418 teapot" in page
    assert told_of(receiver) == ["test", "test"]


def test_only_administrators_touch_webhooks(hook, receiver):
    agent = make_agent()
    for act in (
        lambda: notices.save_webhook({**VALUES, "is_active": True}, by=agent, hook=hook),
        lambda: notices.send_test(hook, by=agent),
    ):
        with pytest.raises(NotAllowed):
            act()
    client = client_of(agent)
    for path in ("", "new/", f"{hook.pk}/"):
        assert client.get(f"/admin-ui/webhooks/{path}").status_code == 403
    assert client.post(f"/admin-ui/webhooks/{hook.pk}/test/").status_code == 403
    assert receiver.got == []


def test_an_event_that_nobody_knows_is_refused(admin):
    values = {**VALUES, "events": ["x"], "is_active": True}
    with pytest.raises(ActionError):
        notices.save_webhook(values, by=admin)


def test_the_pages_show_calls_and_ask_the_same_number_of_queries(admin, hook, receiver, tell):
    client, path = client_of(admin), f"/admin-ui/webhooks/{hook.pk}/"

    def count(address):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    ticket = open_incident()
    tell()
    few, few_hooks = count(path), count("/admin-ui/webhooks/")
    for number in range(20):
        open_incident()
        Webhook.objects.create(name=f"Hook {number}", url="https://x.example.com", events=[])
    tell()
    assert count(path) == few
    assert count("/admin-ui/webhooks/") == few_hooks
    page = client.get(path).content.decode()
    assert ticket.number in page
    agent = make_agent(team=ticket.team, language="en")
    told = client_of(agent).get(f"/inbox/told/{ticket.number}/").content.decode()
    assert "Webhook: Pager" in told
