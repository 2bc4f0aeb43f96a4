"""Objectives, outages and samples over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.api.shapes import instant
from sla.models import Objective, Outage, Sample
from tests.api.conftest import Api
from tests.factories import make_agent, make_service, make_team, make_user, open_incident

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def service():
    return make_service(team=make_team())


@pytest.fixture
def send(client):
    def sent(user, method, path, **data):
        client.force_login(user)
        return getattr(client, method)(f"{V1}{path}", data, content_type="application/json")

    return sent


def test_an_administrator_sets_an_objective_and_the_desk_reads_it(client, send, service):
    body = {
        "service": service.slug,
        "kind": "availability",
        "target": "99.9",
        "calendar": "always",
        "starts_on": "2026-01-01",
    }
    assert send(make_agent(), "post", "/objectives/", **body).status_code == 403
    made = send(make_user(role="administrator"), "post", "/objectives/", **body)
    assert made.status_code == 201
    assert len(made.json()["months"]) >= 1
    pk = made.json()["id"]
    assert (
        send(make_user(role="administrator"), "patch", f"/objectives/{pk}/", target="99").json()[
            "target"
        ]
        == 99
    )
    client.force_login(make_agent())
    listed = client.get(f"{V1}/objectives/").json()["results"]
    assert [row["id"] for row in listed] == [pk]
    client.force_login(make_user())
    for path in ("objectives/", f"objectives/{pk}/", "outages/"):
        assert client.get(f"{V1}/{path}").status_code == 403
    assert Objective.objects.get().target == 99


def test_an_outage_is_entered_ended_corrected_and_withdrawn(client, send, service):
    keeper = make_agent(team=service.support_team)
    began = timezone.now() - timedelta(hours=1)
    made = send(
        keeper, "post", "/outages/", service=service.slug, started_at=instant(began), note="Line"
    )
    assert (made.status_code, made.json()["source"]) == (201, "api")
    pk = made.json()["id"]
    assert send(make_agent(), "post", f"/outages/{pk}/end/").status_code == 403
    assert send(keeper, "post", f"/outages/{pk}/end/").json()["ended_at"] is not None
    assert send(keeper, "patch", f"/outages/{pk}/", kind="degraded").json()["kind"] == "degraded"
    client.force_login(keeper)
    assert client.get(f"{V1}/outages/?going_on=true").json()["results"] == []
    assert send(keeper, "post", f"/outages/{pk}/withdraw/").json()["withdrawn_at"] is not None
    refused = send(keeper, "patch", f"/outages/{pk}/", service="x", ticket=1)
    assert refused.status_code in (400, 422)
    assert Outage.objects.get().service == service


def test_samples_are_kept_once_and_bad_ones_refused(send, service):
    keeper = make_agent(team=service.support_team)
    row = {"at": instant(timezone.now() - timedelta(minutes=5)), "value": 840.5}
    for _twice in range(2):
        kept = send(
            keeper, "post", "/samples/", service=service.slug, metric="login", samples=[row]
        )
        assert (kept.status_code, kept.json()) == (201, {"kept": 1})
    assert Sample.objects.count() == 1
    for bad in ([], [{"at": "soon", "value": 1}], [{"at": row["at"], "value": "fast"}]):
        refused = send(
            keeper, "post", "/samples/", service=service.slug, metric="login", samples=bad
        )
        assert refused.status_code in (400, 422)
    other = send(make_agent(), "post", "/samples/", service=service.slug, metric="x", samples=[row])
    assert other.status_code == 403


def test_a_post_sent_again_with_its_key_enters_one_outage(service):
    keeper = Api(make_agent(team=service.support_team))
    began = instant(timezone.now() - timedelta(hours=2))
    ended = instant(timezone.now() - timedelta(hours=1))
    body = {"service": service.pk, "started_at": began, "ended_at": ended}
    first, second = (keeper.post("/outages/", body, Idempotency_Key="o-1") for _twice in range(2))
    assert (first.status_code, second.json()) == (201, first.json())
    assert Outage.objects.count() == 1


def test_a_withdrawn_outage_is_not_going_on(service):
    keeper = Api(make_agent(team=service.support_team))
    pk = keeper.post("/outages/", {"service": service.pk}).json()["id"]

    def going_on(value):
        rows = keeper.get(f"/outages/?going_on={value}&service={service.pk}").json()["results"]
        return [row["id"] for row in rows]

    assert (going_on("true"), going_on("false")) == ([pk], [])
    keeper.post(f"/outages/{pk}/withdraw/")
    assert (going_on("true"), going_on("false")) == ([], [pk])


def test_the_note_of_a_record_is_told_to_those_who_may_see_the_record(service):
    team = service.support_team
    keeper, other = make_agent(team=team), make_agent(team=make_team())
    ticket = open_incident(by=keeper, team=team, restricted=True)
    outage = Outage.objects.create(
        service=service, kind="unplanned", started_at=timezone.now(), note=ticket.number,
        source="incident", ticket=ticket,
    )  # fmt: skip
    path = f"/outages/{outage.pk}/"
    assert Api(keeper).get(path).json()["note"] == ticket.number
    assert Api(other).get(path).json()["note"] == ""
    assert Api(other).get("/outages/").json()["results"][0]["note"] == ""


def test_only_numbers_are_measures(service):
    admin = Api(make_user(role="administrator"))
    body = {
        "service": service.pk,
        "kind": "performance",
        "target": 95,
        "calendar": "always",
        "starts_on": "2026-01-01",
        "metric": "login",
    }
    for bad in ("NaN", "800", True):
        assert admin.post("/objectives/", body | {"threshold": bad}).status_code == 400
    assert admin.post("/objectives/", body | {"threshold": 800}).status_code == 201
