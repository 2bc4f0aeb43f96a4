"""Records through the API: what a program reads, opens and changes."""

from urllib.parse import quote

import pytest

from tests.api.conftest import Api
from tests.factories import (
    make_agent,
    make_category,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


def test_an_agent_opens_an_incident_for_somebody_by_mail_address(agent):
    person = make_user(email="hong@example.org")
    service, item = make_service(), make_item("vpn-1")
    answer = agent.post(
        "/incidents/",
        {
            "title": "VPN drops every hour",
            "description": "Since this morning.",
            "requester": "Hong@example.org",
            "service": service.slug,
            "items": ["vpn-1"],
            "tags": ["vpn"],
            "impact": 1,
            "urgency": 2,
            "security": True,
        },
    )
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["priority"], shown["requester"]["id"], shown["channel"]) == (2, person.pk, "api")
    assert shown["service"]["id"] == service.pk
    assert shown["items"] == [{"id": item.pk, "name": "vpn-1"}]
    assert shown["tags"] == ["vpn"]
    assert shown["security"] is True
    assert shown["restricted"] is True
    assert answer["Location"].endswith(f"/api/v1/incidents/{shown['number']}/")
    assert answer["ETag"] == f'"{shown["version"]}.en"'
    assert Event.objects.get(ticket__number=shown["number"]).channel == "api"


def test_a_requester_opens_for_themselves_and_not_for_others(requester, agent):
    answer = requester.post("/incidents/", {"title": "No network"})
    assert answer.status_code == 201
    assert answer.json()["requester"]["id"] == requester.user.pk
    other = requester.post("/incidents/", {"title": "x", "requester": agent.user.pk})
    assert (other.status_code, other.json()["code"]) == (403, "not_allowed")
    guess = requester.post("/incidents/", {"title": "x", "requester": agent.user.email})
    nobody = requester.post("/incidents/", {"title": "x", "requester": "no@example.org"})
    assert guess.json()["errors"] == nobody.json()["errors"]  # no telling whose address exists


def test_records_of_any_kind_open_by_naming_it(agent):
    answer = agent.post("/tickets/", {"kind": "incident", "title": "Printer jams"})
    assert answer.status_code == 201
    assert answer.json()["number"].startswith("INC-")


def test_unknown_fields_are_refused_and_nothing_is_written(agent):
    answer = agent.post("/incidents/", {"title": "x", "priority": 1, "number": "INC-1"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"priority", "number"}
    ticket = open_incident()
    for field in ("status", "version", "requester_id", "opened_by", "restricted", "team"):
        answer = agent.patch(f"/tickets/{ticket.number}/", {field: 1})
        assert answer.status_code == 400, field
    assert Ticket.objects.count() == 1


def test_retrieve_carries_an_etag_and_answers_304_when_known(agent):
    ticket = open_incident()
    first = agent.get(f"/incidents/{ticket.number}/")
    assert first.status_code == 200
    assert agent.get(f"/incidents/{ticket.number}/", If_None_Match=first["ETag"]).status_code == 304
    actions.comment(ticket, "x", by=agent.user)
    assert agent.get(f"/incidents/{ticket.number}/", If_None_Match=first["ETag"]).status_code == 200


@pytest.mark.parametrize("spelling", ["inc{0}", "INC{0}", "inc-{0}"])
def test_numbers_are_found_however_typed(agent, spelling):
    ticket = open_incident()
    assert agent.get(f"/tickets/{spelling.format(ticket.serial)}/").status_code == 200


def test_patch_changes_fields_of_the_base_and_of_the_kind(agent):
    ticket = open_incident()
    category = make_category()
    answer = agent.patch(
        f"/incidents/{ticket.number}/",
        {"title": "VPN", "category": category.key, "impact": 1, "urgency": 1, "resolution": "x"},
    )
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["title"], shown["priority"], shown["resolution"]) == ("VPN", 1, "x")
    assert shown["field_versions"]["title"] == 1


def test_if_match_refuses_a_record_that_changed(agent):
    ticket = open_incident()
    etag = agent.get(f"/tickets/{ticket.number}/")["ETag"]
    actions.edit(ticket, {"description": "other"}, by=agent.user)
    answer = agent.patch(f"/tickets/{ticket.number}/", {"title": "Mine"}, If_Match=etag)
    assert (answer.status_code, answer.json()["code"]) == (412, "changed")
    assert Ticket.objects.get().title != "Mine"
    fresh = answer["ETag"]
    answer = agent.patch(f"/tickets/{ticket.number}/", {"title": "Mine"}, If_Match=fresh)
    assert answer.status_code == 200
    assert (
        agent.patch(f"/tickets/{ticket.number}/", {"title": "a"}, If_Match="*").status_code == 200
    )


