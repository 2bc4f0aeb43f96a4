"""An incident's life through the actions: rules.md section 4."""

import pytest

from core.errors import ActionError
from tests.factories import (
    join,
    make_agent,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
    waiting_for_supplier,
)
from tickets import actions
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_opening_numbers_routes_and_records_one_event():
    requester = make_user()
    team = make_team()
    ticket = open_incident(by=requester, impact=1, urgency=2)
    assert ticket.number == f"INC-{ticket.serial}"
    assert (ticket.status, ticket.phase, ticket.priority) == ("new", "new", 2)
    assert ticket.team == team
    assert ticket.incident.resolution == ""
    assert [event.verb for event in Event.objects.filter(ticket=ticket)] == ["opened"]


def test_assigning_a_new_incident_moves_it_to_assigned_and_back():
    team = make_team()
    agent = make_agent(team=team)
    ticket = open_incident()
    ticket = actions.assign(ticket, by=agent, assignee=agent)
    assert ticket.status == "assigned"
    assert actions.assign(ticket, by=agent, assignee=None).status == "new"


def test_starting_work_claims_an_unassigned_incident():
    agent = make_agent(team=make_team())
    ticket = actions.transition(open_incident(), "start", by=agent)
    assert ticket.assignee == agent


def test_resolving_needs_code_text_and_cause():
    agent = make_agent(team=make_team())
    ticket = open_incident()
    with pytest.raises(ActionError) as refused:
        actions.transition(ticket, "resolve", by=agent)
    assert set(refused.value.errors) == {"resolution_code", "resolution", "cause_category"}
    ticket = actions.transition(ticket, "resolve", by=agent, **resolution())
    assert ticket.resolved_at
    assert ticket.auto_close_at
    assert fresh(ticket).incident.resolution == "Restarted the VPN gateway."


def test_requester_reply_resumes_only_what_waits_for_the_requester():
    agent = make_agent(team=make_team())
    requester = make_user()
    for reason, status in (
        (waiting_for_requester(), "in_progress"),
        (waiting_for_supplier(), "pending"),
    ):
        ticket = open_incident(by=requester)
        actions.transition(ticket, "pend", by=agent, pending_reason=reason)
        actions.comment(ticket, "It is the blue one.", by=requester)
        assert fresh(ticket).status == status


def test_requester_reply_reopens_a_resolved_incident():
    agent = make_agent(team=make_team())
    requester = make_user()
    ticket = open_incident(by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    actions.comment(ticket, "Still broken.", by=requester)
    ticket = fresh(ticket)
    assert (ticket.status, ticket.reopen_count, ticket.resolved_at) == ("in_progress", 1, None)


def test_answer_after_closing_opens_a_linked_follow_up():
    agent = make_agent(team=make_team())
    requester = make_user()
    ticket = open_incident(by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    actions.transition(ticket, "close", by=requester)
    said = actions.comment(ticket, "It came back.", by=requester)
    assert said.ticket_id != ticket.pk
    assert fresh(ticket).status == "closed"
    link = said.ticket.links_out.get()
    assert (link.type, link.target_id) == ("follow_up_of", ticket.pk)


def test_children_follow_start_and_pending_but_not_closing():
    team = make_team()
    agent = make_agent(team=team)
    parent, child = open_incident(), open_incident()
    actions.link(parent, actions.links.LinkType.PARENT_OF, child, by=agent)
    actions.transition(parent, "start", by=agent)
    assert fresh(child).status == "in_progress"
    actions.transition(parent, "resolve", by=agent, children=True, **resolution())
    assert fresh(child).status == "resolved"
    actions.transition(parent, "close", by=agent)
    assert fresh(child).status == "resolved"


def test_another_team_on_work_in_progress_needs_a_reason():
    team, other = make_team(), make_team()
    agent = make_agent(team=team)
    join(other, agent)
    ticket = actions.transition(open_incident(), "start", by=agent)
    with pytest.raises(ActionError) as refused:
        actions.assign(ticket, by=agent, team=other)
    assert refused.value.field == "reason"
    moved = actions.assign(ticket, by=agent, team=other, reason="It is the network.")
    assert (moved.team, moved.assignee, moved.reassign_count) == (other, None, 1)
