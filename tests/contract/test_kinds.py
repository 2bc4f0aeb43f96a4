"""What holds for every kind of record, tested once: parametrised over the kind registry."""

import pytest
from django.utils import translation

from accounts.models import User
from core.errors import ActionError
from core.states import OPEN_PHASES, Phase
from tests.factories import (
    make_agent,
    make_team,
    make_user,
    resolution,
    waiting_for_requester,
)
from tickets import access, actions, kinds, numbering
from tickets.enums import LinkType
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db

# What the transitions of any kind may ask for; a new kind adds its own answers here.
ANSWERS = {
    "pending_reason": waiting_for_requester,
    "reason": lambda: "Because.",
    "resolution_code": lambda: resolution()["resolution_code"],
    "resolution": lambda: resolution()["resolution"],
    "cause_category": lambda: resolution()["cause_category"],
    "fulfilment": lambda: "Delivered to the desk.",
}


@pytest.fixture(params=[kind.key for kind in kinds.all_kinds()])
def kind(request) -> kinds.Kind:
    return kinds.get(request.param)


@pytest.fixture
def agent() -> User:
    return make_agent(team=make_team())


def opened(kind: kinds.Kind, by: User, title: str = "Something happened") -> Ticket:
    return actions.open_ticket(kind.key, by=by, title=title)


def answers(move) -> dict:
    return {name: ANSWERS[name]() for name in move.required}


def put_in(ticket: Ticket, status: str) -> Ticket:
    phase = ticket.kind_info.machine.phase(status)
    Ticket.objects.filter(pk=ticket.pk).update(status=status, phase=phase)
    return Ticket.objects.get(pk=ticket.pk)


def test_a_kind_is_whole(kind):
    assert kind.detail_model._meta.pk.name == "ticket"
    assert kind.machine.phase(kind.machine.initial) == Phase.NEW
    assert {state.phase for state in kind.machine.states} >= {Phase.NEW, Phase.ACTIVE, Phase.CLOSED}
    for language in ("en", "ko"):
        with translation.override(language):
            words = [kind.label, kind.label_plural, *(state.label for state in kind.machine.states)]
            assert all(str(word).strip() for word in words)


def test_every_state_can_be_reached_and_every_open_one_left(kind):
    machine = kind.machine
    reached = {machine.initial}
    while more := {m.target for m in machine.transitions if set(m.sources) & reached} - reached:
        reached |= more
    assert reached == set(machine.by_key)
    for state in machine.states:
        if state.phase in OPEN_PHASES:
            assert machine.from_state(state.key), state.key


def test_it_opens_with_a_number_of_its_own_and_one_event(kind, agent):
    one, two = opened(kind, agent), opened(kind, agent)
    assert one.number.startswith(f"{kind.prefix}-")
    assert one.serial < two.serial
    assert kind.detail_model.objects.filter(pk=one.pk).exists()
    assert list(Event.objects.filter(ticket=one).values_list("verb", flat=True)) == ["opened"]


def test_it_is_found_by_number_and_seen_in_lists(kind, agent):
    ticket = opened(kind, agent)
    visible = Ticket.objects.visible_to(agent)
    assert visible.open().get(pk=ticket.pk)
    assert numbering.resolve(ticket.number.lower(), visible) == [ticket]
    assert access.get(agent, f"{kind.prefix.lower()}{ticket.serial}") == ticket


def test_each_transition_is_one_event_and_lands_where_its_table_says(kind, agent):
    for move in kind.machine.transitions:
        if move.automatic:
            continue
        for source in move.sources:
            ticket = put_in(opened(kind, agent), source)
            before = Event.objects.filter(ticket=ticket).count()
            moved = actions.transition(ticket, move.name, by=agent, **answers(move))
            assert (moved.status, moved.phase) == (move.target, kind.machine.phase(move.target))
            event = Event.objects.filter(ticket=ticket).last()
            assert Event.objects.filter(ticket=ticket).count() == before + 1
            assert event.changes["status"] == [source, move.target]
            assert (event.actor, event.data["name"]) == (agent, move.name)


def test_a_stranger_may_do_none_of_its_transitions(kind, agent):
    stranger = make_user()
    for move in kind.machine.transitions:
        ticket = put_in(opened(kind, agent), move.sources[0])
        with pytest.raises(ActionError) as refused:
            actions.transition(ticket, move.name, by=stranger, **answers(move))
        assert refused.value.status == 404
        assert actions.allowed(ticket, stranger) == []


def test_required_answers_are_asked_for(kind, agent):
    for move in kind.machine.transitions:
        if move.required and not move.automatic:
            ticket = put_in(opened(kind, agent), move.sources[0])
            with pytest.raises(ActionError) as refused:
                actions.transition(ticket, move.name, by=agent)
            assert set(refused.value.errors) == set(move.required)


def test_comments_respect_visibility(kind, agent):
    requester = make_user()
    ticket = actions.open_ticket(kind.key, by=agent, title="For somebody", requester=requester)
    actions.comment(ticket, "Inside", by=agent, visibility="internal")
    actions.comment(ticket, "Outside", by=agent)
    assert [said.body for said in access.comments(requester, ticket)] == ["Outside"]


def test_links_tasks_watchers_and_tags_work(kind, agent):
    one, two = opened(kind, agent), opened(kind, agent)
    actions.link(one, LinkType.RELATED, two, by=agent)
    assert actions.add_task(one, "Do it", by=agent).number.startswith("TSK-")
    actions.watch(one, make_user(), by=agent)
    assert actions.edit(one, {"tags": ["#vpn", "vpn", " seoul "]}, by=agent).tags == [
        "vpn",
        "seoul",
    ]


def test_the_row_is_what_its_events_say(kind, agent):
    """Replaying the log gives the state that the row shows."""
    ticket = opened(kind, agent)
    for _step in range(6):
        moves = actions.allowed(Ticket.objects.get(pk=ticket.pk), agent)
        if not moves:
            break
        actions.transition(ticket, moves[0].name, by=agent, **answers(moves[0]))
    ticket = Ticket.objects.get(pk=ticket.pk)
    status = None
    for event in Event.objects.filter(ticket=ticket):
        if event.verb == "opened":
            status = event.data["status"]
        elif "status" in event.changes:
            old, new = event.changes["status"]
            assert old == status
            status = new
    assert status == ticket.status
    assert ticket.version == Event.objects.filter(ticket=ticket).count() + 1
