"""The queue: what each view holds, filters, paging, and what it costs."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return make_team("Infra")


@pytest.fixture
def agent(team: Any) -> User:
    return make_agent("김하늘", team, email="agent@example.org")


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


def test_mine_and_unassigned_share_out_the_open_work(desk: Client, agent: User, team: Any) -> None:
    mine, loose = open_incident("Mine"), open_incident("Nobody's")
    actions.assign(mine, by=agent, assignee=agent)
    assert numbers(desk, "/desk/q/mine/") == [mine.number]
    assert numbers(desk, "/desk/q/unassigned/") == [loose.number]
    assert set(numbers(desk, "/desk/q/team/")) == {mine.number, loose.number}


def test_replied_holds_what_waits_for_an_answer_after_a_reply(desk: Client, agent: User) -> None:
    requester = make_user()
    ticket = open_incident(by=requester)
    assert numbers(desk, "/desk/q/replied/") == []
    actions.comment(ticket, "When?", by=agent)
    assert numbers(desk, "/desk/q/replied/") == []
    actions.comment(ticket, "This morning.", by=requester)
    assert numbers(desk, "/desk/q/replied/") == [ticket.number]


def test_resuming_holds_only_what_comes_back_today(desk: Client, agent: User) -> None:
    soon, later = open_incident(), open_incident()
    for ticket, days in ((soon, 0), (later, 3)):
        actions.transition(
            ticket,
            "pend",
            by=agent,
            pending_reason=waiting_for_requester(),
            resume_at=timezone.now() + timedelta(days=days, seconds=5),
        )
    assert later.number not in numbers(desk, "/desk/q/resuming/")


def test_a_restricted_record_of_another_team_is_in_no_view(desk: Client) -> None:
    other = make_team("Security")
    hidden = open_incident(by=make_agent(team=other), team=other, restricted=True)
    for view in ("open", "all", "team", "unassigned"):
        assert hidden.number not in numbers(desk, f"/desk/q/{view}/")


def test_filters_live_in_the_address_and_are_read_aloud(desk: Client, team: Any) -> None:
    vpn = make_service("VPN", team)
    hit = open_incident("A", service=vpn, impact=1, urgency=1)
    open_incident("B")
    path = f"/desk/q/open/?f.service={vpn.slug}&f.priority=1"
    assert numbers(desk, path) == [hit.number]
    chips = desk.get(path).context["chips"]
    assert [chip["words"] for chip in chips] == ["P1", "VPN"]
    assert "f.service" not in chips[1]["off"]
    assert "f.priority=1" in chips[1]["off"]


def test_a_filter_that_matches_nothing_says_so_and_offers_to_clear(desk: Client) -> None:
    open_incident()
    response = desk.get("/desk/q/open/?f.text=nowhere")
    assert response.context["rows"] == []
    assert b"Clear filters" in response.content


def test_headers_sort_and_say_which_way(desk: Client) -> None:
    first, second = open_incident(), open_incident()
    response = desk.get("/desk/q/open/?sort=-number")
    assert [row["number"] for row in response.context["rows"]] == [second.number, first.number]
    assert b'aria-sort="descending"' in response.content


def test_pages_follow_each_other_without_gap_or_double(desk: Client, agent: User) -> None:
    made = [open_incident(f"No {n}").number for n in range(53)]
    first = desk.get("/desk/q/open/?sort=number")
    second = desk.get(first.context["next_url"])
    shown = [row["number"] for page in (first, second) for row in page.context["rows"]]
    assert shown == made
    assert second.context["range"].startswith("51–53")
    assert numbers(desk, second.context["prev_url"]) == made[:50]


def test_htmx_gets_the_list_alone(desk: Client) -> None:
    response = desk.get("/desk/q/open/", headers={"HX-Request": "true"})
    assert b"<html" not in response.content
    assert b'id="queue"' in response.content
    assert "HX-Request" in response["Vary"]


def test_changes_tell_rows_that_changed_left_and_arrived(desk: Client, agent: User) -> None:
    stays, leaves = open_incident("Stays"), open_incident("Leaves")
    page = desk.get("/desk/q/unassigned/").context
    known = "-".join(f"{row['id']}.{row['version']}" for row in page["rows"])
    actions.edit(stays, {"title": "Stays, renamed"}, by=agent)
    actions.assign(leaves, by=agent, assignee=agent)
    open_incident("Arrives")
    answer = desk.get(
        "/desk/q/unassigned/changes/", {"known": known, "since": page["since"]}
    ).json()
    assert "Stays, renamed" in answer["rows"][f"row-{stays.number}"]
    assert answer["gone"] == [f"row-{leaves.number}"]
    assert answer["pill"].startswith("1 ")


def test_display_choices_are_kept_for_the_person(desk: Client, agent: User) -> None:
    choice = {"density": "compact", "columns": ["number", "team", "nonsense"]}
    desk.post("/desk/q/open/display/", choice)
    agent.refresh_from_db()
    assert (agent.density, agent.columns["queue"]) == ("compact", ["number", "team"])
    open_incident()
    heads = [head["key"] for head in desk.get("/desk/q/open/").context["heads"]]
    assert heads == ["number", "title", "team"]


def test_titles_are_escaped_in_rows_and_in_polled_rows(desk: Client, agent: User) -> None:
    ticket = open_incident("<img src=x onerror=alert(1)>", tags=["<b>"])
    assert b"<img src=x" not in desk.get("/desk/q/open/").content
    answer = desk.get("/desk/q/open/changes/", {"known": f"{ticket.pk}.0"})
    assert "<img src=x" not in json.dumps(answer.json())


def test_requesters_are_shown_the_way_to_the_portal() -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get("/desk/q/open/").status_code == 403


def test_strangers_are_asked_to_sign_in() -> None:
    assert Client().get("/desk/q/open/")["Location"].startswith("/login/")


def test_an_unknown_view_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/q/nonsense/").status_code == 404


@pytest.mark.parametrize("typed", ["inc-{n}", "INC{n}", "{n}", "%23{n}"])
def test_the_resolver_takes_a_number_however_it_is_typed(desk: Client, typed: str) -> None:
    ticket = open_incident()
    response = desk.get(f"/r/{typed.format(n=ticket.serial)}/")
    assert response["Location"] == ticket.get_absolute_url()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_costs_the_same_at_one_row_and_at_thirty(
    desk: Client, agent: User, rows: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    service = make_service()
    for number in range(rows):
        ticket = open_incident(f"No {number}", service=service, tags=["a"])
        actions.assign(ticket, by=agent, assignee=agent)
    desk.get("/desk/q/open/")
    with django_assert_max_num_queries(8) as spent:
        response = desk.get("/desk/q/open/?f.phase=active")
    assert len(response.context["rows"]) == rows
    assert len(spent.captured_queries) == _spent_at_one_row.setdefault(
        "n", len(spent.captured_queries)
    )


_spent_at_one_row: dict[str, int] = {}


def test_search_opens_a_number_and_lists_words(desk: Client) -> None:
    ticket = open_incident("프린터 용지 걸림")
    assert desk.get(f"/search/?q={ticket.serial}")["Location"] == ticket.get_absolute_url()
    found = desk.get("/search/?q=프린터")
    assert ticket.number in found.content.decode()


def test_pickers_find_people_by_initial_consonants(desk: Client) -> None:
    make_user("홍길동")
    make_user("김철수")
    found = desk.get("/desk/pick/people/?q=ㅎㄱㄷ").content.decode()
    assert "홍길동" in found
    assert "김철수" not in found


def test_pickers_of_records_obey_the_access_rule(desk: Client) -> None:
    other = make_team("Security")
    hidden = open_incident("Secret", by=make_agent(team=other), team=other, restricted=True)
    assert hidden.number not in desk.get("/desk/pick/tickets/?q=Secret").content.decode()
    assert Ticket.objects.filter(pk=hidden.pk).exists()
