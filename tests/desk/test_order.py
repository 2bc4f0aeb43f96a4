"""A service request for a caller: the desk finds what that person may ask for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from tests.catalog.support import field, make_offering
from tests.factories import make_agent, make_team, make_user

pytestmark = pytest.mark.django_db
URL = "/desk/new/request/"
LIVE = {"HX-Request": "true"}


@pytest.fixture
def agent(client):
    made = make_agent("Agent", make_team())
    client.force_login(made)
    return made


def test_the_menu_leads_to_it(client, agent):
    assert f'href="{URL}"' in client.get(reverse("desk:new")).content.decode()


def test_without_a_requester_nothing_is_offered(client, agent):
    make_offering(field("x"))
    page = client.get(URL)
    assert page.context["rows"] == []
    assert "Choose the requester first" in page.content.decode()


def test_only_what_the_requester_may_ask_for_is_found(client, agent):
    caller = make_user()
    theirs = make_offering(field("x"), audience={"people": [caller.pk]})
    make_offering(field("x"), audience={"people": [agent.pk]})
    page = client.get(URL, {"requester": caller.pk})
    address = reverse("portal:request", args=[theirs.slug])
    assert [row.url for row in page.context["rows"]] == [f"{address}?requester={caller.pk}"]


def test_it_is_found_by_words_while_they_are_typed(client, agent):
    caller = make_user()
    make_offering(field("x"), name={"ko": "노트북", "en": "Laptop"})
    cards = {
        "name": {"ko": "명함", "en": "Business cards"},
        "summary": {"ko": "인쇄", "en": "Print"},
    }
    make_offering(field("x"), **cards)
    page = client.get(URL, {"requester": caller.pk, "q": "labtop"}, headers=LIVE)
    assert [row.name for row in page.context["rows"]] == ["Laptop"]
    assert "<html" not in page.content.decode()
    none = client.get(URL, {"requester": caller.pk, "q": "zzzz"}, headers=LIVE)
    assert "Nothing found" in none.content.decode()


@pytest.mark.parametrize("said", ["", "0", "abc", "²", "9" * 40, "\x00"])
def test_strange_requesters_are_nobody(client, agent, said):
    page = client.get(URL, {"requester": said, "q": "\x00"})
    assert (page.status_code, page.context["rows"]) == (200, [])


def test_somebody_who_left_is_nobody(client, agent):
    make_offering(field("x"))
    gone = make_user(is_active=False)
    assert client.get(URL, {"requester": gone.pk}).context["rows"] == []


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
def test_only_those_who_work_there_may(client, role):
    client.force_login(make_user(role=role or ""))
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("text", ["", "Thing"])
def test_thirty_offerings_cost_no_more_queries_than_one(client, agent, text):
    caller = make_user()
    counts = []
    for more in (1, 29):
        for number in range(more):
            make_offering(field("x"), name={"ko": f"Thing {number}", "en": f"Thing {number}"})
        client.get(URL)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(URL, {"requester": caller.pk, "q": text})
        counts.append(len(asked))
    assert len(page.context["rows"]) == 30
    assert counts[0] == counts[1]
