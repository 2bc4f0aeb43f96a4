"""Major incidents over the API: the console's actions and refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from incidents.models import MajorIncident
from tests.api.conftest import Api
from tests.factories import make_agent, make_service, make_user, open_incident
from tickets.models import Event, Ticket

WHERE = "/major-incidents"


@pytest.fixture
def lead(team: Any) -> Api:
    return Api(make_agent("이서연", team, role=Role.TEAM_LEAD))


@pytest.fixture
def ticket(team: Any, agent: Api) -> Ticket:
    return open_incident("VPN is down", by=agent.user, service=make_service("VPN", team))


def body(answer: Any) -> Any:
    return answer.json()


def test_from_candidate_to_review(agent, lead, ticket):
    at = f"{WHERE}/{ticket.number}"
    assert agent.get(f"{at}/").status_code == 404
    assert agent.post(f"{at}/propose/", {"why": "Calls."}).status_code == 201
    assert agent.post(f"{at}/declare/", {"why": "Mine."}).status_code == 403
    given = {"why": "All of them.", "severity": 1, "commander": lead.user.email}
    declared = lead.post(f"{at}/declare/", given)
    assert declared.status_code == 201
    assert body(declared)["commander"]["id"] == lead.user.pk
    assert lead.post(f"{at}/declare/", given).status_code == 422
    changed = lead.patch(f"{at}/", {"severity": 2, "reason": "Half are back.", "symptoms": "None."})
    assert (body(changed)["severity"], body(changed)["symptoms"]) == (2, "None.")
    took = agent.post(f"{at}/roles/", {"role": "scribe", "user": agent.user.pk})
    assert body(took)["scribe"]["id"] == agent.user.pk
    entry = body(agent.post(f"{at}/log/", {"title": "Roll call"}))
    reworded = agent.patch(f"{at}/log/{entry['id']}/", {"title": "Roll call done"})
    assert body(reworded)["title"] == "Roll call done"
    lines = body(agent.get(f"{at}/log/"))["results"]
    assert lines[-1]["title"] == "Roll call done"
    assert lines[-1]["edited"]
    soon = (timezone.now() + timedelta(minutes=20)).isoformat()
    notice = {"stage": "identified", "condition": "partial", "text_en": "We are on it."}
    assert lead.post(f"{at}/updates/", notice).status_code == 422
    told = lead.post(f"{at}/updates/", {**notice, "next_update_at": soon})
    assert told.status_code == 201
    assert len(body(agent.get(f"{at}/updates/"))["results"]) == 1
    report = open_incident("VPN?", service=ticket.service)
    attached = lead.post(f"{at}/children/", {"tickets": [report.number, "INC-999999"]})
    assert body(attached) == {"attached": [report.number], "left_out": ["INC-999999"]}
    assert lead.post(f"{at}/call/", {"message": "Help", "person": agent.user.pk}).status_code == 204
    assert agent.get(f"{at}/review/").status_code == 404
    assert lead.post(f"{at}/stand-down/").status_code == 200
    texts = {"impact": "a", "causes": "b", "went_well": "c", "went_badly": "d"}
    assert body(agent.patch(f"{at}/review/", texts))["causes"] == "b"
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    todo = {"title": "Alarm", "owner": agent.user.email, "due_on": day}
    made = agent.post(f"{at}/review/actions/", todo)
    again = body(agent.post(f"{at}/review/actions/", {**todo, "title": "Twice"}))
    assert made.status_code == 201
    assert agent.delete(f"{at}/review/actions/{again['id']}/").status_code == 204
    assert agent.post(f"{at}/review/approve/").status_code == 403
    done = body(lead.post(f"{at}/review/approve/"))
    assert [one["title"] for one in done["actions"]] == ["Alarm"]
    assert done["actions"][0]["task"].startswith("TSK-")
    assert MajorIncident.objects.get().state == "reviewed"


def test_the_list_shows_what_one_may_see(agent, lead, ticket, team):
    for title in ("One", "Two"):
        other = open_incident(title, by=agent.user)
        lead.post(f"{WHERE}/{other.number}/declare/", {"why": "Down."})
    agent.post(f"{WHERE}/{ticket.number}/propose/", {"why": "Calls."})
    page = body(agent.get(f"{WHERE}/?count=1"))
    assert page["count"] == 3
    assert [row["title"] for row in page["results"]] == ["Two", "One", "VPN is down"]
    declared = body(agent.get(f"{WHERE}/?state=declared"))["results"]
    assert [row["title"] for row in declared] == ["Two", "One"]
    assert agent.get(f"{WHERE}/?state=lost").status_code == 400
    assert body(Api(make_user()).get(f"{WHERE}/"))["results"] == []


def test_a_requester_reads_none_of_it(lead, ticket):
    lead.post(f"{WHERE}/{ticket.number}/declare/", {"why": "Secret reason"})
    person = Api(make_user())
    ticket.requester = person.user
    ticket.save(update_fields=["requester"])
    for end in ("", "log/", "updates/", "review/"):
        assert person.get(f"{WHERE}/{ticket.number}/{end}").status_code == 404
    for end in ("propose/", "declare/", "roles/", "log/"):
        assert person.post(f"{WHERE}/{ticket.number}/{end}", {"why": "x"}).status_code == 404
    events = body(person.get(f"/tickets/{ticket.number}/events/"))["results"]
    assert "major" not in [event["verb"] for event in events]


def test_the_same_declaration_sent_twice_is_done_once(lead, ticket):
    at = f"{WHERE}/{ticket.number}/declare/"
    first = lead.post(at, {"why": "Down."}, Idempotency_Key="abc")
    second = lead.post(at, {"why": "Down."}, Idempotency_Key="abc")
    assert (first.status_code, second.status_code) == (201, 201)
    assert Event.objects.filter(ticket=ticket, verb="major").count() == 1


def test_milestones_of_a_security_incident(agent):
    ticket = open_incident("Phishing", by=agent.user, detail={"security": True})
    at = f"/incidents/{ticket.number}/milestones/"
    answer = body(agent.post(at, {"milestone": "contained"}))
    assert answer["contained_at"]
    assert answer["patched_at"] is None
    plain = open_incident("Printer", by=agent.user)
    refused = agent.post(f"/incidents/{plain.number}/milestones/", {"milestone": "patched"})
    assert refused.status_code == 422
