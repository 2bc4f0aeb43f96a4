"""People, teams, services and the choices of forms."""

import pytest

from cmdb.models import Service
from tests.factories import (
    make_agent,
    make_category,
    make_item,
    make_service,
    make_team,
    make_user,
    resolution,
    waiting_for_requester,
)

pytestmark = pytest.mark.django_db


def test_requesters_learn_names_and_nothing_else(agent, requester):
    person = make_user("홍길동", email="hong@example.org", phone="02-123")
    (shown,) = requester.get("/users/?q=홍길").json()["results"]
    assert shown == {"id": person.pk, "name": "홍길동"}
    assert requester.get(f"/users/{person.pk}/").json() == shown
    assert requester.get("/users/?q=hong@example").json()["results"] == []
    (full,) = agent.get("/users/?q=hong@example").json()["results"]
    assert (full["email"], full["phone"]) == ("hong@example.org", "02-123")


def test_people_who_left_are_known_to_the_desk_only(agent, requester):
    gone = make_user(is_active=False)
    assert requester.get(f"/users/{gone.pk}/").status_code == 404
    assert agent.get(f"/users/{gone.pk}/").json()["is_active"] is False


def test_me_says_whose_token_it_is(agent, team):
    shown = agent.get("/users/me/").json()
    assert (shown["id"], shown["roles"], shown["teams"]) == (agent.user.pk, ["agent"], [team.pk])


def test_teams_show_their_members_to_the_desk(agent, requester, team):
    assert [m["id"] for m in agent.get(f"/teams/{team.pk}/").json()["members"]] == [agent.user.pk]
    assert not {"members", "email", "lead"} & set(requester.get(f"/teams/{team.pk}/").json())
    assert team.pk in [row["id"] for row in requester.get("/teams/").json()["results"]]
    people = agent.get(f"/users/?team={team.pk}").json()["results"]
    assert [row["id"] for row in people] == [agent.user.pk]


def test_services_for_everybody_items_for_the_desk(agent, requester):
    live = make_service()
    planned = make_service()
    Service.objects.filter(pk=planned.pk).update(status="pipeline")
    item = make_item("db-1")
    assert [s["id"] for s in requester.get("/services/").json()["results"]] == [live.pk]
    assert requester.get(f"/services/{planned.pk}/").status_code == 404
    assert "criticality" not in requester.get(f"/services/{live.pk}/").json()
    assert len(agent.get("/services/").json()["results"]) == 2
    assert [i["id"] for i in agent.get("/items/?q=DB-").json()["results"]] == [item.pk]
    assert requester.get("/items/").status_code == 403


def test_choices_of_forms(agent, requester):
    shown = make_category()
    hidden = make_category(in_portal=False)
    waiting_for_requester()
    resolution()
    ids = [c["id"] for c in requester.get("/categories/?page_size=200").json()["results"]]
    assert shown.pk in ids
    assert hidden.pk not in ids
    reasons = agent.get("/pending-reasons/?page_size=200").json()["results"]
    assert next(r for r in reasons if r["key"] == "test-requester")["waits_for"] == "requester"
    for name in ("resolution-codes", "cause-categories"):
        keys = [row["key"] for row in agent.get(f"/{name}/?page_size=200").json()["results"]]
        assert any(key.startswith("test-") for key in keys)


def test_names_are_sorted_and_paged(agent):
    for name in ("다", "가", "나"):
        make_agent(name, team=make_team())
    names = [u["name"] for u in agent.get("/users/?page_size=3").json()["results"]]
    assert names[:3] == ["가", "나", "다"]
