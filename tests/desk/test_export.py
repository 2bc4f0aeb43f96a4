"""The queue as a file: the same list, seen by the same rule."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions

pytestmark = pytest.mark.django_db


def fetched(client, **query) -> list[dict[str, str]]:
    response = client.get(reverse("exports:tickets"), {"view": "all", "format": "csv", **query})
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def signed_in(client, user):
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def test_it_holds_what_the_reader_may_see_and_nothing_more(client):
    team, other = make_team(), make_team()
    agent = make_agent(team=team)
    seen = open_incident("=cmd|' /C calc'!A0", by=agent, team=team)
    secret = open_incident("hidden", by=make_agent(team=other), team=other, restricted=True)
    rows = fetched(signed_in(client, agent))
    assert {row["Number"] for row in rows} == {seen.number}
    assert rows[0]["Title"] == "'=cmd|' /C calc'!A0"
    assert secret.number not in str(rows)


def test_it_follows_the_filter_and_the_language(client):
    agent = make_agent(team=make_team(), language="ko")
    first, second = open_incident("하나"), open_incident("둘")
    actions.assign(second, by=agent, assignee=agent)
    rows = fetched(signed_in(client, agent), **{"f.assignee": "@me"})
    assert [row["번호"] if "번호" in row else row["Number"] for row in rows] == [second.number]
    assert first.number != second.number


def test_unknown_views_and_formats_are_not_found(client):
    signed_in(client, make_agent(team=make_team()))
    for query in ({"view": "nope"}, {"view": "all", "format": "pdf"}, {}):
        assert client.get(reverse("exports:tickets"), query).status_code == 404


def test_requesters_have_no_export(client):
    signed_in(client, make_user())
    assert client.get(reverse("exports:tickets"), {"view": "all"}).status_code == 403


@pytest.mark.parametrize("number", [1, 30])
def test_it_takes_the_same_queries_for_any_length(client, number):
    agent = make_agent(team=make_team())
    for _ in range(number):
        open_incident(by=agent)
    signed_in(client, agent)
    fetched(client)
    with CaptureQueriesContext(connection) as queries:
        assert len(fetched(client)) == number
    assert len([q for q in queries if "tickets_ticket" in q["sql"]]) <= 1
