"""A merge is told once: to the requester where their report goes on, and to who had it in hand."""

import pytest
from django.core import mail

from notifications.enums import What
from notifications.models import Delivery, Notice
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


def merged(agent, target, tell, **fields):
    source = open_incident("VPN again", by=make_user(language="en", **fields))
    tell()
    Notice.objects.all().delete()
    Delivery.objects.all().delete()
    mail.outbox.clear()
    actions.merge(source, target, by=agent)
    tell()
    return source


def test_the_requester_reads_where_their_report_goes_on(agent, tell):
    target = open_incident("VPN drops")
    source = merged(agent, target, tell)
    told = Notice.objects.filter(user=source.requester)
    assert [(notice.what, notice.ticket) for notice in told] == [(What.MERGED, source)]
    (letter,) = [one for one in mail.outbox if one.to == [source.requester.email]]
    assert f"{target.number} VPN drops" in letter.body


def test_the_number_of_a_restricted_record_is_told_to_nobody(agent, tell):
    target = open_incident("Payroll leak")
    actions.restrict(target, True, by=agent)
    source = merged(agent, Ticket.objects.get(pk=target.pk), tell)
    (letter,) = [one for one in mail.outbox if one.to == [source.requester.email]]
    assert target.number not in letter.body
    assert "Payroll leak" not in letter.body


def test_who_had_it_in_hand_is_told_and_who_did_it_is_not(agent, tell):
    other = make_agent(team=make_team())
    source, target = open_incident(by=make_user()), open_incident()
    actions.assign(source, by=agent, assignee=other)
    tell()
    Notice.objects.all().delete()
    actions.merge(Ticket.objects.get(pk=source.pk), target, by=agent)
    tell()
    told = set(Notice.objects.filter(what=What.MERGED).values_list("user_id", flat=True))
    assert told == {other.pk, source.requester_id}
