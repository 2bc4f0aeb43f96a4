"""Calendars, policies and publishing through the API: who may, and that all of it is kept."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from sla.actions import policies
from sla.models import Book, Calendar, Policy
from tests.api.conftest import Api
from tests.factories import make_agent, make_service, make_team, make_user, open_incident

pytestmark = pytest.mark.django_db
DAY = "09:00-12:00, 13:00-18:00"
WEEK = [DAY, DAY, DAY, DAY, DAY, "", ""]


@pytest.fixture
def admin() -> Api:
    return Api(make_agent("관리자", team=make_team(), role=Role.ADMINISTRATOR))


@pytest.fixture
def agent() -> Api:
    return Api(make_agent(team=make_team()))


def add_calendar(admin: Api, **more: Any) -> Any:
    sent = {"name_en": "Office", "zone": "Asia/Seoul", "week": WEEK, **more}
    made: Any = admin.post("/calendars/", sent)
    assert made.status_code == 201, made.content
    return made.json()


def add_policy(admin: Api, calendar: int, **more: Any) -> Any:
    sent = {
        "name_en": "VIP",
        "vip": True,
        "targets": [{"metric": "resolution", "priority": 1, "goal": 3600, "calendar": calendar}],
        "steps": [{"percent": 90, "actions": [{"do": "notify", "who": ["assignee"]}]}],
        **more,
    }
    made: Any = admin.post("/policies/", sent)
    assert made.status_code == 201, made.content
    return made.json()


def test_the_desk_reads_requesters_do_not_and_agents_do_not_write(admin, agent):
    requester = Api(make_user())
    calendar, policy = Calendar.objects.get(key="always").pk, Policy.objects.first().pk
    book = admin.post("/agreements/").json()["id"]
    for place in (
        "/calendars/", f"/calendars/{calendar}/", f"/calendars/{calendar}/due/?seconds=60",
        "/policies/", f"/policies/{policy}/", "/agreements/", f"/agreements/{book}/",
    ):  # fmt: skip
        assert agent.get(place).status_code == 200, place
        assert requester.get(place).status_code == 403, place
    assert agent.get("/agreements/draft/impact/").status_code == 403
    assert requester.post("/policies/match/").status_code == 403
    for place, body in (
        ("/calendars/", {"name_en": "X", "zone": "UTC"}),
        (f"/calendars/{calendar}/days/", {"day": "2026-12-31"}),
        ("/policies/", {"name_en": "X"}),
        ("/agreements/", {}),
    ):
        assert agent.post(place, body).status_code == 403, place
        assert requester.post(place, body).status_code == 403, place
    for place in (f"/calendars/{calendar}/", f"/policies/{policy}/"):
        assert agent.patch(place, {"name_en": "X"}).status_code == 403, place
    for place in ("/calendars/999999/", "/policies/999999/", "/agreements/999999/"):
        assert agent.get(place).status_code == 404, place


def test_a_calendar_is_kept_as_its_hours_are_written(admin):
    made = add_calendar(admin)
    assert made["week"] == ["09:00–12:00, 13:00–18:00"] * 5 + ["", ""]
    where = f"/calendars/{made['id']}/"
    sent_back = admin.patch(where, {"week": made["week"]}).json()
    assert sent_back == made == admin.get(where).json()
    changed = admin.patch(where, {"always": True, "is_active": False}).json()
    assert (changed["always"], changed["is_active"]) == (True, False)
    stale = admin.patch(where, {"zone": "UTC", "seen": made["version"]})
    assert stale.status_code == 409
    assert admin.patch(where, {"zone": "UTC", "seen": changed["version"]}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({"week": WEEK[:6]}, 400, "week"),
        ({"week": [*WEEK[:6], "whenever"]}, 400, "week"),
        ({"week": [*WEEK[:6], "09:00-12:00, 11:00-13:00"]}, 400, "week"),
        ({"week": [*WEEK[:6], "\x00"]}, 400, "week"),
        ({"zone": "Mars/Olympus"}, 422, "zone"),
        ({"country": "XX"}, 422, "country"),
    ],
)
def test_hours_and_zones_that_mean_nothing_are_refused(admin, sent, status, field):
    answer = admin.post("/calendars/", {"name_en": "X", "zone": "UTC", **sent})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_special_days_move_what_is_due(admin):
    pk = add_calendar(admin)["id"]

    def due(seconds: int = 3600) -> Any:
        asked = f"at=2026-11-23T17:30:00%2B09:00&seconds={seconds}"
        answer = admin.get(f"/calendars/{pk}/due/?{asked}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert due()["due"] == "2026-11-24T00:30:00Z"
    closed = {"day": "2026-11-24", "name_en": "Moving house"}
    day = admin.post(f"/calendars/{pk}/days/", closed)
    assert (day.status_code, day.json()["hours"]) == (201, "")
    assert due()["due"] == "2026-11-25T00:30:00Z"
    assert "Moving house" in due()["skipped"][0]
    late = admin.post(f"/calendars/{pk}/days/", {"day": "2026-11-24", "hours": "20:00-02:00"})
    assert late.json()["id"] == day.json()["id"]
    assert due()["due"] == "2026-11-24T11:30:00Z"
    place = f"/calendars/{pk}/days/{day.json()['id']}/"
    other = Calendar.objects.get(key="always").pk
    assert admin.delete(place.replace(f"/{pk}/days", f"/{other}/days")).status_code == 404
    assert admin.delete(place).status_code == 204
    assert admin.get(f"/calendars/{pk}/").json()["days"] == []
    assert due()["due"] == "2026-11-24T00:30:00Z"
    assert admin.patch(f"/calendars/{pk}/", {"week": [""] * 7}).status_code == 200
    assert due()["due"] is None
    for asked in ("", "?seconds=-1", "?seconds=1.5", "?seconds=60&at=now", "?seconds=60&x=1"):
        assert admin.get(f"/calendars/{pk}/due/{asked}").status_code == 400, asked


def test_a_calendar_that_targets_count_by_stays_on_and_nothing_is_half_done(admin):
    calendar = add_calendar(admin)
    policy = add_policy(admin, calendar["id"])
    where = f"/calendars/{calendar['id']}/"
    refused = admin.patch(where, {"name_en": "Closed", "is_active": False})
    assert (refused.status_code, refused.json()["code"]) == (422, "in_use")
    shown = admin.get(where).json()
    assert (shown["name_en"], shown["is_active"]) == ("Office", True)
    assert shown["policies"] == [{"id": policy["id"], "name": "VIP"}]


def test_a_policy_is_kept_with_its_conditions_targets_and_steps(admin):
    calendar, service = add_calendar(admin), make_service()
    made = add_policy(
        admin,
        calendar["key"],
        kinds=["incident"],
        priorities=[2, 1],
        services=[service.slug],
        applies_from="2026-11-23T00:00:00+09:00",
    )
    named = {"id": calendar["id"], "name": "Office"}
    assert made["targets"] == [
        {
            "metric": "resolution", "priority": 1, "goal": 3600, "calendar": named,
            "warn_at": [50, 75, 90],
        }
    ]  # fmt: skip
    assert made["priorities"] == [1, 2]
    assert made["services"] == [{"id": service.pk, "name": service.name}]
    assert made["applies_from"] == "2026-11-22T15:00:00Z"
    assert made["steps"][0]["actions"] == [{"do": "notify", "who": ["assignee"]}]
    where = f"/policies/{made['id']}/"
    assert admin.get(where).json() == made
    listed = admin.get("/policies/?agreement=sla").json()["results"]
    assert [row["name_en"] for row in listed] == [
        "Security incidents", "VIP", "Standard service level",
    ]  # fmt: skip
    target = {"metric": "first_response", "goal": 60, "calendar": calendar["id"], "warn_at": []}
    changed = admin.patch(where, {"targets": [target], "steps": [], "vip": None, "move": -1})
    assert [row["metric"] for row in changed.json()["targets"]] == ["first_response"]
    assert (changed.json()["steps"], changed.json()["vip"]) == ([], None)
    first = admin.get("/policies/?agreement=sla").json()["results"][0]
    assert first["id"] == made["id"]
    assert admin.patch(where, {"note": "X", "seen": made["version"]}).status_code == 409
    assert admin.patch(where, {"is_active": False}).json()["is_active"] is False
    active = admin.get("/policies/?agreement=sla&is_active=true").json()["results"]
    assert made["id"] not in [row["id"] for row in active]


def test_a_policy_that_breaks_a_rule_is_refused_whole(admin):
    calendar, before = Calendar.objects.get(key="always").pk, Policy.objects.count()
    line = {"metric": "resolution", "goal": 60, "calendar": calendar}
    for sent, status in (
        ({"targets": [line, line]}, 422),
        ({"targets": [{**line, "metric": "team"}]}, 422),
        ({"targets": [{**line, "goal": 0}]}, 400),
        ({"targets": [{**line, "typo": 1}]}, 400),
        ({"steps": [{"percent": 90, "actions": []}]}, 422),
        ({"steps": [{"percent": 101, "actions": [{"do": "raise_priority"}]}]}, 400),
        ({"steps": [{"percent": 50, "actions": [{"do": "reassign", "team": 999_999}]}]}, 422),
        ({"agreement": "uc"}, 422),
        ({"kinds": ["poem"]}, 422),
    ):
        assert admin.post("/policies/", {"name_en": "X", **sent}).status_code == status, sent
    assert Policy.objects.count() == before


def test_matching_tells_which_policy_counts_and_why_not_those_before(admin, agent):
    made = add_policy(admin, add_calendar(admin)["id"])

    def counting(asked: Any) -> Any:
        answer = agent.post("/policies/match/", asked)
        assert answer.status_code == 200, answer.content
        (sla,) = [row for row in answer.json()["results"] if row["agreement"] == "sla"]
        return sla, [row["name"] for row in sla["tried"] if row["counts"]]

    vip = {"kind": "incident", "priority": 1, "vip": True}
    assert counting(vip)[1] == ["Standard service level"]  # not published yet
    sla, names = counting({**vip, "draft": True})
    assert names == ["VIP"]
    assert sla["targets"] == made["targets"]
    refused = sla["tried"][0]
    assert (refused["name"], refused["fits"]) == ("Security incidents", False)
    assert refused["condition"]
    ticket = open_incident()
    assert counting({"number": ticket.number, "draft": True})[1] == ["Standard service level"]
    assert agent.post("/policies/match/", {"number": "INC-999999"}).status_code == 404
    for sent in ({"number": ticket.number, "vip": True}, {"number": "?"}, {"kind": "poem"}):
        assert agent.post("/policies/match/", sent).status_code == 400, sent


def test_publishing_makes_a_book_that_names_who_when_and_for_what(admin, agent):
    add_policy(admin, add_calendar(admin)["id"])
    seen = admin.get("/agreements/draft/impact/?reach=all").json()
    assert seen["is_unpublished"] is True
    stale = admin.post("/agreements/", {"reach": "all", "seen": "0" * 20})
    assert stale.status_code == 409
    made = admin.post("/agreements/", {"reach": "all", "note": "VIP", "seen": seen["draft"]})
    assert made.status_code == 201, made.content
    shown = agent.get(f"/agreements/{made.json()['id']}/").json()
    assert made["Location"].endswith(f"/agreements/{shown['id']}/")
    assert (shown["reach"], shown["note"], shown["by"]["id"]) == ("all", "VIP", admin.user.pk)
    assert "VIP" in [policy["name_en"] for policy in shown["data"]["policies"]]
    listed = agent.get("/agreements/").json()["results"]
    assert listed[0] == {name: shown[name] for name in shown if name != "data"}
    assert len(listed) == Book.objects.count()
    assert admin.get("/agreements/draft/impact/").json()["is_unpublished"] is False
    assert admin.post("/agreements/", {"reach": "some"}).status_code == 400


def test_a_target_that_could_never_be_reached_is_not_published(admin):
    add_policy(admin, add_calendar(admin, week=[""] * 7)["id"])
    before = Book.objects.count()
    assert admin.post("/agreements/").json()["code"] == "unreachable"
    assert Book.objects.count() == before


def test_the_impact_names_clocks_that_would_move(admin):
    ticket = open_incident()
    target = {"metric": "resolution", "goal": 60, "calendar": "always"}
    standard = Policy.objects.get(name_en="Standard service level")
    sent = admin.patch(f"/policies/{standard.pk}/", {"targets": [target]})
    assert sent.status_code == 200, sent.content
    seen = admin.get("/agreements/draft/impact/?reach=open").json()
    assert (seen["records"], seen["total"]) == (1, 1)
    moved = {row["metric"]: row for row in seen["moves"]}
    assert moved["resolution"]["number"] == ticket.number
    assert moved["resolution"]["effect"] == "earlier"
    assert moved["resolution"]["new"]["due"] < moved["resolution"]["old"]["due"]
    assert admin.get("/agreements/draft/impact/?reach=new").json()["total"] == 0


def test_publishing_again_with_the_same_key_makes_one_book(admin):
    before = Book.objects.count()
    first, second = (admin.post("/agreements/", Idempotency_Key="once") for _n in range(2))
    assert first.json() == second.json()
    assert Book.objects.count() == before + 1


def test_a_page_of_policies_costs_the_same_for_1_row_and_for_30(admin):
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get("/policies/?page_size=200").status_code == 200
        return len(seen)

    calendar = Calendar.objects.get(key="always").pk
    target = {"metric": "resolution", "priority": None, "goal": 60, "calendar": calendar}
    steps = [{"percent": 90, "actions": [{"do": "raise_priority"}]}]

    def more(count: int) -> None:
        for n in range(count):
            values = {"name_en": f"P{n}", "targets": [target], "steps": steps}
            made = policies.create_policy(values, by=admin.user)
            made.services.add(make_service())
            made.teams.add(make_team())

    more(1)
    admin.get("/policies/")
    few = cost()
    more(30)
    assert cost() == few
