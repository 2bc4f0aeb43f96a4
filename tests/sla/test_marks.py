"""Milestones and major incidents move their clocks in the same transaction."""

import pytest

from incidents import actions as major
from incidents.actions import security
from sla.actions import check
from sla.models import Clock, Outage
from tests.factories import make_agent, make_service, make_team, open_incident

pytestmark = pytest.mark.django_db


def test_containing_a_security_incident_ends_its_clock():
    agent = make_agent(team=make_team())
    ticket = open_incident(by=agent, impact=1, urgency=1, detail={"security": True})
    clock = Clock.objects.get(ticket=ticket, metric="contain")
    assert clock.state == "running"
    security.contain(ticket, by=agent)
    clock.refresh_from_db()
    assert clock.state == "met"
    assert list(check()) == []


def test_a_major_incident_opens_an_outage_of_its_service_and_ends_it():
    lead = make_agent(team=make_team(), role="team_lead")
    service = make_service()
    ticket = open_incident(by=lead, service=service, impact=1, urgency=1)
    major.declare(ticket, by=lead, severity=1, why="전 직원 접속 불가")
    outage = Outage.objects.get()
    assert (outage.service, outage.ticket_id, outage.started_at) == (
        service,
        ticket.pk,
        ticket.opened_at,
    )
    other = open_incident(by=lead, service=service, impact=1, urgency=1)
    major.declare(other, by=lead, severity=1, why="같은 장애")
    assert Outage.objects.count() == 1
    major.stand_down(ticket, by=lead)
    outage.refresh_from_db()
    assert outage.ended_at is not None


def test_declaring_a_major_incident_starts_the_clock_of_its_next_update():
    lead = make_agent(team=make_team(), role="team_lead")
    ticket = open_incident(by=lead, impact=1, urgency=1)
    major.declare(ticket, by=lead, severity=1, why="전 직원 접속 불가")
    clock = Clock.objects.get(ticket=ticket, metric="major_update")
    assert (clock.state, clock.due_at is not None) == ("running", True)
    assert list(check()) == []
