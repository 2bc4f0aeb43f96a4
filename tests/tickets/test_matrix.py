"""The matrix is data: shown before it is saved, applied with an event for each record."""

import pytest

from accounts.enums import Role
from accounts.models import AuditEvent
from cmdb.enums import Criticality
from core import outbox
from core.errors import ActionError, NotAllowed
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import actions, priority
from tickets.actions import matrix
from tickets.models import Event, PriorityLevel, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_agent(role=Role.ADMINISTRATOR)


def names():
    return {row.level: (row.name_ko, row.name_en) for row in PriorityLevel.objects.all()}


def plan(vip=False, critical=False, **cells):
    changed = {tuple(int(c) for c in key.strip("c")): level for key, level in cells.items()}
    return matrix.Plan(priority.matrix() | changed, vip, critical)


def level_of(ticket):
    return Ticket.objects.get(pk=ticket.pk).priority


def test_preview_counts_in_one_query_what_applying_then_does(admin, django_assert_num_queries):
    make_team()
    critical = make_service(criticality=Criticality.BUSINESS_CRITICAL)
    lead = make_agent(role=Role.TEAM_LEAD)
    low = open_incident()
    vip = open_incident(by=make_user(is_vip=True))
    served = open_incident(service=critical)
    by_hand = open_incident()
    actions.override_priority(by_hand, 2, by=lead, reason="The CEO waits")
    done = actions.transition(open_incident(), "cancel", by=lead, reason="no")
    wanted = plan(vip=True, critical=True, c33=4)
    with django_assert_num_queries(1):
        shown = matrix.preview(wanted)
    assert [(s.old, s.new, s.count) for s in shown.shifts] == [(5, 3, 2), (5, 4, 1)]
    assert (shown.moved, shown.kept, shown.overridden) == (3, 1, 1)
    assert shown.after == {1: 0, 2: 1, 3: 2, 4: 1, 5: 0}
    events = Event.objects.count()
    matrix.save(wanted, names(), by=admin, apply_to_open=True)
    assert Event.objects.count() == events
    outbox.dispatch_due()
    assert [level_of(t) for t in (low, vip, served, by_hand, done)] == [4, 3, 3, 2, 5]
    changed = Event.objects.filter(data__cause="matrix")
    assert {event.ticket_id for event in changed} == {low.pk, vip.pk, served.pk}
    assert all(event.actor == admin for event in changed)


def test_without_applying_only_new_records_follow(admin):
    make_team()
    old = open_incident()
    matrix.save(plan(c33=3), names(), by=admin, apply_to_open=False)
    outbox.dispatch_due()
    assert (level_of(old), open_incident().priority) == (5, 3)


def test_applying_twice_changes_nothing_more(admin, monkeypatch):
    make_team()
    monkeypatch.setattr(matrix, "BATCH", 2)
    tickets = [open_incident() for _n in range(5)]
    for _run in range(2):
        matrix.save(plan(c33=3), names(), by=admin, apply_to_open=True)
        outbox.dispatch_due()
        outbox.dispatch_due()
        outbox.dispatch_due()
    assert {level_of(ticket) for ticket in tickets} == {3}
    assert Event.objects.filter(data__cause="matrix").count() == 5


def test_only_administrators_save_and_nonsense_is_refused(admin):
    for role in ("", Role.AGENT, Role.TEAM_LEAD, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            matrix.save(plan(), names(), by=make_user(role=role), apply_to_open=False)
    for bad in (plan(c11=6), matrix.Plan({(1, 1): 1}, False, False)):
        with pytest.raises(ActionError):
            matrix.save(bad, names(), by=admin, apply_to_open=False)
    with pytest.raises(ActionError):
        matrix.save(plan(), names() | {1: ("", "")}, by=admin, apply_to_open=False)


def test_what_changed_is_in_the_log(admin):
    matrix.save(
        plan(vip=True, c12=1), names() | {1: ("긴급", "Urgent")}, by=admin, apply_to_open=False
    )
    assert AuditEvent.objects.get().changes == {
        "1×2": [2, 1],
        "P1 name_en": ["Critical", "Urgent"],
        "raise_for_vip": [False, True],
    }
