"""A clock explains itself: the trace adds up to the figures, and says why."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from sla.actions import publish
from sla.book import Facts
from sla.models import Clock, Policy
from sla.queries.explain import explain
from sla.queries.whatif import what_if
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import actions
from tickets.models import PendingReason

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 09:00 in Seoul


@pytest.fixture(autouse=True)
def _published_before() -> None:
    """The books of the installation were published before anything here happens."""
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False):
        publish(by=None)


def lived():
    """P3 opened at 09:00, answered 09:30, waiting 10:00–14:00, then raised to P1."""
    agent = make_agent(team=make_team(), role="team_lead")
    user = make_user()
    with time_machine.travel(MONDAY, tick=False) as clock:
        ticket = open_incident(by=user, impact=2, urgency=2)
        clock.shift(timedelta(minutes=30))
        actions.comment(ticket, "확인하겠습니다.", by=agent)
        clock.shift(timedelta(minutes=30))
        actions.transition(
            ticket, "pend", by=agent, pending_reason=PendingReason.objects.get(key="requester")
        )
        clock.shift(timedelta(hours=4))
        actions.comment(ticket, "다시 해 봤습니다.", by=user)
        clock.shift(timedelta(minutes=30))
        actions.override_priority(ticket, 1, by=agent, reason="임원 회의")
    return ticket


def test_lengths_are_minutes_that_are_over_as_the_card_tells_them():
    agent = make_agent(team=make_team())
    with time_machine.travel(MONDAY, tick=False) as clock:
        ticket = open_incident(impact=2, urgency=2)
        clock.shift(timedelta(minutes=8, seconds=40))
        actions.comment(ticket, "확인하겠습니다.", by=agent)
    found = {e.metric: e for e in explain(ticket, MONDAY + timedelta(minutes=10, seconds=20))}
    response, resolution = found["first_response"], found["resolution"]
    assert (response.used, response.spans[0].worked) == ("8m", "8m")
    assert (resolution.used, resolution.left) == ("10m", "23h 49m")


def test_the_trace_tells_start_pause_resumption_and_the_new_target():
    ticket = lived()
    found = {e.metric: e for e in explain(ticket, MONDAY + timedelta(hours=6))}
    resolution = found["resolution"]
    assert [line.text for line in resolution.lines] == [
        "Started",
        "Stands still: Waiting for requester",
        "Goes on",
        "The record changed, so another target counts",
    ]
    assert [line.detail for line in resolution.lines][3] == "4h by “Standard service level”"
    assert (resolution.goal, resolution.used, resolution.left) == ("4h", "2h", "2h")
    assert resolution.due == MONDAY + timedelta(hours=8)
    assert [span.worked for span in resolution.spans] == ["1h", "1h"]
    assert [(asked.name, asked.fits) for asked in resolution.asked] == [
        ("Security incidents", False),
        ("Standard service level", True),
    ]
    assert resolution.asked[0].reason == "Security incident: Yes"


def test_what_is_explained_is_what_is_kept():
    ticket = lived()
    rows = {(c.metric, c.sequence): c for c in Clock.objects.filter(ticket=ticket)}
    for told in explain(ticket):
        row = rows[told.metric, told.sequence]
        assert (told.due, told.ended) == (row.due_at, row.ended_at)


def test_a_holiday_on_the_way_is_named():
    with time_machine.travel(datetime(2026, 12, 24, 5, 0, tzinfo=UTC), tick=False):
        ticket = open_incident()
        [resolution] = [e for e in explain(ticket) if e.metric == "resolution"]
    assert any("Christmas" in day.text or "기독탄신일" in day.text for day in resolution.skipped)


def test_what_if_equals_what_happens():
    service = make_service()
    vip_policy = Policy.objects.create(name_en="VIP", name_ko="VIP", vip=True, position=0)
    target = Policy.objects.get(name_en="Standard service level").targets.first()
    vip_policy.targets.create(metric="resolution", goal=3600, calendar=target.calendar)
    Policy.objects.filter(name_en="Standard service level").update(position=5)
    publish(by=None)
    user = make_user(is_vip=True)
    ticket = open_incident(by=user, service=service, impact=2, urgency=2)
    facts = Facts("incident", "new", ticket.team_id, service.pk, 3, None, vip=True)
    promised = {p.metric: p.due for p in what_if(facts, ticket.opened_at).promises if p.due}
    kept = dict(Clock.objects.filter(ticket=ticket).values_list("metric", "due_at"))
    assert promised == kept


def test_pages_open_for_the_desk_and_the_explanation_is_no_requesters(client):
    ticket = lived()
    agent = make_agent(team=ticket.team)
    client.force_login(agent)
    page = client.get(reverse("tickets:sla", args=["inc", ticket.number]))
    assert page.status_code == 200
    assert "Standard service level" in page.content.decode()
    client.force_login(ticket.requester)
    answer = client.get(reverse("tickets:sla", args=["inc", ticket.number]))
    assert answer.status_code in (403, 404)


def test_the_what_if_page_computes_and_keeps_what_was_typed(client, django_assert_max_num_queries):
    client.force_login(make_agent(team=make_team()))
    address = reverse("desk:sla_what_if")
    assert client.get(address).status_code == 200
    query = {"kind": "incident", "priority": 1, "opened": "2026-11-23T09:00", "tags": "gold"}
    with django_assert_max_num_queries(30):
        page = client.get(address, query)
    assert "13:00" in page.content.decode()
    bad = client.get(address, {**query, "opened": "soon"})
    assert bad.status_code == 422
    assert "gold" in bad.content.decode()


def test_now_is_no_part_of_an_explanation_of_what_has_ended():
    ticket = lived()
    with time_machine.travel(MONDAY + timedelta(hours=7), tick=False):
        actions.transition(ticket, "cancel", by=make_agent(team=ticket.team), reason="중복")
    first = explain(ticket, timezone.now())
    later = explain(ticket, timezone.now() + timedelta(days=9))
    assert first == later
