"""Figures follow the records they count, whenever and however often they are counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sla.actions.rollup import check_figures, rebuild_figures, roll_up
from sla.models import Attainment, Counted, Figure, Flow, Promise, Spell, Spent, Spread, Stale
from tests.factories import (
    make_agent,
    make_category,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
KEPT = (Figure, Spell, Promise, Flow, Attainment, Spent, Spread)


def everything() -> list[list[tuple]]:
    """All figures, without the keys of rows."""
    found = []
    for model in KEPT:
        names = [f.attname for f in model._meta.concrete_fields if f.attname != "id"]
        found.append(sorted(map(str, model.objects.values_list(*names))))
    return found


def day_sum(**where) -> dict[str, int]:
    row: Any = Flow.objects.filter(monthly=False, **{"grain": 0, **where}).values().first() or {}
    return {name: row.get(name, 0) for name in ("opened", "resolved", "entered", "left")}


def resolve(ticket: Ticket, agent) -> None:
    actions.transition(ticket, "resolve", by=agent, **resolution())


def test_a_life_is_counted_and_proved():
    agent, user = make_agent(team=make_team()), make_user()
    ticket = open_incident(by=user)
    actions.comment(ticket, "보고 있습니다.", by=agent)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    actions.comment(ticket, "네.", by=user)
    resolve(ticket, agent)
    assert roll_up() > 0
    assert not Stale.objects.exists()
    assert day_sum() == {"opened": 1, "resolved": 1, "entered": 1, "left": 1}
    assert list(check_figures()) == []
    assert Counted.objects.get().at <= timezone.now()


def test_counting_again_changes_nothing():
    agent = make_agent(team=make_team())
    resolve(open_incident(), agent)
    open_incident()
    roll_up()
    before = everything()
    Stale.objects.bulk_create(
        [Stale(ticket_id=pk) for pk in Ticket.objects.values_list("pk", flat=True)]
    )
    roll_up()
    assert everything() == before
    assert rebuild_figures() == 2
    assert everything() == before


def test_a_reopened_record_is_open_again_in_the_sums():
    agent = make_agent(team=make_team())
    ticket = open_incident()
    resolve(ticket, agent)
    roll_up()
    actions.transition(ticket, "reopen", by=agent)
    roll_up()
    assert day_sum() == {"opened": 1, "resolved": 0, "entered": 2, "left": 1}
    assert list(check_figures()) == []


def test_a_record_that_moves_takes_its_old_days_along():
    agent = make_agent(team=make_team())
    ticket = open_incident()
    roll_up()
    service, category = make_service(), make_category()
    actions.edit(ticket, {"service": service, "category": category}, by=agent)
    roll_up()
    assert day_sum(grain=1, service=service)["opened"] == 1
    assert day_sum(grain=8, category=category)["opened"] == 1
    assert not Flow.objects.filter(grain=1, service=None).exists()
    assert list(check_figures()) == []


def test_being_given_to_somebody_else_is_counted_too():
    team = make_team()
    first, second = make_agent(team=team), make_agent(team=team)
    ticket = open_incident(by=first, team=team)
    actions.assign(ticket, by=first, assignee=first)
    actions.assign(ticket, by=first, assignee=second)
    resolve(ticket, second)
    roll_up()
    figure = Figure.objects.get()
    assert (figure.reassigned, figure.first_contact) == (1, False)


def test_wrong_sums_are_found_and_made_right():
    open_incident()
    roll_up()
    Flow.objects.filter(grain=0).update(opened=7)
    Figure.objects.update(opened_on=timezone.localdate() - timedelta(days=400))
    assert any("Flow" in line for line in check_figures())
    assert any("record" in line for line in check_figures())
    rebuild_figures()
    assert list(check_figures()) == []


def test_a_small_batch_leaves_the_rest_for_the_next_turn():
    for _ in range(3):
        open_incident()
    number = Stale.objects.count()
    assert roll_up(limit=1) == 1
    assert not Counted.objects.exists()
    while roll_up(limit=1):
        pass
    assert number >= 3
    assert day_sum()["opened"] == 3
    assert list(check_figures()) == []


def test_the_sums_of_a_month_are_those_of_its_days():
    open_incident()
    roll_up()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT monthly, sum(opened) FROM sla_flow WHERE grain = 0 GROUP BY 1 ORDER BY 1"
        )
        assert cursor.fetchall() == [(False, 1), (True, 1)]