def test_a_field_changed_by_two_shows_both_values_and_loses_neither(agent):
    ticket = open_incident("First")
    actions.edit(ticket, {"title": "Theirs"}, by=agent.user)
    answer = agent.patch(
        f"/tickets/{ticket.number}/", {"title": "Mine", "field_versions": {"title": 0}}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["conflicts"] == [
        {
            "field": "title",
            "seen": "First",
            "current": "Theirs",
            "wanted": "Mine",
            "changed_by": agent.user.pk,
        }
    ]
    assert Ticket.objects.get().title == "Theirs"
    other = {"description": "Mine", "field_versions": {"description": 0, "title": 0}}
    assert agent.patch(f"/tickets/{ticket.number}/", other).status_code == 200


def test_transitions_name_their_fields_and_execute(agent):
    ticket = open_incident()
    offered = agent.get(f"/incidents/{ticket.number}/transitions/").json()["results"]
    resolve = next(move for move in offered if move["name"] == "resolve")
    assert resolve["target"] == "resolved"
    assert {f["name"] for f in resolve["fields"] if f["required"]} == {
        "resolution_code",
        "resolution",
        "cause_category",
    }
    answer = agent.post(f"/incidents/{ticket.number}/transitions/", {"transition": "resolve"})
    assert (answer.status_code, answer.json()["code"]) == (422, "required")
    assert {e["pointer"] for e in answer.json()["errors"]} == {
        "/resolution_code",
        "/resolution",
        "/cause_category",
    }
    data = resolution()
    answer = agent.post(
        f"/incidents/{ticket.number}/transitions/",
        {
            "transition": "resolve",
            "resolution_code": data["resolution_code"].key,
            "cause_category": data["cause_category"].pk,
            "resolution": "Restarted.",
        },
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["resolution"]) == ("resolved", "Restarted.")
    again = agent.post(f"/tickets/{ticket.number}/transitions/", {"transition": "start"})
    assert (again.status_code, again.json()["code"]) == (422, "illegal_transition")


def test_pending_takes_a_reason_and_an_instant(agent):
    ticket = open_incident()
    answer = agent.post(
        f"/tickets/{ticket.number}/transitions/",
        {
            "transition": "pend",
            "pending_reason": waiting_for_requester().key,
            "resume_at": "2199-01-01T00:00:00+09:00",
        },
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["resume_at"] == "2198-12-31T15:00:00Z"


def test_offsets_that_no_place_has_are_taken_too(agent):
    when = quote("2081-05-30T03:12:03.097332-22:11")
    assert agent.get(f"/tickets/?updated_before={when}").status_code == 200


def test_assigning_names_people_and_teams(agent, team):
    ticket = open_incident()
    answer = agent.post(f"/tickets/{ticket.number}/assign/", {"assignee": agent.user.email})
    assert answer.json()["assignee"]["id"] == agent.user.pk
    assert answer.json()["status"] == "assigned"
    other = make_team()
    answer = agent.post(f"/tickets/{ticket.number}/assign/", {"team": other.slug})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
    answer = agent.post(
        f"/tickets/{ticket.number}/assign/", {"team": other.slug, "reason": "Network."}
    )
    assert answer.json()["team"]["id"] == other.pk


def test_giving_a_record_out_of_sight_answers_nothing_about_it():
    mine, other = make_team(), make_team()
    agent = Api(_team_agent(mine))
    ticket = open_incident(by=make_agent(), team=mine)
    answer = agent.post(f"/tickets/{ticket.number}/assign/", {"team": other.pk, "reason": "x"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert agent.get(f"/tickets/{ticket.number}/").status_code == 404


def _team_agent(team):
    from tests.factories import join

    user = make_user(role="agent", scope="teams")
    join(team, user)
    return user


def test_overriding_the_priority_needs_right_and_reason(agent):
    ticket = open_incident()
    refused = agent.post(
        f"/tickets/{ticket.number}/priority/", {"priority": 1, "reason": "The CEO waits."}
    )
    assert refused.status_code == 403
    lead = Api(make_user(role="team_lead"))
    answer = lead.post(
        f"/tickets/{ticket.number}/priority/", {"priority": 1, "reason": "The CEO waits."}
    )
    assert (answer.json()["priority"], answer.json()["priority_overridden"]) == (1, True)
    back = lead.post(f"/tickets/{ticket.number}/priority/", {"priority": None, "reason": "Done"})
    assert back.json()["priority"] == 5


def test_a_closed_record_is_continued_by_a_follow_up(agent, requester):
    ticket = open_incident(by=requester.user)
    actions.transition(ticket, "resolve", by=agent.user, **resolution())
    actions.transition(ticket, "close", by=agent.user)
    answer = agent.post(f"/tickets/{ticket.number}/follow-up/", {"body": "It came back."})
    assert answer.status_code == 201
    assert answer.json()["number"] != ticket.number
    said = requester.post(f"/tickets/{ticket.number}/comments/", {"body": "Again."})
    assert said.status_code == 201
    assert said.json()["ticket"] != ticket.number


def test_restricting_hides_a_record_from_other_teams(agent):
    ticket = open_incident()
    other = Api(make_agent())
    assert other.get(f"/tickets/{ticket.number}/").status_code == 200
    answer = agent.post(f"/tickets/{ticket.number}/restriction/", {"restricted": True})
    assert answer.json()["restricted"] is True
    assert other.get(f"/tickets/{ticket.number}/").status_code == 404


def test_the_parent_is_shown_only_to_those_who_may_know_of_it(agent, requester):
    parent, child = open_incident("Mail is down"), open_incident(by=requester.user)
    actions.link(parent, actions.links.LinkType.PARENT_OF, child, by=agent.user)
    assert agent.get(f"/tickets/{child.number}/").json()["parent"] == parent.number
    assert requester.get(f"/tickets/{child.number}/").json()["parent"] is None
    numbers = [t["number"] for t in agent.get("/tickets/?has_parent=true").json()["results"]]
    assert numbers == [child.number]


def test_labels_follow_the_language_asked_for(agent):
    ticket = open_incident()
    korean = agent.get(f"/tickets/{ticket.number}/", Accept_Language="ko")
    assert korean["Content-Language"] == "ko"
    assert korean["ETag"] == f'"{ticket.version}.ko"'
