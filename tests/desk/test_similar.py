"""Similar records beside a record, and proposals for a new one: rules.md section 4."""

import pytest
from django.urls import reverse

from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets.models import ExternalReference, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    agent = make_agent(team=make_team())
    client.force_login(agent)
    return agent


def test_similar_open_records_stand_beside_the_record(client, agent):
    one, alike = open_incident("Mail server slow"), open_incident("Mail server very slow")
    page = client.get(f"{one.get_absolute_url()}similar/").content.decode()
    assert alike.number in page
    assert one.number not in page


def test_a_new_record_gets_a_service_proposed(client, agent):
    service = make_service("Mail")
    for _ in range(3):
        open_incident("Mail server slow", service=service)
    page = client.get(
        reverse("desk:proposal"), {"title": "Mail server slow again"}
    ).content.decode()
    assert f'data-fill="service" data-value="{service.pk}"' in page


@pytest.mark.parametrize("title", ["", "abc", "x" * 5000])
def test_short_or_strange_titles_propose_nothing(client, agent, title):
    assert client.get(reverse("desk:proposal"), {"title": title}).status_code == 200


def test_requesters_and_strangers_get_none_of_it(client):
    secret = open_incident("Salary file leaked")
    Ticket.objects.filter(pk=secret.pk).update(restricted=True)
    client.force_login(make_user())
    assert client.get(reverse("desk:proposal"), {"title": secret.title}).status_code == 403
    client.force_login(make_agent())
    assert client.get(f"{secret.get_absolute_url()}similar/").status_code == 404


def test_numbers_in_other_tools_stand_with_the_links(client, agent):
    ticket = open_incident()
    ExternalReference.objects.create(
        ticket=ticket, system="servicenow", type="record", value="INC0000045"
    )
    page = client.get(f"{ticket.get_absolute_url()}panel/links/").content.decode()
    assert "INC0000045" in page
