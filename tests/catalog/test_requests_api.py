"""Requests over the API: the same actions, the same refusals, the same figures as on the page."""

import pytest

from tests.catalog.kit import (
    ask,
    fresh,
    make_offering,
    make_policy,
    question,
    seat,
    task,
)
from tests.factories import make_agent, make_team, make_user
from tickets.actions import approving
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture
def asker(client):
    user = make_user(language="en")
    client.force_login(user)
    make_team()
    return user


def post(client, path, **data):
    return client.post(V1 + path, data, content_type="application/json")


def test_an_offering_is_asked_for_and_read_back(client, asker):
    offering = make_offering(fields=[question("size")], tasks=[task("buy")])
    made = post(client, f"offerings/{offering.pk}/requests/", answers={"size": "14"})
    assert made.status_code == 201
    body = made.json()
    assert body["answers"] == [{"key": "size", "label": "Size", "value": "14", "text": "14"}]
    assert [one["title"] for one in body["tasks"]] == ["Buy"]
    again = client.get(f"{V1}requests/{body['number']}/sheet/").json()
    assert again["answers"] == body["answers"]
    assert Ticket.objects.get().channel == "api"


def test_sent_twice_with_one_key_it_is_made_once(client, asker):
    offering = make_offering()
    for _time in range(2):
        client.post(
            f"{V1}offerings/{offering.pk}/requests/",
            {},
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
    assert Ticket.objects.count() == 1


def test_what_is_missing_names_the_question(client, asker):
    offering = make_offering(fields=[question("why", required=True)])
    refused = post(client, f"offerings/{offering.pk}/requests/", answers={})
    assert refused.status_code == 422
    assert "why" in str(refused.json())


@pytest.mark.parametrize(
    "answers", [{"why": "\x00"}, {"why": {"a": 1}}, {"why": [[[]]]}, {"x" * 500: 1}, {"why": 1e300}]
)
def test_answers_of_any_shape_do_no_harm(client, asker, answers):
    offering = make_offering(fields=[question("why")])
    sent = post(client, f"offerings/{offering.pk}/requests/", answers=answers)
    assert sent.status_code in (201, 422)


def test_offerings_for_others_do_not_exist(client, asker):
    offering = make_offering(audience={"people": [make_user().pk]})
    other = make_user()
    for more in ({}, {"requester": other.pk}):
        sent = post(client, f"offerings/{offering.pk}/requests/", answers={}, **more)
        assert sent.status_code == 404


def test_the_desk_asks_for_its_caller(client):
    agent, caller = make_agent(team=make_team()), make_user()
    client.force_login(agent)
    offering = make_offering(audience={"people": [caller.pk]})
    made = post(client, f"offerings/{offering.pk}/requests/", requester=caller.email)
    assert made.status_code == 201
    assert Ticket.objects.get().requester == caller


def test_a_rejected_request_is_mended_and_sent_again(client, asker):
    boss = make_user()
    offering = make_offering(fields=[question("why")], approval={"policy": make_policy([boss]).pk})
    ticket = ask(offering, asker, answers={"why": "a"})
    approving.decide(seat(ticket), "reject", by=boss, opinion="No")
    sent = post(client, f"requests/{ticket.number}/answers/", answers={"why": "b"})
    assert (sent.status_code, sent.json()["status"]) == (200, "awaiting_approval")
    stale = post(client, f"requests/{ticket.number}/answers/", answers={"why": "c"}, seen=1)
    assert stale.status_code == 422


def test_cancelling_and_reopening_are_transitions_of_the_record(client, asker):
    ticket = ask(make_offering(), asker)
    offered = client.get(f"{V1}requests/{ticket.number}/transitions/").json()
    assert "cancel" in str(offered)
    post(client, f"requests/{ticket.number}/transitions/", transition="cancel", reason="No")
    assert fresh(ticket).status == "cancelled"


def test_somebody_elses_request_does_not_exist(client, asker):
    ticket = ask(make_offering(), make_user())
    assert client.get(f"{V1}requests/{ticket.number}/sheet/").status_code == 404
