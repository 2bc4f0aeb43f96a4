"""What the desk shows of promises: the column, its order, its filters, the card and the chips."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from sla.models import Clock
from sla.queries import faces
from tests.factories import (
    make_agent,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Ticket
from tickets.models.ticket import NEVER
from tickets.paging import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return make_team("Infra")


@pytest.fixture
def agent(team: Any) -> User:
    here = {"language": "en", "time_zone": "Asia/Tokyo"}
    return make_agent("김하늘", team, email="agent@example.org", **here)


@pytest.fixture
def desk(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def numbers(client: Client, path: str) -> list[str]:
    cache.clear()
    response = client.get(path)
    assert response.status_code == 200, response.content[:300]
    return [row["number"] for row in response.context["rows"]]


def stand(ticket: Ticket, state: str, due: datetime | None) -> Ticket:
    """Set the record's promise straight, as a recomputation would leave it."""
    clocks = Clock.objects.filter(ticket=ticket)
    clocks.filter(metric="first_response").delete()
    late = state == "late"
    clocks.update(
        state="paused" if late else state,
        due_at=due if state == "running" else None,
        breached_at=due if late else None,
    )
    breaks = due if state == "running" and due else NEVER
    Ticket.objects.filter(pk=ticket.pk).update(breaks_at=breaks, sla_state=state)
    return ticket


def test_what_breaks_first_is_first_and_what_never_does_is_last(desk: Client) -> None:
    now = timezone.now()
    later = stand(open_incident("Later"), "running", now + timedelta(hours=9))
    paused = stand(open_incident("Paused"), "paused", None)
    over = stand(open_incident("Over"), "running", now - timedelta(hours=1))
    soon = stand(open_incident("Soon"), "running", now + timedelta(minutes=5))
    expected = [over.number, soon.number, later.number, paused.number]
    assert numbers(desk, "/desk/q/open/") == expected
    assert numbers(desk, "/desk/q/open/?sort=-sla") == expected[::-1]


def test_pages_by_what_breaks_first_hold_every_row_once_through_ties(desk: Client) -> None:
    due = timezone.now() + timedelta(hours=3)
    for number in range(53):
        state = "running" if number % 3 else "paused"
        stand(open_incident(f"No {number}"), state, due if state == "running" else None)
    first = desk.get("/desk/q/open/")
    second = desk.get(first.context["next_url"])
    shown = [row["id"] for page in (first, second) for row in page.context["rows"]]
    order = Ticket.objects.order_by("breaks_at", "priority", "opened_at", "id")
    assert shown == list(order.values_list("pk", flat=True))
    assert numbers(desk, second.context["prev_url"]) == [
        row["number"] for row in first.context["rows"]
    ]
    last = order.values().last()
    assert last is not None
    assert Order("sla").is_cursor(Order("sla").cursor(last))
    assert last["breaks_at"] == NEVER


def test_filters_hold_what_the_clocks_themselves_say(desk: Client, agent: User) -> None:
    now = timezone.now().replace(microsecond=0)
    with timezone.override(agent.time_zone):
        midnight = timezone.make_aware(
            datetime.combine(timezone.localdate(), datetime.min.time())
        ) + timedelta(days=1)
    past = (now - timedelta(days=2), now - timedelta(minutes=1))
    for due in (*past, midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=4)):
        stand(open_incident(), "running", due)
    stand(open_incident(), "paused", None)
    stand(open_incident(), "late", now - timedelta(hours=3))
    bare = open_incident()
    Clock.objects.filter(ticket=bare).delete()
    Ticket.objects.filter(pk=bare.pk).update(breaks_at=NEVER, sla_state="")
    solved = open_incident(by=agent)
    actions.transition(solved, "resolve", by=agent, **resolution())

    def holds(kind: str, clocks: list[Clock]) -> bool:
        running = [clock for clock in clocks if clock.state == "running"]
        paused = [clock for clock in clocks if clock.state == "paused"]
        dues = [clock.due_at for clock in running if clock.due_at]
        return {
            "breached": any(due < now for due in dues) or any(c.breached_at for c in paused),
            "today": any(now <= due < midnight for due in dues),
            "running": bool(running),
            "paused": bool(paused),
            "none": not clocks,
        }[kind]

    unsolved = Ticket.objects.open()
    assert solved.pk not in unsolved.values_list("pk", flat=True)
    for kind in ("breached", "today", "running", "paused", "none"):
        expected = {
            ticket.number
            for ticket in unsolved
            if holds(kind, list(Clock.objects.filter(ticket=ticket)))
        }
        assert expected, kind
        assert set(numbers(desk, f"/desk/q/all/?f.sla={kind}")) == expected, kind
        told = desk.get(f"/api/v1/tickets/?sla={kind}").json()["results"]
        assert {row["number"] for row in told} == expected, kind
    both = set(numbers(desk, "/desk/q/all/?f.sla=breached,none"))
    assert both == set(numbers(desk, "/desk/q/all/?f.sla=breached")) | {bare.number}


