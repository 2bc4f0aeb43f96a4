"""A merged record's clocks stop with it, and run on as if nothing had been when it comes back."""

import pytest

from sla.actions import check
from sla.models import Clock
from tests.factories import make_agent, make_team, make_user, open_incident, resolution
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def promises(ticket: Ticket) -> list[tuple[str, str, object]]:
    rows = Clock.objects.filter(ticket=ticket).order_by("id")
    return [(row.metric, row.state, row.due_at) for row in rows]


def test_merging_cancels_what_runs_and_undoing_starts_nothing_anew(agent):
    source, target = open_incident(by=make_user(), impact=1, urgency=1), open_incident()
    before, beside = promises(source), promises(target)
    actions.merge(source, target, by=agent)
    assert {state for _metric, state, _due in promises(source)} == {"cancelled"}
    assert promises(target) == beside
    assert list(check()) == []
    actions.unmerge(fresh(source), by=agent)
    assert promises(source) == before
    assert list(check()) == []


def test_what_was_met_before_merging_stays_met(agent):
    source, target = open_incident(by=make_user()), open_incident()
    actions.transition(source, "resolve", by=agent, **resolution())
    before = promises(source)
    actions.merge(fresh(source), target, by=agent)
    actions.unmerge(fresh(source), by=agent)
    assert promises(source) == before
    assert list(check()) == []
