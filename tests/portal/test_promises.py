"""The requester reads by when the desk means to answer and to solve, and nothing more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sla.models import Clock
from tests.factories import make_agent, make_team, make_user, open_incident, resolution
from tickets import actions

pytestmark = pytest.mark.django_db


def page(client: Client, number: str) -> dict[str, str]:
    promises = client.get(f"/portal/my/{number}/").context["promises"]
    return {str(what): when for what, when in promises}


def test_what_is_promised_follows_what_has_been_kept() -> None:
    user, agent = make_user(language="en"), make_agent(team=make_team())
    ticket = open_incident(by=user)
    client = Client()
    client.force_login(user)
    assert set(page(client, ticket.number)) == {"We aim to answer by", "We aim to solve it by"}
    actions.comment(ticket, "We are on it.", by=agent)
    assert set(page(client, ticket.number)) == {"We aim to solve it by"}
    over = timezone.now() - timedelta(minutes=5)
    Clock.objects.filter(ticket=ticket, metric="resolution").update(due_at=over)
    assert set(page(client, ticket.number)) == {"Was to be solved by"}
    actions.transition(ticket, "resolve", by=agent, **resolution())
    assert page(client, ticket.number) == {}


def test_goals_calendars_and_internal_targets_are_not_told() -> None:
    user = make_user(language="en")
    ticket = open_incident(by=user)
    Clock.objects.filter(ticket=ticket, metric="resolution").update(metric="team")
    client = Client()
    client.force_login(user)
    assert set(page(client, ticket.number)) == {"We aim to answer by"}
    content = client.get(f"/portal/my/{ticket.number}/").content.decode()
    assert "Calendar" not in content
    assert "Goal" not in content
