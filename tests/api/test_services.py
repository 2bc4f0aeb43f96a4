"""Services, items, relations and impact through the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from cmdb.enums import ServiceStatus
from cmdb.models import ConfigurationItem, Relation, Service
from tests.api.conftest import Api
from tests.factories import make_agent, make_item, make_service

pytestmark = pytest.mark.django_db
FACTS = {
    "name_ko": "메일",
    "name_en": "Mail",
    "description_ko": "설명",
    "hours_en": "Weekdays",
    "cost_amount": 5000.5,
    "cost_currency": "KRW",
    "cost_period": "year",
    "tags": ["post"],
    "synonyms_ko": ["이메일"],
    "review_every": 6,
}


@pytest.fixture
def admin(team):
    return Api(make_agent(team=team, role=Role.ADMINISTRATOR))


def test_an_administrator_adds_a_service_with_its_facts_and_needs(admin):
    below = make_service("Storage")
    made = admin.post("/services/", FACTS | {"depends_on": [below.slug], "owner": admin.user.email})
    assert made.status_code == 201
    shown = made.json()
    assert {name: shown[name] for name in FACTS} == FACTS
    assert shown["depends_on"] == [{"id": below.pk, "name": below.name}]
    assert shown["review_state"] == "ok"
    assert made["Location"].endswith(f"/services/{shown['id']}/")
    changed = admin.patch(f"/services/{shown['id']}/", {"review_every": None, "cost_amount": None})
    assert (changed.json()["review_due_on"], changed.json()["cost_amount"]) == (None, None)


def test_the_same_key_adds_once(admin):
    for _ in range(2):
        made = admin.post("/services/", {"name_en": "Mail"}, Idempotency_Key="once")
        assert made.status_code == 201
    assert Service.objects.count() == 1


def test_a_circle_is_a_problem_with_its_field_and_way(admin):
    a, b = make_service("Alpha"), make_service("Beta")
    b.depends_on.add(a)
    answer = admin.patch(f"/services/{a.pk}/", {"depends_on": [b.pk]})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "circle"
    assert problem["errors"][0]["field"] == "depends_on"
    assert "→" in problem["detail"]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"review_every": 0}, 400),
        ({"review_every": 61}, 400),
        ({"cost_amount": "5"}, 400),
        ({"cost_amount": -1}, 400),
        ({"cost_currency": "WON!"}, 400),
        ({"cost_currency": "12A"}, 422),
        ({"tags": ["x" * 61]}, 400),
        ({"name_en": ""}, 422),
        ({"nonsense": 1}, 400),
    ],
)
def test_what_does_not_fit_is_refused(admin, values, status):
    assert admin.post("/services/", {"name_en": "Mail"} | values).status_code == status
    assert not Service.objects.exists()


def test_requesters_read_what_is_for_them_of_live_services_only(requester, agent):
    live = make_service("Mail", hours_en="Weekdays", owner=agent.user)
    shown = requester.get(f"/services/{live.pk}/").json()
    assert shown["hours_en"] == "Weekdays"
    assert {"owner", "criticality", "depends_on", "review_state"}.isdisjoint(shown)
    for status in (ServiceStatus.PIPELINE, ServiceStatus.RETIRED):
        hidden = make_service(status=status)
        assert requester.get(f"/services/{hidden.pk}/").status_code == 404
        assert requester.patch(f"/services/{hidden.pk}/", {"tags": []}).status_code == 404
    for path in (f"/services/{live.pk}/impact/", "/relations/", "/items/1/", "/items/1/impact/"):
        assert requester.get(path).status_code == 403


def test_an_owner_edits_and_reviews_their_own(team):
    owner, other = Api(make_agent(team=team)), Api(make_agent(team=team))
    service = make_service("Mail", owner=owner.user)
    where = f"/services/{service.pk}/"
    assert owner.patch(where, {"summary_en": "x"}).status_code == 200
    assert owner.patch(where, {"criticality": 1}).status_code == 403
    assert other.patch(where, {"summary_en": "y"}).status_code == 403
    assert other.post(f"{where}review/", {"note": "x"}).status_code == 403
    done = owner.post(f"{where}review/", {"note": "all right"})
    assert done.json()["reviewed_at"]
    assert service.reviews.get().note == "all right"


def test_items_and_relations_are_kept_by_administrators(admin, agent):
    service = make_service("Mail")
    sent = {"name": "app-1", "type": "application", "services": [service.slug]}
    made = admin.post("/items/", sent)
    assert made.status_code == 201
    assert made.json()["services"] == [{"id": service.pk, "name": service.name}]
    assert admin.post("/items/", sent).json()["code"] == "taken"
    pk = made.json()["id"]
    assert admin.patch(f"/items/{pk}/", {"location": "3F"}).json()["location"] == "3F"
    host = make_item("host-1")
    relation = {"source": "app-1", "type": "runs_on", "target": host.pk}
    first, again = admin.post("/relations/", relation), admin.post("/relations/", relation)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert [row["id"] for row in agent.get(f"/relations/?source={pk}").json()["results"]] == [
        first.json()["id"]
    ]
    to_itself = relation | {"target": "app-1"}
    assert admin.post("/relations/", to_itself).json()["errors"][0]["field"] == "target"
    assert agent.post("/relations/", relation).status_code == 403
    assert agent.delete(f"/relations/{first.json()['id']}/").status_code == 403
    assert admin.delete(f"/relations/{first.json()['id']}/").status_code == 204
    assert admin.delete(f"/relations/{first.json()['id']}/").status_code == 404
    assert not Relation.objects.exists()
    assert agent.post("/items/", {"name": "x"}).status_code == 403
    assert ConfigurationItem.objects.count() == 2


def test_impact_goes_both_ways_with_the_same_queries_however_large(agent):
    service, host = make_service("Mail"), make_item("host-1")
    counts = []
    for more in (1, 29):
        for _ in range(more):
            item = make_item()
            item.services.add(service)
            item.relations_out.create(target=host, type="runs_on")
        agent.get(f"/items/{host.pk}/impact/")
        with CaptureQueriesContext(connection) as captured:
            shown = agent.get(f"/items/{host.pk}/impact/").json()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert shown["needs"] == []
    mail = {"kind": "service", "id": service.pk, "name": service.name, "steps": 2}
    assert mail in shown["fails_with_it"]
    assert len(shown["fails_with_it"]) == 31
    above = agent.get(f"/services/{service.pk}/impact/").json()
    assert len(above["needs"]) == 31
    assert agent.get("/services/999/impact/").status_code == 404
