"""Optimistic edits by field version, priority and its override: rules.md sections 1 and 2."""

import pytest

from accounts.enums import Role
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core import options
from core.errors import ActionError, Conflict, NotAllowed
from tests.factories import (
    make_agent,
    make_category,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions, priority
from tickets.models import Category, Event, PriorityCell, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


@pytest.mark.parametrize(
    ("impact", "urgency", "level"),
    [
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 2),
        (1, 3, 3),
        (2, 2, 3),
        (3, 1, 3),
        (2, 3, 4),
        (3, 2, 4),
        (3, 3, 5),
    ],
)
def test_the_default_matrix(impact, urgency, level):
    assert priority.default_matrix()[(impact, urgency)] == level


def test_the_matrix_is_data():
    PriorityCell.objects.update_or_create(impact=3, urgency=3, defaults={"priority": 4})
    assert open_incident(impact=3, urgency=3).priority == 4


def test_a_vip_raises_by_one_only_when_switched_on():
    vip = make_user(is_vip=True)
    assert open_incident(by=vip, impact=2, urgency=2).priority == 3
    options.put("raise_for_vip", True)
    assert open_incident(by=vip, impact=2, urgency=2).priority == 2
    assert open_incident(by=vip, impact=1, urgency=1).priority == 1


def test_a_critical_service_and_a_vip_together_raise_by_one(agent):
    options.put("raise_for_vip", True)
    options.put("raise_for_criticality", True)
    service = make_service(criticality=1)
    ticket = open_incident(by=make_user(is_vip=True), service=service, impact=2, urgency=2)
    assert ticket.priority == 2


def test_changing_impact_recomputes_the_priority_in_the_same_event(agent):
    ticket = actions.edit(open_incident(), {"impact": 1, "urgency": 1}, by=agent)
    assert ticket.priority == 1
    event = Event.objects.filter(ticket=ticket).last()
    assert event.changes == {"impact": [3, 1], "urgency": [3, 1], "priority": [5, 1]}


def test_an_override_needs_right_and_reason_and_stays(agent):
    lead = make_user(role=Role.TEAM_LEAD)
    ticket = open_incident()
    with pytest.raises(NotAllowed):
        actions.override_priority(ticket, 1, by=agent, reason="The CEO called.")
    with pytest.raises(ActionError) as refused:
        actions.override_priority(ticket, 1, by=lead, reason=" ")
    assert refused.value.field == "reason"
    actions.override_priority(ticket, 1, by=lead, reason="The CEO called.")
    ticket = actions.edit(ticket, {"impact": 2}, by=agent)
    assert (ticket.priority, ticket.priority_overridden) == (1, True)
    assert Event.objects.filter(ticket=ticket, data__reason="The CEO called.").exists()
    ticket = actions.override_priority(ticket, None, by=lead, reason="Settled.")
    assert (ticket.priority, ticket.priority_overridden) == (4, False)


def test_two_people_changing_different_fields_both_succeed(agent):
    ticket = open_incident()
    seen = dict(ticket.field_versions)
    actions.edit(ticket, {"title": "Printer jams"}, by=agent, seen={"title": seen.get("title", 0)})
    actions.edit(ticket, {"impact": 1}, by=agent, seen={"impact": seen.get("impact", 0)})
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.title, ticket.impact) == ("Printer jams", 1)


def test_the_same_field_shows_both_values_and_loses_neither(agent):
    other = make_agent()
    ticket = open_incident("First")
    actions.edit(ticket, {"title": "Theirs"}, by=other, seen={"title": 0})
    with pytest.raises(Conflict) as refused:
        actions.edit(ticket, {"title": "Mine", "impact": 1}, by=agent, seen={"title": 0})
    (clash,) = refused.value.clashes
    assert (clash.field, clash.seen, clash.current, clash.wanted) == (
        "title",
        "First",
        "Theirs",
        "Mine",
    )
    assert clash.changed_by_id == other.pk
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.title, ticket.impact) == ("Theirs", 3)


