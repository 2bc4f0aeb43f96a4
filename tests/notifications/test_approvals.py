"""Who is told of approvals, when, and with what way in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import preferences
from accounts.models import User
from notifications.enums import Channel, DeliveryState, Reason, What
from notifications.models import Delivery, Notice
from tests.approving import ask, away, seat_of, stage
from tests.factories import make_user
from tickets import actions
from tickets.models import Approval, ApprovalKey

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/approve/[\w-]+/)")


def told(user, what):
    return Notice.objects.filter(user=user, what=what).exists()


def mails_to(user):
    return [message for message in mail.outbox if message.to == [user.email]]


def test_whose_turn_it_is_gets_what_is_asked_the_line_and_a_link_of_their_own(tell):
    boss, chief = make_user("김하늘", language="ko"), make_user("정대표")
    ask(stage(boss, days=3), stage(chief))
    tell()
    assert told(boss, What.APPROVAL_ASKED)
    (letter,) = mails_to(boss)
    for word in ("김요청님의 요청입니다", "금액: 1,500,000원", "김하늘", "정대표", "결재 기한"):
        assert word in letter.body
    assert LINK.search(letter.body)
    assert not mails_to(chief)


def test_the_link_opens_that_decision_and_decides_by_post(tell):
    boss = make_user(language="en")
    approval = ask(stage(boss))
    tell()
    where = LINK.search(mails_to(boss)[0].body)[1]
    client = Client()
    client.force_login(boss)
    assert "Approve" in client.get(where).content.decode()
    assert ApprovalKey.objects.get().used_at is None
    client.post(where, {"answer": "approve"})
    assert Approval.objects.get(pk=approval.pk).state == "approved"


def test_the_text_of_a_key_is_made_at_sending_and_kept_nowhere(tell):
    boss = make_user()
    ask(stage(boss))
    assert not ApprovalKey.objects.exists()
    tell()
    text = LINK.search(mails_to(boss)[0].body)[1].split("/")[2]
    assert text not in ApprovalKey.objects.get().digest


def test_who_stands_in_is_told_as_well_with_a_link_of_their_own(tell):
    boss, deputy = make_user(), make_user()
    away(boss, deputy)
    ask(stage(boss))
    tell()
    links = {LINK.search(mails_to(user)[0].body)[1] for user in (boss, deputy)}
    assert len(links) == 2
    assert told(deputy, What.APPROVAL_ASKED)


def test_a_substitute_who_asks_for_it_is_not_told_to_decide(tell):
    boss, deputy = make_user(), make_user()
    away(boss, deputy)
    ask(stage(boss), by=deputy)
    tell()
    assert told(boss, What.APPROVAL_ASKED)
    assert not told(deputy, What.APPROVAL_ASKED)


def test_the_next_stage_is_told_when_its_turn_comes_even_if_they_decided_before(tell):
    boss, chief = make_user(), make_user()
    approval = ask(stage(boss), stage(chief), stage(boss, make_user()))
    actions.decide(seat_of_first(approval, boss), "approve", by=boss)
    tell()
    assert told(chief, What.APPROVAL_ASKED)
    actions.decide(seat_of(approval, chief), "approve", by=chief)
    tell()
    assert Notice.objects.filter(user=boss, what=What.APPROVAL_ASKED).count() == 2


def seat_of_first(approval, user):
    return approval.stages.order_by("position").first().seats.get(user=user)


@pytest.mark.parametrize("answer", ["approve", "reject"])
def test_who_asked_hears_how_it_ended_and_why(tell, answer):
    boss, person = make_user(), make_user(language="en")
    approval = ask(stage(boss), by=person)
    tell()
    mail.outbox.clear()
    actions.decide(seat_of(approval, boss), answer, by=boss, opinion="Budget code is missing")
    tell()
    (letter,) = mails_to(person)
    assert ("Approved" if answer == "approve" else "Rejected") in letter.body
    assert ("Budget code is missing" in letter.body) == (answer == "reject")
    assert not LINK.search(letter.body)


def test_who_need_not_decide_any_more_is_told(tell):
    one, two, person = make_user(), make_user(), make_user()
    approval = ask(stage(one, two), by=person)
    tell()
    actions.recall(approval, by=person)
    tell()
    for user in (one, two):
        assert told(user, What.APPROVAL_VOIDED)
        assert "need not decide" in mails_to(user)[-1].body or "않아도" in mails_to(user)[-1].body
    assert not told(person, What.APPROVAL_VOIDED)


def test_reminders_come_to_who_decides_and_overdue_ones_to_who_asked_too(tell):
    boss, person = make_user(), make_user()
    ask(stage(boss, days=5, remind=1), by=person)
    tell()
    later = timezone.now() + timedelta(days=4)
    with time_machine.travel(later, tick=True):
        actions.remind_due()
        tell()
        assert told(boss, What.APPROVAL_REMIND)
        assert not told(person, What.APPROVAL_OVERDUE)
    with time_machine.travel(timezone.now() + timedelta(days=14), tick=True):
        actions.remind_due()
        tell()
    assert told(boss, What.APPROVAL_OVERDUE)
    assert told(person, What.APPROVAL_OVERDUE)


def test_a_mail_that_would_come_after_the_decision_is_left_out_and_the_log_says_why(tell):
    one, two = make_user(), make_user()
    preferences.save_preferences(two, {"mail_notices": True}, by=two)
    approval = ask(stage(one, two))
    actions.decide(seat_of(approval, one), "approve", by=one)
    tell()
    line = Delivery.objects.get(user=two, what=What.APPROVAL_ASKED, channel=Channel.MAIL)
    assert (line.state, line.reason) == (DeliveryState.SKIPPED, Reason.DECIDED)
    assert not mails_to(two)


def test_somebody_who_wants_no_mail_gets_none_and_the_log_keeps_that(tell):
    boss = make_user(mail_notices=False)
    ask(stage(boss))
    tell()
    assert told(boss, What.APPROVAL_ASKED)
    line = Delivery.objects.get(user=boss, channel=Channel.MAIL)
    assert line.reason == Reason.ALL_OFF
    assert Delivery.objects.filter(user=boss, channel=Channel.IN_APP, state="sent").exists()


def test_the_inbox_leads_to_the_decision(tell):
    boss = make_user(language="en")
    approval = ask(stage(boss))
    tell()
    client = Client()
    client.force_login(User.objects.get(pk=boss.pk))
    body = client.get("/inbox/").content.decode()
    assert f"/portal/approvals/{approval.pk}/" in body
    assert "Your approval is needed" in body


def test_who_was_handed_a_decision_is_told(tell):
    boss, other = make_user(), make_user()
    approval = ask(stage(boss))
    tell()
    actions.hand_over(seat_of(approval, boss), other, by=boss)
    tell()
    assert told(other, What.APPROVAL_ASKED)
    assert LINK.search(mails_to(other)[0].body)
