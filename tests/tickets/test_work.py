"""Routing, links, tasks, numbers, the log, what happens by itself: rules.md sections 1 and 4."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.enums import Routing
from core import options
from core.errors import ActionError, NotAllowed, NotFound
from core.workdays import add_workdays
from tests.factories import (
    join,
    make_agent,
    make_category,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_supplier,
)
from tickets import actions, numbering
from tickets.enums import LinkType
from tickets.models import ChecklistItem, Event, Link, RoutingRule, Ticket, WorkTemplate

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_routing_rule_then_service_then_category_then_default():
    default, supports, sorts, rules = (make_team() for _ in range(4))
    options.put("default_team", default.pk)
    service, category = make_service(team=supports), make_category(team=sorts)
    assert open_incident().team == default
    assert open_incident(category=category).team == sorts
    assert open_incident(category=category, service=service).team == supports
    RoutingRule.objects.create(position=1, title_contains="VPN", team=rules)
    assert open_incident("vpn down", service=service).team == rules
    assert open_incident("Printer", service=service).team == supports


def test_a_rule_for_a_category_holds_for_its_children():
    make_team()
    team = make_team()
    parent = make_category()
    RoutingRule.objects.create(category=parent, team=team)
    assert open_incident(category=make_category(parent=parent)).team == team


def test_round_robin_goes_in_turn_and_skips_who_takes_no_work():
    first, second, absent = make_agent(), make_agent(), make_agent()
    team = make_team("", first, second, routing=Routing.ROUND_ROBIN)
    join(team, absent, is_available=False)
    assert [open_incident().assignee for _ in range(3)] == [first, second, first]


def test_least_loaded_goes_to_who_has_fewest_open():
    busy, idle = make_agent(), make_agent()
    team = make_team("", busy, idle, routing=Routing.LEAST_LOADED)
    actions.assign(open_incident(), by=busy, assignee=busy)
    assert team.routing == Routing.LEAST_LOADED
    assert open_incident().assignee == idle


def test_a_record_always_has_a_team():
    with pytest.raises(ActionError) as refused:
        actions.open_ticket("incident", by=make_user(), title="No teams at all")
    assert refused.value.code == "no_team"


def test_a_requester_reports_for_themselves_only(agent):
    with pytest.raises(NotAllowed):
        open_incident(by=make_user(), requester=make_user())
    requester = make_user()
    ticket = open_incident(by=agent, requester=requester)
    assert (ticket.requester, ticket.opened_by) == (requester, agent)


def test_work_goes_only_to_people_of_the_desk_who_are_still_here(agent):
    ticket = open_incident()
    for person in (make_user(), make_agent(is_active=False)):
        with pytest.raises(ActionError) as refused:
            actions.assign(ticket, by=agent, assignee=person)
        assert refused.value.field == "assignee"


@pytest.mark.parametrize(
    "typed", ["INC-{}", "inc{}", "inc {}", "#{}", "{}", " Inc-0{} ", "#INC-{}"]
)
def test_a_number_is_found_however_it_is_typed(typed, agent):
    ticket = open_incident()
    found = numbering.resolve(typed.format(ticket.serial), Ticket.objects.visible_to(agent))
    assert found == [ticket]


@pytest.mark.parametrize("typed", ["", "INC-", "abc", "ZZZ-1", "1 2", "INC-1'; --", "9" * 40])
def test_what_is_no_number_finds_nothing(typed, agent):
    assert numbering.resolve(typed, Ticket.objects.visible_to(agent)) == []


def test_links_read_both_ways_and_are_made_once(agent):
    one, other = open_incident(), open_incident()
    made = actions.link(one, LinkType.CAUSED_BY, other, by=agent)
    assert actions.link(one, LinkType.CAUSED_BY, other, by=agent) == made
    for ticket in (one, other):
        assert Event.objects.filter(ticket=ticket, verb="linked").count() == 1
    actions.unlink(made, by=agent)
    assert not Link.objects.exists()
    for ticket in (one, other):
        assert Event.objects.filter(ticket=ticket, verb="unlinked").count() == 1


def test_no_parent_child_circle_and_one_parent_only(agent):
    a, b, c, d = (open_incident() for _ in range(4))
    actions.link(a, LinkType.PARENT_OF, b, by=agent)
    actions.link(b, LinkType.PARENT_OF, c, by=agent)
    with pytest.raises(ActionError) as refused:
        actions.link(c, LinkType.PARENT_OF, a, by=agent)
    assert refused.value.code == "circle"
    with pytest.raises(ActionError) as refused:
        actions.link(d, LinkType.PARENT_OF, c, by=agent)
    assert refused.value.code == "has_parent"
    with pytest.raises(ActionError):
        actions.link(a, LinkType.RELATED, a, by=agent)


def test_linking_does_not_reveal_a_record_one_may_not_see(agent):
    secret = open_incident()
    Ticket.objects.filter(pk=secret.pk).update(restricted=True, team=make_team())
    with pytest.raises(NotFound):
        actions.link(open_incident(), LinkType.RELATED, secret, by=agent)


def test_a_task_waits_for_what_it_depends_on(agent):
    ticket = open_incident()
    first = actions.add_task(ticket, "Order the part", by=agent)
    second = actions.add_task(ticket, "Build it in", by=agent, depends_on=[first])
    with pytest.raises(ActionError) as refused:
        actions.change_task(second, {"state": "in_progress"}, by=agent)
    assert refused.value.code == "waits"
    first = actions.change_task(first, {"state": "done"}, by=agent)
    assert first.started_at
    assert first.ended_at
    assert actions.change_task(second, {"state": "in_progress"}, by=agent).started_at


def test_a_template_brings_tasks_and_lines(agent):
    ticket = open_incident()
    lines = [{"type": "task", "title": "Call"}, {"type": "check", "title": "Asked for the serial"}]
    template = WorkTemplate.objects.create(key="t", name_en="Call back", lines=lines)
    assert actions.apply_template(ticket, template, by=agent) == 2
    line = ChecklistItem.objects.get(ticket=ticket)
    assert actions.tick(line, True, by=agent).done_by == agent


def test_events_are_append_only_in_the_database():
    event = Event.objects.get(ticket=open_incident())
    for statement in ("UPDATE tickets_event SET verb = 'x'", "DELETE FROM tickets_event"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} WHERE id = %s", [event.pk])
    assert Event.objects.get(pk=event.pk).verb == "opened"


def test_a_record_cannot_be_deleted_by_sql():
    ticket = open_incident()
    delete = "DELETE FROM tickets_ticket WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(delete, [ticket.pk])


def test_resolved_closes_by_itself_after_five_working_days(agent):
    friday = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    with time_machine.travel(friday, tick=False):
        ticket = actions.transition(open_incident(), "resolve", by=agent, **resolution())
        assert ticket.auto_close_at == friday + timedelta(days=7)
        assert actions.auto_close_due() == 0
    assert actions.auto_close_due(friday + timedelta(days=7, seconds=-1)) == 0
    assert actions.auto_close_due(friday + timedelta(days=7)) == 1
    assert actions.auto_close_due(friday + timedelta(days=7)) == 0
    ticket = fresh(ticket)
    assert (ticket.status, Event.objects.filter(ticket=ticket).last().actor) == ("closed", None)


def test_working_days_skip_chuseok_and_its_substitute_holiday():
    thursday = datetime(2025, 10, 2, 3, 0, tzinfo=UTC)
    assert add_workdays(thursday, 1, "Asia/Seoul", "KR").date().isoformat() == "2025-10-10"


def test_pending_until_resumes_by_itself(agent):
    ticket = open_incident()
    later = timezone.now() + timedelta(hours=1)
    actions.transition(
        ticket, "pend", by=agent, pending_reason=waiting_for_supplier(), resume_at=later
    )
    assert actions.resume_due() == 0
    assert actions.resume_due(later) == 1
    ticket = fresh(ticket)
    assert (ticket.status, ticket.resume_at, ticket.pending_reason) == ("in_progress", None, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_records_opened_at_once_never_share_a_number():
    make_team()
    person = make_user()

    def open_five(_):
        try:
            return [open_incident(by=person).number for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for batch in pool.map(open_five, range(4)) for number in batch]
    assert len(set(numbers)) == 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_parent_links_made_at_once_close_no_circle():
    agent = make_agent(team=make_team())
    a, b = open_incident(), open_incident()

    def join_up(pair):
        try:
            actions.link(pair[0], LinkType.PARENT_OF, pair[1], by=agent)
        except ActionError as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join_up, [(a, b), (b, a)])) == ["circle", "made"]
