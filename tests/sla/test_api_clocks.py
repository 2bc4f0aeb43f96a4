"""Clocks, explanations, what-if and the report over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sla.models import Clock
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def agent(client):
    agent = make_agent(team=make_team())
    client.force_login(agent)
    return agent


def test_clocks_of_a_record_say_how_they_stand(client, agent):
    ticket = open_incident(impact=1, urgency=1)
    found = client.get(f"{V1}/tickets/{ticket.number}/clocks/").json()["results"]
    assert {(row["metric"], row["state"]) for row in found} == {
        ("first_response", "running"),
        ("resolution", "running"),
    }
    Clock.objects.filter(metric="resolution").update(due_at="2026-01-01T00:00:00Z")
    found = client.get(f"{V1}/clocks/?breached=true").json()["results"]
    assert [(row["ticket"], row["state"]) for row in found] == [(ticket.number, "breached")]
    assert found[0]["breached_at"] == "2026-01-01T00:00:00Z"


def test_the_list_asks_as_often_for_one_as_for_thirty(client, agent):
    counts = []
    client.get(f"{V1}/clocks/")
    for number in (1, 29):
        for _each in range(number):
            open_incident()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"{V1}/clocks/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_restricted_records_have_no_clocks_for_strangers(client):
    team = make_team()
    insider, stranger = make_agent(team=team), make_agent(team=make_team())
    ticket = open_incident(by=insider, team=team, restricted=True)
    for user, status, number in ((insider, 200, 2), (stranger, 404, 0)):
        client.force_login(user)
        assert client.get(f"{V1}/tickets/{ticket.number}/clocks/").status_code == status
        assert client.get(f"{V1}/tickets/{ticket.number}/clocks/explain/").status_code == status
        assert len(client.get(f"{V1}/clocks/").json()["results"]) == number


def test_requesters_get_no_clocks(client):
    user = make_user()
    ticket = open_incident(by=user)
    client.force_login(user)
    for path in ("clocks/", f"tickets/{ticket.number}/clocks/", "service-level-report/"):
        assert client.get(f"{V1}/{path}").status_code in (403, 404)
    asked = client.post(f"{V1}/what-if/", {"priority": 1}, content_type="application/json")
    assert asked.status_code == 403


def test_the_explanation_names_the_policy(client, agent):
    ticket = open_incident()
    actions.comment(ticket, "확인했습니다.", by=agent)
    told = client.get(f"{V1}/tickets/{ticket.number}/clocks/explain/").json()["results"]
    assert {row["policy"] for row in told} == {"Standard service level"}
    assert any(line["text"] == "Started" for row in told for line in row["lines"])


def test_what_if_answers_and_refuses_with_the_field(client, agent):
    def ask(**data):
        return client.post(f"{V1}/what-if/", data, content_type="application/json")

    answer = ask(priority=1, opened_at="2026-11-23T00:00:00Z").json()
    due = {row["metric"]: row["due_at"] for row in answer["promises"]}
    assert due["resolution"] == "2026-11-23T04:00:00Z"
    for bad in ({"priority": 9}, {"priority": 1, "kind": "cake"}, {"priority": 1, "x": 1}):
        assert ask(**bad).status_code in (400, 422)
    assert not Clock.objects.exists()


def test_the_report_is_for_those_who_read_figures(client, agent):
    assert client.get(f"{V1}/service-level-report/").status_code == 403
    client.force_login(make_user(role="manager"))
    answer = client.get(f"{V1}/service-level-report/?range=week&group_by=team")
    assert answer.status_code == 200
    assert answer.json()["totals"]["mttr"]["value"] is None
    for bad in ("range=x", "group_by=x", "team=1;2", "first=soon", "metric=x", "colour=red"):
        assert client.get(f"{V1}/service-level-report/?{bad}").status_code == 400