def test_wanting_what_somebody_else_already_set_is_no_conflict(agent):
    ticket = open_incident("First")
    actions.edit(ticket, {"title": "Same"}, by=make_agent(), seen={"title": 0})
    assert actions.edit(ticket, {"title": "Same"}, by=agent, seen={"title": 0}).title == "Same"


def test_fields_of_the_kinds_own_row_are_edited_the_same_way(agent):
    ticket = actions.edit(
        open_incident(), {"resolution": "Known."}, by=agent, seen={"resolution": 0}
    )
    with pytest.raises(Conflict):
        actions.edit(ticket, {"resolution": "Other."}, by=agent, seen={"resolution": 0})


def test_marking_it_as_security_restricts_it(agent):
    ticket = actions.edit(open_incident(), {"security": True}, by=agent)
    assert ticket.restricted
    assert open_incident(by=agent, detail={"security": True}).restricted


def test_affected_items_are_kept_as_a_set(agent):
    first, second = make_item(), make_item()
    ticket = actions.edit(open_incident(), {"items": [first, second, first]}, by=agent)
    actions.edit(ticket, {"items": [second]}, by=agent)
    assert list(ticket.ticket_items.values_list("item_id", flat=True)) == [second.pk]


@pytest.mark.parametrize(
    "values", [{"status": "closed"}, {"team": 1}, {"number": "X"}, {"phase": "new"}]
)
def test_what_has_an_action_of_its_own_cannot_be_edited(agent, values):
    with pytest.raises(ActionError) as refused:
        actions.edit(open_incident(), values, by=agent)
    assert refused.value.code == "unknown_field"


@pytest.mark.parametrize("title", ["", "   ", "x" * 251, "\x00"])
def test_a_title_is_needed_and_bounded(agent, title):
    with pytest.raises(ActionError) as refused:
        actions.edit(open_incident(), {"title": title}, by=agent)
    assert refused.value.field == "title"


def test_text_is_composed_so_that_search_finds_it(agent):
    decomposed = "\u1107\u1175\u1103\u1161"
    assert actions.edit(open_incident(), {"title": decomposed}, by=agent).title == "비다"


def test_a_closed_record_stays_as_it_is(agent):
    ticket = open_incident()
    actions.transition(ticket, "cancel", by=agent, reason="Twice.")
    with pytest.raises(ActionError) as refused:
        actions.edit(ticket, {"title": "New"}, by=agent)
    assert refused.value.code == "closed"


def test_an_edit_that_changes_nothing_records_nothing(agent):
    ticket = open_incident("Same")
    before = Event.objects.filter(ticket=ticket).count()
    assert actions.edit(ticket, {"title": "Same"}, by=agent).version == Ticket.objects.get().version
    assert Event.objects.filter(ticket=ticket).count() == before


@pytest.mark.parametrize("typed", ["Line one\r\nline two", "Bell\u0007 and \u001a end"])
def test_a_title_is_one_line_without_control_characters(agent, typed):
    title = actions.edit(open_incident(), {"title": typed}, by=agent).title
    assert title in ("Line one line two", "Bell and end")


def test_retired_services_and_old_categories_stay_but_go_on_nothing_new(agent):
    service, category = make_service(), make_category()
    ticket = open_incident(service=service, category=category)
    Service.objects.filter(pk=service.pk).update(status=ServiceStatus.RETIRED)
    Category.objects.filter(pk=category.pk).update(is_active=False)
    service.refresh_from_db()
    category.refresh_from_db()
    assert actions.edit(ticket, {"service": service, "title": "New"}, by=agent).title == "New"
    for name, value in (("service", service), ("category", category)):
        with pytest.raises(ActionError) as refused:
            open_incident(**{name: value})
        assert refused.value.field == name
        with pytest.raises(ActionError):
            actions.edit(open_incident(), {name: value}, by=agent)
