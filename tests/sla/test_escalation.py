"""What agreements want at a step is done once: people are told, deeds are done or refused aloud."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core import events, outbox
from core.events import Subscription
from core.models import OutboxMessage
from notifications.enums import HookEvent
from notifications.models import Notice, Webhook, WebhookCall
from sla.actions import escalate, publish, sweep_due
from sla.actions.escalate import TOPIC
from sla.events import EscalatedTogether
from sla.models import Clock, Step
from tests.factories import (
    make_agent,
    make_department,
    make_rota,
    make_service,
    make_team,
    open_incident,
    resolution,
)
from tickets import actions
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NOTIFY = {"do": "notify", "who": ["lead"]}


def agree(percent: int, *wanted: dict[str, Any], **fields: Any) -> None:
    """At this share of a first response the agreements want exactly this."""
    for policy in {step.policy for step in Step.objects.select_related("policy")}:
        policy.steps.filter(percent=percent).delete()
        policy.steps.create(
            percent=percent, actions=list(wanted), metrics=["first_response"], **fields
        )
    publish(by=None)


def urgent(**fields: Any) -> Ticket:
    """An incident whose first response is due within 15 minutes."""
    return open_incident(impact=1, urgency=1, **fields)


def after(ticket: Ticket, minutes: float) -> datetime:
    return ticket.opened_at.replace(microsecond=0) + minutes * MINUTE


def run(ticket: Ticket, minutes: float) -> None:
    """What a worker does at that minute."""
    sweep_due(after(ticket, minutes))
    outbox.dispatch_due()


def told(ticket: Ticket) -> set[int]:
    notices = Notice.objects.filter(ticket=ticket, event__verb="escalated")
    return set(notices.values_list("user_id", flat=True))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def refusals(ticket: Ticket) -> list[dict[str, Any]]:
    lines = Event.objects.filter(ticket=ticket, verb="escalated", data__has_key="refused")
    return [line.data for line in lines]


class World:
    """A service, its team with a lead and two agents, one of whom takes no new work."""

    def __init__(self) -> None:
        self.boss = make_agent("상사")
        self.lead = make_agent("팀장", manager=self.boss)
        self.owner = make_agent("주인")
        self.team = make_team(lead=self.lead)
        self.agent = make_agent("상담", team=self.team)
        self.away = make_agent("휴가")
        Membership.objects.create(team=self.team, user=self.away, is_available=False)
        self.service = make_service(team=self.team, owner=self.owner)

    def incident(self, **fields: Any) -> Ticket:
        return urgent(service=self.service, **fields)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("lead", ["lead"]),
        ("owner", ["owner"]),
        ("manager", ["boss"]),
        ("team", ["agent"]),
        ("assignee", ["agent"]),
        ("duty", ["agent"]),
    ],
)
def test_who_is_meant(world: World, who: str, expected: list[str]) -> None:
    agree(75, {"do": "notify", "who": [who]})
    ticket = world.incident()
    run(ticket, 12)
    assert told(ticket) == {getattr(world, name).pk for name in expected}


def test_whoever_works_on_it_is_the_assignee(world: World) -> None:
    agree(75, {"do": "notify", "who": ["assignee"]})
    other = make_agent(team=world.team)
    ticket = actions.assign(world.incident(), by=None, assignee=other)
    run(ticket, 12)
    assert told(ticket) == {other.pk}


def test_while_nobody_works_on_it_whoever_is_on_duty_is_told(world: World) -> None:
    agree(75, {"do": "notify", "who": ["assignee"]})
    make_agent(team=world.team)
    make_rota(world.team, world.agent)
    ticket = world.incident()
    run(ticket, 12)
    assert told(ticket) == {world.agent.pk}


def test_without_a_manager_of_their_own_it_is_the_departments(world: World) -> None:
    agree(75, {"do": "notify", "who": ["manager"]})
    head = make_agent()
    world.lead.manager, world.lead.department = None, make_department(manager=head)
    world.lead.save()
    ticket = world.incident()
    run(ticket, 12)
    assert told(ticket) == {head.pk}


def test_people_can_be_named_and_each_is_told_once(world: World) -> None:
    named = make_agent()
    agree(75, {"do": "notify", "who": ["lead", "owner"], "people": [named.pk, world.lead.pk]})
    ticket = world.incident()
    run(ticket, 12)
    assert told(ticket) == {named.pk, world.lead.pk, world.owner.pk}
    assert Notice.objects.filter(ticket=ticket, user=world.lead).count() == 1


def test_a_step_without_wishes_is_an_event_and_nothing_else(world: World) -> None:
    ticket = world.incident()
    sweep_due(after(ticket, 8))
    assert Event.objects.filter(ticket=ticket, verb="escalated").count() == 1
    assert not OutboxMessage.objects.filter(topic=TOPIC).exists()


def test_repeats_belong_to_the_breach(world: World) -> None:
    agree(100, NOTIFY, repeat_minutes=10, repeat_limit=2)
    ticket = world.incident()
    for minute in (16, 26, 36, 46, 56):
        run(ticket, minute)
    steps = Event.objects.filter(ticket=ticket, verb="escalated").values_list("data__step")
    assert [step for (step,) in steps.order_by("id")] == ["100", "100+1", "100+2"]
    assert Notice.objects.filter(ticket=ticket, user=world.lead).count() == 3


def test_who_is_told_of_the_breach_is_told_though_a_repeat_was_reached_first(world: World) -> None:
    agree(100, NOTIFY, repeat_minutes=10, repeat_limit=2)
    policy = Step.objects.filter(metrics=["first_response"]).order_by("-policy__position")[0].policy
    policy.steps.create(percent=100, actions=[{"do": "notify", "who": ["owner"]}])
    publish(by=None)
    ticket = world.incident()
    run(ticket, 26)
    assert told(ticket) == {world.lead.pk, world.owner.pk}


def test_a_warning_about_what_is_answered_meanwhile_is_dropped(world: World) -> None:
    agree(75, NOTIFY)
    ticket = world.incident()
    sweep_due(after(ticket, 12))
    actions.comment(ticket, "확인했습니다.", by=world.agent)
    outbox.dispatch_due()
    assert told(ticket) == set()


def test_a_breach_is_told_though_it_was_answered_meanwhile(world: World) -> None:
    agree(100, NOTIFY)
    ticket = world.incident()
    sweep_due(after(ticket, 16))
    actions.comment(ticket, "확인했습니다.", by=world.agent)
    outbox.dispatch_due()
    assert told(ticket) == {world.lead.pk}


def test_another_team_gets_it_with_the_reason(world: World) -> None:
    second = make_team()
    agree(75, {"do": "reassign", "team": second.pk}, NOTIFY)
    ticket = actions.transition(world.incident(), "start", by=world.agent)
    run(ticket, 12)
    assert fresh(ticket).team == second
    event = Event.objects.filter(ticket=ticket, verb="assigned").latest("id")
    assert event.actor is None
    assert "75" in event.data["reason"]


def test_a_refused_deed_is_noted_and_stops_nothing_else(world: World) -> None:
    gone = make_team(is_active=False)
    agree(75, {"do": "reassign", "team": gone.pk}, {"do": "raise_priority"}, NOTIFY)
    ticket = actions.override_priority(world.incident(), 1, by=None, reason="test")
    Clock.objects.filter(ticket=ticket).update(told=[])
    run(ticket, 12)
    assert fresh(ticket).team == world.team
    (refused,) = refusals(ticket)
    assert (refused["do"], refused["step"]) == ("reassign", "75")
    assert refused["refused"]
    assert told(ticket) == {world.lead.pk}


def test_priority_is_raised_by_one_up_to_the_first(world: World) -> None:
    agree(75, {"do": "raise_priority"})
    ticket = open_incident(service=world.service, impact=1, urgency=2)
    first = world.incident()
    run(ticket, 24)
    assert (fresh(ticket).priority, fresh(first).priority) == (1, 1)
    assert not refusals(first)


def test_what_is_resolved_is_left_where_it_is(world: World) -> None:
    agree(100, {"do": "reassign", "team": make_team().pk}, {"do": "raise_priority"}, NOTIFY)
    ticket = world.incident()
    sweep_due(after(ticket, 16))
    actions.transition(ticket, "resolve", by=world.agent, **resolution())
    outbox.dispatch_due()
    assert fresh(ticket).team == world.team
    assert told(ticket) == {world.lead.pk}


def test_a_late_worker_catches_up_on_deeds_but_not_on_words(world: World) -> None:
    second = make_team()
    agree(50, {"do": "reassign", "team": second.pk}, {"do": "notify", "who": ["owner"]})
    agree(90, NOTIFY)
    ticket = world.incident()
    run(ticket, 14)
    assert fresh(ticket).team == second
    assert world.owner.pk not in told(ticket)


def test_a_major_incident_is_proposed(world: World) -> None:
    agree(100, {"do": "candidate_major"})
    ticket = world.incident()
    run(ticket, 16)
    proposed = Event.objects.get(ticket=ticket, verb="major")
    assert proposed.data["step"] == "proposed"


def test_a_webhook_is_called_once(world: World) -> None:
    hook = Webhook.objects.create(
        name="x", url="https://hooks.example.org/x", events=[HookEvent.OPENED]
    )
    agree(100, {"do": "webhook", "webhook": hook.pk})
    ticket = world.incident()
    sweep_due(after(ticket, 16))
    message = OutboxMessage.objects.get(topic=TOPIC)
    for _run in range(2):
        escalate(message.payload)
    assert WebhookCall.objects.filter(ticket=ticket, data__step="100").count() == 1


def test_what_dies_half_way_is_done_once_in_the_end(world: World, monkeypatch: Any) -> None:
    second = make_team()
    agree(75, {"do": "reassign", "team": second.pk}, {"do": "raise_priority"}, NOTIFY)
    ticket = open_incident(service=world.service, impact=1, urgency=2)
    outbox.dispatch_due()
    sweep_due(after(ticket, 24))

    def dies(_event: EscalatedTogether) -> None:
        raise RuntimeError

    dying = Subscription(EscalatedTogether, dies, False)
    with monkeypatch.context() as patch:
        patch.setitem(events._subscriptions, EscalatedTogether, [dying])
        assert outbox.dispatch_due(limit=1).again == 1
    assert (fresh(ticket).team, fresh(ticket).priority) == (world.team, 2)
    OutboxMessage.objects.update(due_at=after(ticket, 0))
    outbox.dispatch_due()
    assert (fresh(ticket).team, fresh(ticket).priority) == (second, 1)
    assert Event.objects.filter(ticket=ticket, verb="assigned").count() == 1


def test_many_clocks_are_told_of_by_one_message(world: World) -> None:
    agree(100, {"do": "notify", "who": ["lead", "team", "owner", "manager", "duty"]})
    tickets = [world.incident() for _ in range(6)]
    sweep_due(after(tickets[-1], 16))
    (message,) = OutboxMessage.objects.filter(topic=TOPIC)
    assert len(message.payload["due"]) == len(tickets)
    outbox.dispatch_due()
    for ticket in tickets:
        assert told(ticket) == {world.agent.pk, world.lead.pk, world.owner.pk, world.boss.pk}


def together(tickets: list[Ticket], minutes: float) -> OutboxMessage:
    """The message by which people are told of all these."""
    outbox.dispatch_due()
    sweep_due(after(tickets[-1], minutes))
    outbox.dispatch_due(limit=1)
    return OutboxMessage.objects.get(topic="notify", state="waiting")


def test_telling_of_many_asks_no_more_than_of_two(world: World) -> None:
    agree(100, {"do": "notify", "who": ["lead", "owner"]})

    def asked(number: int) -> int:
        message = together([world.incident() for _ in range(number)], 16)
        assert len(message.payload["together"]) == number
        with CaptureQueriesContext(connection) as queries:
            assert outbox.dispatch_due(limit=1).done == 1
        return len(queries)

    assert asked(12) == asked(2)


def test_one_that_cannot_be_told_holds_up_no_other(world: World) -> None:
    agree(100, NOTIFY)
    tickets = [world.incident() for _ in range(3)]
    message = together(tickets, 16)
    payload = message.payload
    payload["together"][1]["event_id"] = 0
    message.payload = payload
    message.save()
    outbox.dispatch_due()
    assert [told(ticket) for ticket in tickets] == [{world.lead.pk}, set(), {world.lead.pk}]
    (waiting,) = OutboxMessage.objects.filter(topic="notify", state="waiting")
    assert waiting.payload["event_id"] == 0
