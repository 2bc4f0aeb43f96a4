"""The search page: records and people."""

import pytest
from django.urls import reverse

from tests.factories import make_agent, make_team, make_user, open_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    agent = make_agent("김하늘", make_team())
    client.force_login(agent)
    return agent


@pytest.mark.parametrize("typed", ["홍길", "ㅎㄱㄷ", "ghdrlfehd", "gildong", "u:홍길동", "U:ㅎㄱ"])
def test_people_are_found_beside_records(client, agent, typed):
    person = make_user("홍길동", roman_name="Gildong Hong")
    page = client.get(reverse("desk:search"), {"q": typed}).content.decode()
    assert f"f.requester={person.pk}" in page


def test_their_records_are_one_click_away(client, agent):
    person = make_user("홍길동")
    ticket = open_incident("Screen flickers", by=person)
    open_incident("Another one")
    page = client.get(f"/desk/q/all/?f.requester={person.pk}").content.decode()
    assert ticket.number in page
    assert "Another one" not in page


def test_a_number_leads_straight_to_its_record(client, agent):
    ticket = open_incident()
    answer = client.get(reverse("desk:search"), {"q": f"inc{ticket.serial}"})
    assert answer.url == ticket.get_absolute_url()


def test_people_who_left_are_not_offered(client, agent):
    make_user("홍길동", is_active=False)
    assert "f.requester" not in client.get(reverse("desk:search"), {"q": "홍길동"}).content.decode()
