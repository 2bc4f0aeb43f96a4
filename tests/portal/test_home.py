"""Home, the menu and the list of requests: what waits for the reader stands first."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from tests.catalog.kit import ask, make_offering, make_policy
from tests.factories import (
    make_agent,
    make_department,
    make_team,
    make_user,
    open_incident,
    waiting_for_requester,
)
from tests.portal.support import answers
from tickets import actions
from tickets.actions import approving

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team("Service Desk")


@pytest.fixture
def requester(client, team):
    lead = make_user("박팀장", roman_name="Lead Park")
    user = make_user("김하늘", roman_name="Haneul Kim", manager=lead)
    client.force_login(user)
    return user


def home(client):
    response = client.get(reverse("portal:home"))
    assert response.status_code == 200
    return response


def rows(client, **data):
    return client.get(reverse("portal:my"), data).context["page"].rows


def titles(client, **data):
    return [row.title for row in rows(client, **data)]


# Home ----------------------------------------------------------------------------------------


def test_home_begins_with_the_search(client, requester):
    text = home(client).content.decode()
    assert (
        text.index('id="portal-search"') < text.index('id="ask"') < text.index('id="my-requests"')
    )


def test_sections_without_anything_to_say_are_not_there(client, requester):
    text = home(client).content.decode()
    assert "p-todo" not in text
    assert "Finished lately" not in text
    assert "All services are working." in text


def test_what_waits_for_the_reader_is_counted_and_linked(client, requester, team):
    agent = make_agent("박상담", team=team)
    ticket = open_incident(by=requester)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    asked = open_incident(by=make_user("이요청"))
    approving.ask(asked, policy=make_policy([requester]), by=agent)
    text = home(client).content.decode()
    assert "1 request waits for your reply" in text
    assert "1 document to approve" in text
    assert f'href="{reverse("portal:approvals")}"' in text


def test_a_half_written_report_can_be_continued(client, requester):
    client.post(reverse("portal:draft"), answers(title="Half a sentence"))
    text = home(client).content.decode()
    assert "Continue your report" in text
    assert "Half a sentence" in text


# The menu ------------------------------------------------------------------------------------


def test_the_menu_leads_everywhere_and_says_where_one_is(client, requester):
    for name in ("home", "catalog", "my", "approvals", "kb", "status"):
        text = client.get(reverse(f"portal:{name}")).content.decode()
        assert f'href="{reverse(f"portal:{name}")}" aria-current="page"' in text
        assert text.count('portal-nav__item" href') == 0
        assert text.count("portal-nav__item--") == 6


def test_only_people_of_the_desk_are_led_to_the_desk(client, requester, team):
    assert reverse("desk:home") not in home(client).content.decode()
    client.force_login(make_agent("박상담", team=team))
    assert f'href="{reverse("desk:home")}"' in home(client).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_the_portal(client, role):
    client.force_login(make_user("아무개", role=role))
    for name in ("home", "catalog", "my", "search"):
        assert client.get(reverse(f"portal:{name}")).status_code == 200


# My requests ---------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_kind_and_words(client, requester):
    open_incident("Screen is dark", by=requester)
    ask(make_offering("Laptop"), by=requester)
    assert set(titles(client)) == {"Screen is dark", "Laptop"}
    assert titles(client, kind="incident") == ["Screen is dark"]
    assert titles(client, kind="request") == ["Laptop"]
    assert titles(client, q="dark") == ["Screen is dark"]
    assert titles(client, kind="request", q="dark") == []
    assert len(titles(client, kind="nonsense", whose="x", show="y")) == 2


def test_what_others_ask_for_on_ones_behalf_is_among_ones_own(client, requester):
    asker = make_user("이비서", roman_name="Secretary Lee", department=make_department("Office"))
    ask(make_offering("Laptop", for_others=True), by=asker, beneficiary=requester)
    (row,) = rows(client)
    assert row.requester == "Secretary Lee"
    assert home(client).context["requests"][0].number == row.number
    client.force_login(make_user("남"))
    assert rows(client) == []


def test_the_parts_of_a_bundle_stand_below_it(client, requester):
    laptop, badge = make_offering("Laptop"), make_offering("Badge")
    parts = [{"offering": laptop.pk}, {"offering": badge.pk}]
    ask(make_offering("New joiner", bundle=parts), by=requester)
    open_incident("Something else", by=requester)
    found = {row.title: row for row in rows(client)}
    assert set(found) == {"New joiner", "Something else"}
    assert {part.title for part in found["New joiner"].parts} == {"Laptop", "Badge"}
    assert found["New joiner"].parts_done == 0
    assert {row.title for row in home(client).context["requests"]} == set(found)
    assert titles(client, q="badge") == ["Badge"]
    text = client.get(reverse("portal:my")).content.decode()
    assert "0 of 2 parts done" in text
    assert "Part of the request above" in text
