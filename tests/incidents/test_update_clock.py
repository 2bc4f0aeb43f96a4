"""The clock of the next notice follows what stakeholders were promised."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from incidents import actions
from incidents.models import MajorIncident
from sla.actions import check
from sla.models import Clock
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return make_agent(team=make_team(), role=Role.TEAM_LEAD)


@pytest.fixture
def ticket(lead: User) -> Ticket:
    service = make_service()
    return open_incident(by=make_user(), service=service, impact=1, urgency=1)


def publish(ticket: Ticket, by: User, **fields: Any) -> Any:
    values = {"stage": "identified", "condition": "major", "text_en": "We are on it."}
    return actions.publish(ticket, by=by, **{**values, **fields})


def clocks(ticket: Ticket) -> list[tuple[str, Any]]:
    found = Clock.objects.filter(ticket=ticket, metric="major_update").order_by("sequence")
    return [(clock.state, clock.due_at) for clock in found]


def second(instant: Any) -> Any:
    return instant.replace(microsecond=0)


def test_each_notice_keeps_one_promise_and_makes_the_next(ticket, lead):
    major = actions.declare(ticket, by=lead, why="Down.", severity=1)
    assert clocks(ticket) == [("running", second(major.next_update_at))]
    promised = timezone.now() + timedelta(minutes=25)
    publish(ticket, lead, next_update_at=promised)
    (first, _due), (now, due) = clocks(ticket)
    assert (first, now, due) == ("met", "running", second(promised))
    assert MajorIncident.objects.get().next_update_at == promised
    assert list(check()) == []


def test_after_the_last_notice_nothing_is_due(ticket, lead):
    actions.declare(ticket, by=lead, why="Down.", severity=1)
    publish(ticket, lead, stage="resolved", condition="operational")
    assert [state for state, _due in clocks(ticket)] == ["met"]
    actions.stand_down(ticket, by=lead)
    assert [state for state, _due in clocks(ticket)] == ["met"]
    assert list(check()) == []


def test_standing_down_leaves_no_promise_open(ticket, lead):
    actions.declare(ticket, by=lead, why="Down.", severity=2)
    actions.stand_down(ticket, by=lead)
    assert "running" not in [state for state, _due in clocks(ticket)]


def test_a_public_notice_is_the_first_response(ticket, lead):
    actions.declare(ticket, by=lead, why="Down.", severity=1)
    answer = Clock.objects.get(ticket=ticket, metric="first_response")
    assert answer.state == "running"
    publish(ticket, lead, audience="stakeholders", next_update_at=timezone.now() + timedelta(1))
    answer.refresh_from_db()
    assert answer.state == "running"
    publish(ticket, lead, next_update_at=timezone.now() + timedelta(1))
    answer.refresh_from_db()
    assert answer.state == "met"
    assert list(check()) == []
