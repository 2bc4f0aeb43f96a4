"""Every refusal below /api/ is RFC 9457 problem details, whoever refused."""

import json

import pytest
from django.conf import settings
from django.test import Client

from tests.api.conftest import V1, Api
from tests.factories import make_user, open_incident

pytestmark = pytest.mark.django_db


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"urn:maru:problem:{code}"
    assert body["instance"] == f"urn:maru:request:{answer['X-Request-ID']}"
    assert body["title"]
    assert body["detail"]


def test_nobody_is_told_how_to_sign_in():
    answer = Client().get(f"{V1}/tickets/")
    assert_problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_that_does_not_work(agent):
    answer = Client().get(f"{V1}/tickets/", headers={"Authorization": "Bearer maru_guessed"})
    assert_problem(answer, 401, "bad_token")


@pytest.mark.parametrize(
    "address",
    ["/tickets/INC-999999/", "/nothing/", "/tickets/%00/", "/tickets/INC-1%00/", "/../etc", ""],
)
def test_unknown_addresses_and_records_look_alike(agent, address):
    assert_problem(agent.get(address), 404, "not_found")


@pytest.mark.parametrize("debug", [True, False])
def test_addresses_beside_the_version_are_problems_too(client, settings, debug):
    settings.DEBUG = debug
    assert_problem(client.get("/api/v2/tickets/"), 404, "not_found")


def test_a_method_the_address_does_not_take(agent):
    answer = agent.ask("PUT", "/tickets/", {})
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"
    assert_problem(agent.ask("OPTIONS", "/tickets/"), 405, "method_not_allowed")


def test_an_answer_nobody_can_give(agent):
    assert_problem(agent.get("/tickets/", Accept="text/html"), 406, "not_acceptable")
    assert agent.get("/tickets/", Accept="text/html, */*;q=0.1").status_code == 200


def test_a_body_of_another_type(agent):
    answer = agent.client.post(f"{V1}/incidents/", {"title": "x"}, headers=agent.headers)
    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"title": NaN}',
        b"\xff\xfe",
        '{"title": 1e999999999}x',
        "9" * 10_000,
    ],
)
def test_what_is_no_json(agent, body):
    answer = agent.client.post(
        f"{V1}/incidents/", body, content_type="application/json", headers=agent.headers
    )
    assert_problem(answer, 400, "parse_error")


@pytest.mark.parametrize("body", [[], "x", 5, None, True])
def test_json_that_is_no_object(agent, body):
    assert_problem(
        agent.ask("POST", "/incidents/", json.loads(json.dumps(body)) or []), 400, "invalid"
    )


def test_a_huge_body_is_refused_before_it_is_understood(agent):
    huge = {"title": "x", "description": "가" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    assert_problem(agent.post("/incidents/", huge), 413, "too_large")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", 5),
        ("title", None),
        ("title", "x" * 251),
        ("title", "a\x00b"),
        ("title", "\ud800"),
        ("impact", "1"),
        ("impact", 4),
        ("impact", True),
        ("impact", [1]),
        ("service", 10**30),
        ("service", "no-such"),
        ("service", "a\x00"),
        ("service", {}),
        ("tags", "vpn"),
        ("tags", ["x" * 41]),
        ("tags", [1]),
        ("items", [99999]),
        ("items", {"a": 1}),
        ("items", ["x"] * 101),
        ("security", "true"),
        ("requester", True),
    ],
)
def test_values_of_another_form_name_their_field(agent, field, value):
    answer = agent.post("/incidents/", {"title": "x"} | {field: value})
    assert_problem(answer, 400, "invalid")
    (error,) = answer.json()["errors"]
    assert error["pointer"].startswith(f"/{field}")
    assert error["message"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=title",
        "sort=id;DROP TABLE tickets_ticket",
        "sort=-updated_at,-id",
        "sort=requester__password",
        "cursor=abc",
        "page_size=0",
        "page_size=201",
        "page_size=9999999999999",
        "page_size=x",
        "count=2",
        "status=new' OR 1=1--",
        "priority=6",
        "team=1;",
        "team=99999999999999999999",
        "team=me",
        "assignee=you",
        "opened_after=yesterday",
        "opened_after=0001-01-01T00:00:00Z",
        "restricted=1",
        "q=",
        "q=%00",
        "tag=" + "x" * 201,
        "requester__email=a@example.org",
        "status__regex=(a+)%2B$",
        "format=api",
    ],
)
def test_parameters_that_cannot_be_used_are_refused_not_ignored(agent, query):
    answer = agent.get(f"/tickets/?{query}")
    assert_problem(answer, 400, "invalid")
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_refusals_of_the_rules_say_what_to_do_in_the_readers_language():
    korean = Api(make_user(language="ko"))
    ticket = open_incident(by=korean.user)
    answer = korean.post(
        f"/tickets/{ticket.number}/links/", {"type": "related", "ticket": ticket.number}
    )
    assert_problem(answer, 422, "invalid")
    assert answer["Content-Language"] == "ko"
    english = korean.get("/nothing/", Accept_Language="en")
    assert english["Content-Language"] == "en"


def test_a_fault_of_ours_says_nothing_of_its_cause(agent, monkeypatch):
    from tickets.api import records

    def fails(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(records, "paged", fails)
    agent.client.raise_request_exception = False
    answer = agent.get("/tickets/")
    assert_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.content


def test_a_wrong_host_is_a_problem_too(agent):
    answer = agent.get("/tickets/", Host="evil.example")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