def test_filters_are_read_aloud(desk: Client) -> None:
    open_incident()
    chips = desk.get("/desk/q/open/?f.sla=breached,today").context["chips"]
    assert [(chip["label"], chip["words"]) for chip in chips] == [
        ("SLA", "Breached, Breaches today")
    ]


def test_about_to_breach_holds_mine_and_my_teams_within_four_hours(
    desk: Client, agent: User, team: Any
) -> None:
    now = timezone.now()
    near = stand(
        open_incident(by=agent, team=team), "running", now + timedelta(hours=3, minutes=59)
    )
    over = stand(open_incident(by=agent, team=team), "running", now - timedelta(days=1))
    stand(open_incident(by=agent, team=team), "running", now + timedelta(hours=4, minutes=1))
    stand(open_incident(by=agent, team=team), "paused", None)
    stand(open_incident(by=agent, team=make_team("Other")), "running", now)
    assert numbers(desk, "/desk/q/breaking/") == [over.number, near.number]
    cache.clear()
    rail = desk.get("/desk/q/mine/").content.decode()
    assert 'data-count="breaking">2<' in rail


def test_a_row_shows_the_nearest_running_promise_else_a_paused_else_how_it_ended(
    agent: User,
) -> None:
    ticket = open_incident(by=make_user(), impact=1, urgency=1)

    def shown() -> tuple[str, str]:
        found = faces.nearest([ticket.pk], timezone.now()).of(ticket.pk)
        assert found is not None
        return found[0].metric, found[0].state

    assert shown() == ("first_response", "running")
    actions.comment(ticket, "We are on it.", by=agent)
    assert shown() == ("resolution", "running")
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    Clock.objects.filter(ticket=ticket, metric="resolution").update(state="paused", due_at=None)
    assert shown() == ("resolution", "paused")
    actions.transition(ticket, "resume", by=agent)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    assert shown() == ("resolution", "met")


def test_a_record_without_a_promise_says_so(desk: Client) -> None:
    ticket = open_incident()
    Clock.objects.filter(ticket=ticket).delete()
    assert b"No target" in desk.get("/desk/q/open/").content


def test_a_changed_row_brings_its_clock_along(desk: Client, agent: User) -> None:
    ticket = open_incident(by=make_user(), impact=1, urgency=1)
    page = desk.get("/desk/q/open/").context
    known = "-".join(f"{row['id']}.{row['version']}" for row in page["rows"])
    actions.comment(ticket, "We are on it.", by=agent)
    answer = desk.get("/desk/q/open/changes/", {"known": known, "since": page["since"]}).json()
    row = answer["rows"][f"row-{ticket.number}"]
    assert "Resolution: " in row
    assert "data-hours=" in row


def test_the_card_lists_every_target_with_its_terms(desk: Client, agent: User) -> None:
    ticket = open_incident(by=make_user(), impact=2, urgency=2)
    actions.comment(ticket, "We are on it.", by=agent)
    reason = waiting_for_requester()
    paused = [[int(ticket.opened_at.timestamp()), None, reason.pk]]
    Clock.objects.filter(ticket=ticket, metric="resolution").update(pauses=paused)
    card = desk.get(f"{ticket.get_absolute_url()}sla/card/").content.decode()
    for said in (
        "First response",
        "Met in",
        "Resolution",
        "Goal",
        "Calendar",
        "Started",
        reason.name,
    ):
        assert said in card, said
    assert "style=" not in card


def test_the_card_of_an_invisible_record_is_not_there(desk: Client) -> None:
    other = make_team("Security")
    hidden = open_incident(by=make_agent(team=other), team=other, restricted=True)
    assert desk.get(f"{hidden.get_absolute_url()}sla/card/").status_code == 404


def test_the_record_leads_with_its_nearest_promise(desk: Client, agent: User) -> None:
    ticket = open_incident(impact=1, urgency=1)
    for page in ("", "peek/"):
        content = desk.get(f"{ticket.get_absolute_url()}{page}").content.decode()
        chips = content.split("sla--chip")[1:3]
        assert "First response" in chips[0]
        assert "left" in chips[0]
        assert "Resolution" in chips[1]


@pytest.mark.parametrize("rows", [1, 30])
def test_clocks_cost_the_queue_one_query_however_many_rows(
    desk: Client, agent: User, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        open_incident(f"No {number}", impact=1 + number % 3)
    desk.get("/desk/q/open/")
    with django_assert_max_num_queries(8) as spent:
        response = desk.get("/desk/q/open/")
    assert response.content.count(b"data-card=") == rows
    clocks = [query for query in spent.captured_queries if "sla_" in query["sql"].split("WHERE")[0]]
    assert len([query for query in clocks if 'FROM "sla_clock"' in query["sql"]]) == 1
