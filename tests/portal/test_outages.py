"""Known outages on the portal: seen by everybody, followed by one tap, without internal words."""

from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from incidents import actions
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets.models import Ticket, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return make_agent("이서연", make_team("Network"), role=Role.TEAM_LEAD)


@pytest.fixture
def ticket(lead: User) -> Ticket:
    found = open_incident("gw-01 kernel panic", by=lead, service=make_service("VPN"))
    actions.declare(found, by=lead, why="Internal reason", severity=1)
    actions.log(found, "Internal line", by=lead)
    return found


@pytest.fixture
def notice(ticket: Ticket, lead: User) -> Any:
    major = ticket.major
    return actions.publish(
        ticket,
        by=lead,
        stage="identified",
        condition="partial",
        text_ko="복구 중입니다.",
        text_en="We are on it.",
        next_update_at=major.next_update_at,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/portal/", "/portal/report/"])
def test_everybody_sees_the_newest_notice_and_nothing_else(path, ticket, lead):
    reader = signed_in(make_user(language="en"))
    assert "p-outage" not in reader.get(path).content.decode()
    actions.publish(
        ticket, by=lead, stage="identified", condition="partial", text_en="We are on it.",
        next_update_at=ticket.major.next_update_at,
    )  # fmt: skip
    page = reader.get(path).content.decode()
    assert "We are on it." in page
    assert "Partial outage" in page
    for word in ("kernel panic", "Internal reason", "Internal line"):
        assert word not in page


def test_affected_people_follow_instead_of_reporting(ticket, notice):
    person = make_user(language="en")
    client = signed_in(person)
    before = Ticket.objects.count()
    page = client.post(f"/portal/outages/{ticket.number}/affected/", follow=True)
    assert "You get every notice about it." in page.content.decode()
    assert "You are kept posted" in page.content.decode()
    assert Watch.objects.filter(ticket=ticket, user=person).exists()
    assert Ticket.objects.count() == before
    told = client.get(f"/portal/my/{ticket.number}/").content.decode()
    assert "We are on it." in told
    assert "Internal line" not in told


def test_nobody_follows_what_is_no_outage(ticket):
    person = make_user(language="en")
    secret = open_incident("Secret")
    for number in (ticket.number, secret.number, "INC-999999"):
        page = signed_in(person).post(f"/portal/outages/{number}/affected/", follow=True)
        assert "This outage is over." in page.content.decode()
    assert not Watch.objects.filter(user=person).exists()


def test_the_banner_costs_the_same_for_one_and_for_five(
    ticket, notice, lead, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(make_user())
    client.get("/portal/")
    with django_assert_max_num_queries(16) as spent:
        client.get("/portal/")
    for number in range(4):
        more = open_incident(f"More {number}", by=lead, service=make_service())
        major = actions.declare(more, by=lead, why="Down.")
        actions.publish(
            more, by=lead, stage="identified", condition="major", text_en="Down.",
            next_update_at=major.next_update_at,
        )  # fmt: skip
    with django_assert_num_queries(len(spent)):
        client.get("/portal/")
