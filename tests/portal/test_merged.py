"""What a requester finds when their request was merged into another one."""

import pytest
from django.test import Client

from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


@pytest.fixture
def pair(agent):
    source = open_incident("VPN again", by=make_user("이서연"))
    actions.comment(source, "Since ten.", by=source.requester)
    return source, open_incident("VPN drops", by=make_user("박민수"))


def portal_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_requester_is_led_to_where_it_goes_on_and_told_why(agent, pair):
    source, target = pair
    actions.merge(source, target, by=agent)
    answer = portal_of(source.requester).get(f"/portal/my/{source.number}/", follow=True)
    assert answer.request["PATH_INFO"] == f"/portal/my/{target.number}/"
    text = answer.content.decode()
    assert f"Your request {source.number}" in text
    assert "Since ten." in text


def test_the_list_says_merged_not_withdrawn(agent, pair):
    source, target = pair
    actions.merge(source, target, by=agent)
    page = portal_of(source.requester).get("/portal/my/?show=closed").content.decode()
    assert source.number in page
    assert "Merged" in page
    assert "Withdrawn" not in page
    actions.unmerge(Ticket.objects.get(pk=source.pk), by=agent)
    assert "Merged" not in portal_of(source.requester).get("/portal/my/").content.decode()


def test_a_restricted_record_stays_unknown_to_the_requester(agent, pair):
    source, target = pair
    actions.restrict(target, True, by=agent)
    actions.merge(source, Ticket.objects.get(pk=target.pk), by=agent)
    answer = portal_of(source.requester).get(f"/portal/my/{source.number}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "put together with another request" in text
    assert target.number not in text


def test_the_notice_cannot_be_made_up(agent, pair):
    source, target = pair
    client = portal_of(target.requester)
    text = client.get(f"/portal/my/{target.number}/?merged={source.number}").content.decode()
    assert "Your request" not in text
    assert source.title not in text


def test_an_answer_on_the_merged_one_is_refused_with_the_way(agent, pair):
    source, target = pair
    actions.merge(source, target, by=agent)
    sent = {"text": "And now?", "token": "0d9e4c1e-5f2f-4f3a-8d54-3f8fdc1f3a00"}
    client = portal_of(source.requester)
    answer = client.post(f"/portal/my/{source.number}/reply/", sent)
    assert answer.status_code == 422
    assert f"It goes on in {target.number}" in answer.content.decode()
