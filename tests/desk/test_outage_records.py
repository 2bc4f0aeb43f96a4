"""An outage that comes from a record names it only to those who may see that record."""

import pytest

from sla.actions.outages import open_outage
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions

pytestmark = pytest.mark.django_db


def test_a_record_that_became_restricted_is_not_named_beside_its_outage(client):
    agent = make_agent(team=make_team())
    service = make_service()
    ticket = open_incident(by=agent, team=agent.memberships.get().team, service=service)
    open_outage(service, by=None, note=ticket.number, source="incident", ticket=ticket)
    actions.restrict(ticket, True, by=agent)
    for reader, told in ((agent, True), (make_user(role="manager"), False)):
        client.force_login(reader)
        page = client.get(f"/desk/sla/objectives/{service.pk}/").content.decode()
        assert (ticket.number in page) is told
