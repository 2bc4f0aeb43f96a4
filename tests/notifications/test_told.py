"""The log says who was told, who wasn't, and why; and only to those who may read it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import actions as notices
from notifications.enums import Channel, DeliveryState, Level, Reason, What
from notifications.models import Delivery, Preference
from tests.factories import make_agent, make_team, make_user, open_incident
from tests.notifications.test_digests import escalate, quiet_now
from tickets import actions

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, path, **extra):
    response = client.get(path, **extra)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def scene(tell):
    """Kim of the team has the record of Park; everything so far is told and forgotten."""
    team = make_team()
    kim, park = make_agent("김하나", team=team, language="en"), make_user("박요청")
    ticket = open_incident(by=park)
    ticket = actions.assign(ticket, by=make_agent(), assignee=kim)
    tell()
    Delivery.objects.all().delete()
    return kim, park, ticket


def why(user, channel):
    lines = Delivery.objects.filter(user=user, channel=channel)
    return [(line.state, line.reason) for line in lines.order_by("id")]


def test_what_somebody_switched_off_is_in_the_log(scene, tell):
    kim, park, ticket = scene
    notices.set_preferences({"replied.mail": Level.NONE, "replied.in_app": Level.NONE}, by=park)
    actions.comment(ticket, "Try again.", by=kim)
    tell()
    assert why(park, Channel.MAIL) == [(DeliveryState.SKIPPED, Reason.OFF)]
    assert why(park, Channel.IN_APP) == [(DeliveryState.SKIPPED, Reason.OFF)]


def test_that_somebody_wants_no_mail_at_all_is_in_the_log(scene, tell):
    kim, park, ticket = scene
    park.mail_notices = False
    park.save(update_fields=["mail_notices"])
    actions.comment(ticket, "Try again.", by=kim)
    tell()
    assert why(park, Channel.MAIL) == [(DeliveryState.SKIPPED, Reason.ALL_OFF)]


def test_who_did_it_has_one_line_that_says_so(scene, tell):
    kim, _park, ticket = scene
    actions.comment(ticket, "Try again.", by=kim)
    tell()
    assert why(kim, Channel.IN_APP) == [(DeliveryState.SKIPPED, Reason.DOER)]
    assert why(kim, Channel.MAIL) == []


def test_what_is_not_mailed_by_default_has_no_line(scene, tell):
    kim, _park, ticket = scene
    actions.edit(ticket, {"impact": 1, "urgency": 1}, by=make_agent())
    tell()
    assert why(kim, Channel.MAIL) == []


def test_a_muted_record_says_so_for_both_channels(scene, tell):
    kim, park, ticket = scene
    actions.watch(ticket, park, by=kim)
    tell()
    Delivery.objects.all().delete()
    notices.mute(ticket, by=park)
    actions.comment(ticket, "Try again.", by=kim)
    tell()
    assert why(park, Channel.MAIL) == [(DeliveryState.SKIPPED, Reason.MUTED)]
    assert why(park, Channel.IN_APP) == [(DeliveryState.SKIPPED, Reason.MUTED)]


def test_the_records_page_says_who_was_told_and_why_not(scene, tell):
    kim, park, ticket = scene
    lead = make_agent("이두리")
    quiet_now(lead)
    Preference.objects.create(
        user=kim, what=What.SLA_WARNING, channel=Channel.MAIL, level=Level.NONE
    )
    escalate(ticket, kim, lead, park)
    tell()
    text = page(client_of(kim), f"/inbox/told/{ticket.number}/")
    for words in ("switched it off", "Quiet hours until", "people in this role", "Shown"):
        assert words in text
    assert "<html" not in page(
        client_of(kim), f"/inbox/told/{ticket.number}/", headers={"HX-Request": "true"}
    )


def test_requesters_and_outsiders_do_not_see_who_was_told(scene):
    kim, park, ticket = scene
    path = f"/inbox/told/{ticket.number}/"
    assert client_of(park).get(path).status_code in (403, 404)
    assert client_of(make_user()).get(path).status_code == 404
    actions.restrict(ticket, True, by=kim)
    assert client_of(make_agent()).get(path).status_code == 404
    assert client_of(kim).get(path).status_code == 200


def count(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_records_page_asks_the_same_number_of_queries_and_goes_by_key(scene, tell):
    kim, _park, ticket = scene
    client, path = client_of(kim), f"/inbox/told/{ticket.number}/"
    escalate(ticket, kim)
    tell()
    few = count(client, path)
    for _ in range(30):
        escalate(ticket, kim, make_agent())
    tell()
    assert count(client, path) <= few
    first = page(client, path)  # 31 steps and the assignment, 20 a page
    assert "?before=" in first
    before = first.split("?before=")[1].split('"')[0]
    assert page(client, f"{path}?before={before}").count("card__head") == 12
    assert client.get(f"{path}?before=x%00").status_code == 200


def test_the_administrators_log_is_filtered_and_names_no_restricted_record(scene, tell):
    kim, park, ticket = scene
    admin = make_agent(role="administrator", language="en")
    other = open_incident(by=park)
    escalate(ticket, kim)
    escalate(other, kim, step="100")
    tell()
    client = client_of(admin)
    assert ticket.number in page(client, "/admin-ui/deliveries/")
    only = page(client, f"/admin-ui/deliveries/?number={other.number.lower()}")
    assert other.number in only
    assert f">{ticket.number}<" not in only
    late = page(client, "/admin-ui/deliveries/?what=sla_breach&state=sent&channel=mail")
    assert f">{other.number}<" in late
    assert f">{ticket.number}<" not in late
    assert f">{ticket.number}<" in page(client, f"/admin-ui/deliveries/?person={kim.pk}")
    assert "Nothing fits" in page(client, f"/admin-ui/deliveries/?person={admin.pk}")
    actions.restrict(ticket, True, by=kim)
    outsider = client_of(make_agent(role="administrator"))
    whole = page(outsider, "/admin-ui/deliveries/")
    named = page(outsider, f"/admin-ui/deliveries/?number={ticket.number}")
    assert f">{ticket.number}<" not in whole + named
    assert client_of(kim).get("/admin-ui/deliveries/").status_code == 403


def test_the_administrators_log_asks_the_same_number_of_queries(scene, tell):
    kim, _park, ticket = scene
    client = client_of(make_agent(role="administrator"))
    escalate(ticket, kim)
    tell()
    few = count(client, "/admin-ui/deliveries/")
    for _ in range(30):
        escalate(open_incident(), kim)
    tell()
    assert count(client, "/admin-ui/deliveries/") == few
