"""What holds for every kind over the API, and for its requester: the page and the API agree."""

import pytest

from core.states import Phase
from tests.contract.test_kinds import agent, kind, opened, put_in  # noqa: F401  fixtures
from tests.factories import make_user
from tickets import access, actions

pytestmark = pytest.mark.django_db


def test_the_api_lists_reads_and_moves_it_as_the_page_does(kind, agent, client):  # noqa: F811
    client.force_login(agent)
    ticket = opened(kind, agent)
    folder = f"/api/v1/{kind.key}s/"
    assert [row["number"] for row in client.get(folder).json()["results"]] == [ticket.number]
    assert client.get(f"{folder}{ticket.number}/").json()["status"] == ticket.status
    said = client.get(f"{folder}{ticket.number}/transitions/").json()
    names = [move["name"] for move in said["results"]]
    assert names == [move.name for move in actions.allowed(ticket, agent)]


def test_its_requester_takes_it_back_until_somebody_began(kind, agent):  # noqa: F811
    requester = make_user()
    for state in kind.machine.states:
        ticket = actions.open_ticket(kind.key, by=agent, title="For somebody", requester=requester)
        ticket = put_in(ticket, state.key)
        unbegun = state.phase == Phase.NEW or state.decides or state.unbegun
        assert access.can(requester, "cancel", ticket) == unbegun
