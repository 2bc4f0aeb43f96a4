"""Stakeholders are told by mail and in the product; of the public text only."""

from typing import Any

import pytest
from django.core import mail

from accounts.enums import Role
from core import outbox
from incidents import actions
from notifications.models import Notice
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import actions as kernel

pytestmark = pytest.mark.django_db


def deliver() -> list[Any]:
    for _round in range(3):
        outbox.dispatch_due()
    return list(mail.outbox)


def test_a_notice_reaches_watchers_and_owner_with_its_public_text():
    team = make_team()
    lead = make_agent("이서연", team, role=Role.TEAM_LEAD)
    owner = make_user("박준호", role=Role.SERVICE_OWNER, language="en")
    watcher = make_user("김하늘", language="ko")
    ticket = open_incident("gw-01 down", by=lead, service=make_service("VPN", team, owner=owner))
    major = actions.declare(ticket, by=lead, why="Hidden reason", severity=1)
    kernel.watch(ticket, watcher, by=lead)
    actions.log(ticket, "Hidden line", by=lead)
    deliver()
    mail.outbox.clear()
    actions.publish(
        ticket,
        by=lead,
        stage="identified",
        condition="major",
        text_ko="복구 중입니다.",
        text_en="We are on it.",
        next_update_at=major.next_update_at,
    )
    sent = {address: letter for letter in deliver() for address in letter.to}
    assert "We are on it." in sent[owner.email].body
    assert "복구 중입니다." in sent[watcher.email].body
    assert lead.email not in sent
    assert not [letter for letter in sent.values() if "Hidden" in letter.body]
    assert Notice.objects.filter(user=owner, ticket=ticket).exists()


def test_declaring_tells_those_who_decide_and_work_on_it():
    team = make_team()
    lead = make_agent(team=team, role=Role.TEAM_LEAD)
    colleague = make_agent(team=team)
    ticket = open_incident(by=make_user(), service=make_service(team=team))
    actions.declare(ticket, by=lead, why="Down.")
    deliver()
    assert Notice.objects.filter(user=colleague, ticket=ticket, what="major_declared").exists()
    assert not Notice.objects.filter(user=lead, what="major_declared").exists()
