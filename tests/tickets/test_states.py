"""The state engine and every kind's table: rules.md section 1."""

import pytest

from accounts.enums import Role
from core.errors import ActionError, NotAllowed, NotFound
from core.states import IllegalTransition, Machine, Phase, State, Transition
from tests.factories import make_agent, make_team, make_user, open_incident, resolution
from tests.factories import waiting_for_supplier as supplier
from tickets import actions, kinds
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db

DATA = {
    "pend": lambda: {"pending_reason": supplier()},
    "resolve": resolution,
    "cancel": lambda: {"reason": "Asked twice."},
}
INCIDENT = """
new          start pend resolve cancel
assigned     start pend resolve cancel
in_progress  pend resolve cancel
pending      resume resolve cancel
resolved     reopen close
closed
cancelled
"""


def in_state(status: str) -> Ticket:
    """An incident put into a state directly; the walk below is about leaving it."""
    ticket = open_incident()
    phase = ticket.kind_info.machine.phase(status)
    Ticket.objects.filter(pk=ticket.pk).update(status=status, phase=phase)
    return Ticket.objects.get(pk=ticket.pk)


def test_the_incident_table_is_the_one_in_the_rules():
    machine = kinds.get("incident").machine
    written = {
        state.key: [move.name for move in machine.from_state(state.key) if not move.automatic]
        for state in machine.states
    }
    stated = {line.split()[0]: line.split()[1:] for line in INCIDENT.strip().splitlines()}
    assert written == stated


@pytest.mark.parametrize("line", INCIDENT.strip().splitlines())
def test_each_state_and_action_pair_is_allowed_or_refused(line):
    status, *legal = line.split()
    machine = kinds.get("incident").machine
    agent = make_agent(team=make_team())
    for name in sorted({move.name for move in machine.transitions if not move.automatic}):
        ticket = in_state(status)
        before = Event.objects.filter(ticket=ticket).count()
        data = DATA.get(name, dict)()
        if name in legal:
            moved = actions.transition(ticket, name, by=agent, **data)
            assert moved.status == machine.find(status, name).target
            assert moved.phase == machine.phase(moved.status)
            assert Event.objects.filter(ticket=ticket).count() == before + 1
        else:
            with pytest.raises(ActionError) as refused:
                actions.transition(ticket, name, by=agent, **data)
            assert refused.value.code == "illegal_transition"
            assert Event.objects.filter(ticket=ticket).count() == before


def test_a_person_cannot_do_what_happens_by_itself():
    agent = make_agent(team=make_team())
    with pytest.raises(NotAllowed):
        actions.transition(open_incident(), "assign", by=agent)


@pytest.mark.parametrize("status", ["new", "in_progress", "resolved"])
def test_buttons_are_what_the_actions_allow(status):
    ticket = in_state(status)
    people = {
        "requester": ticket.requester,
        "agent": make_agent(),
        "auditor": make_user(role=Role.AUDITOR),
        "stranger": make_user(),
    }
    expected = {
        "new": {"requester": ["cancel"], "agent": ["start", "pend", "resolve", "cancel"]},
        "in_progress": {"requester": [], "agent": ["pend", "resolve", "cancel"]},
        "resolved": {"requester": ["reopen", "close"], "agent": ["reopen", "close"]},
    }[status]
    for name, person in people.items():
        offered = [move.name for move in actions.allowed(ticket, person)]
        assert offered == expected.get(name, []), name
        for move in ticket.kind_info.machine.from_state(status):
            if move.name not in offered:
                with pytest.raises((NotAllowed, NotFound)):
                    actions.transition(ticket, move.name, by=person, **DATA.get(move.name, dict)())


def test_unknown_data_is_refused_rather_than_dropped():
    agent = make_agent(team=make_team())
    with pytest.raises(ActionError) as refused:
        actions.transition(open_incident(), "start", by=agent, priority=1)
    assert refused.value.code == "unknown_field"


def test_pending_times_lie_in_the_future():
    agent = make_agent(team=make_team())
    ticket = open_incident()
    with pytest.raises(ActionError) as refused:
        actions.transition(
            ticket, "pend", by=agent, pending_reason=supplier(), resume_at=ticket.opened_at
        )
    assert refused.value.field == "resume_at"


def test_open_tasks_ask_before_resolving():
    agent = make_agent(team=make_team())
    ticket = open_incident()
    actions.add_task(ticket, "Replace the cable", by=agent)
    actions.add_check(ticket, "Told the user", by=agent)
    with pytest.raises(ActionError) as refused:
        actions.transition(ticket, "resolve", by=agent, **resolution())
    assert refused.value.code == "open_work"
    assert actions.transition(ticket, "resolve", by=agent, anyway=True, **resolution()).resolved_at


def test_a_table_with_an_unknown_state_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        Machine("a", (State("a", "A", Phase.NEW),), (Transition("go", "Go", ("a",), "nowhere"),))


def test_finding_a_move_that_is_not_there():
    machine = kinds.get("incident").machine
    with pytest.raises(IllegalTransition):
        machine.find("closed", "start")
