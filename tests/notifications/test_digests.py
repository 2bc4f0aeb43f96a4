"""Mails that come together: by choice, when many come at once, and after quiet hours."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import QuietHours
from core import options, outbox
from core.models import OutboxMessage
from notifications import actions as notices
from notifications.actions import mailing
from notifications.enums import Channel, DeliveryState, Level, Reason, What
from notifications.models import Delivery, Digest, Notice, Preference
from sla.events import Escalated
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.enums import Verb
from tickets.events import MajorDeclared, MajorUpdated
from tickets.models import Event

pytestmark = pytest.mark.django_db
DUE = "2026-11-24T05:00:00+00:00"


def escalate(ticket, *people, step="75", metric="resolution", data=None):
    """As the service levels do it: a row of the log, and the event."""
    breach = step.startswith("100")
    row = Event.objects.create(
        ticket=ticket,
        verb=Verb.ESCALATED,
        data={"metric": metric, "step": step, "due_at": DUE, "goal": 14_400, **(data or {})},
    )
    ids = tuple(person.pk for person in people)
    notices.announce(Escalated(ticket.pk, row.pk, None, row.pk, metric, step, ids, breach))
    return row


@pytest.fixture
def records(tell):
    """Eight records of a team, all told and forgotten."""
    make_agent("김하나", team=make_team())
    found = [open_incident(f"Record {n}") for n in range(8)]
    tell()
    mail.outbox.clear()
    Notice.objects.all().delete()
    Delivery.objects.all().delete()
    return found


@pytest.fixture
def lead():
    return make_agent("이두리", language="en")


def wait(minutes):
    """Do what is due so many minutes from now."""
    while outbox.dispatch_due(now=timezone.now() + timedelta(minutes=minutes)).total:
        pass


def lines(person, channel=Channel.MAIL):
    return Delivery.objects.filter(user=person, channel=channel).order_by("id")


@pytest.mark.parametrize(
    ("step", "what"),
    [("75", What.SLA_WARNING), ("100", What.SLA_BREACH), ("100+2", What.ESCALATED)],
)
def test_who_is_named_is_told_of_a_clock_in_both_ways(records, lead, tell, step, what):
    escalate(records[0], lead, step=step)
    tell()
    assert list(Notice.objects.values_list("user", "what")) == [(lead.pk, what)]
    (message,) = mail.outbox
    assert message.to == [lead.email]
    for words in ("Resolution", "4 h", "14:00", records[0].number):
        assert words in message.body
    assert ("75%" in message.body) == (step == "75")
    assert set(Delivery.objects.values_list("channel", "state")) == {
        (Channel.MAIL, DeliveryState.SENT),
        (Channel.IN_APP, DeliveryState.SENT),
    }


def test_who_may_not_see_the_record_is_not_told_though_named(records, lead, tell):
    actions.restrict(records[0], True, by=make_agent(team=records[0].team))
    escalate(records[0], lead, make_user())
    tell()
    assert mail.outbox == []
    assert not Notice.objects.exists()
    reasons = set(Delivery.objects.values_list("user", "channel", "reason"))
    assert (lead.pk, Channel.MAIL, Reason.NO_ACCESS) in reasons
    assert (lead.pk, Channel.IN_APP, Reason.NO_ACCESS) in reasons
    assert {reason for _user, _channel, reason in reasons} == {
        Reason.NO_ACCESS,
        Reason.NOT_CONCERNED,
    }


def test_a_requester_who_leads_the_team_is_told_of_their_own_records_clock(lead, tell):
    make_team("", lead)
    ticket = open_incident(by=lead)
    tell()
    Notice.objects.all().delete()
    escalate(ticket, lead)
    tell()
    assert Notice.objects.get().what == What.SLA_WARNING


def test_telling_a_step_twice_changes_nothing(records, lead, tell):
    escalate(records[0], lead)
    payload = OutboxMessage.objects.get(key__startswith="notify:Escalated").payload
    tell()
    notices.tell(payload)
    tell()
    assert len(mail.outbox) == 1
    assert Notice.objects.count() == 1


def test_a_few_at_once_are_single_mails(records, lead):
    for ticket in records[:5]:
        escalate(ticket, lead)
    wait(1)
    assert len(mail.outbox) == 5


def test_many_at_once_are_one_mail_by_record_the_newest_first(records, lead):
    for ticket in records[:6]:
        escalate(ticket, lead)
    escalate(records[0], lead, step="100")
    wait(1)
    (message,) = mail.outbox
    assert message.subject == "7 notices · 6 records"
    order = [message.body.index(record.number) for record in (records[0], *records[5:0:-1])]
    assert order == sorted(order)
    ids = set(lines(lead).values_list("state", "reason", "message_id"))
    identity = message.extra_headers["Message-ID"]
    assert ids == {(DeliveryState.SENT, Reason.BUNDLED, identity)}
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_comes_after_many_waits_for_the_end_of_the_window(records, lead):
    for ticket in records[:5]:
        escalate(ticket, lead)
    wait(1)
    mail.outbox.clear()
    for ticket in records[5:]:
        escalate(ticket, lead)
    outbox.dispatch_due()
    digest = Digest.objects.get()
    assert digest.due_at > timezone.now()
    assert digest.due_at.minute % 15 == 0
    assert mail.outbox == []
    wait(16)
    (message,) = mail.outbox
    assert message.subject == "3 notices · 3 records"


def test_how_many_is_an_option(records, lead):
    options.put("digest_above", 1)
    for ticket in records[:2]:
        escalate(ticket, lead)
    wait(1)
    assert len(mail.outbox) == 1


def test_by_choice_mails_come_together(records, lead):
    Preference.objects.create(
        user=lead, what=What.SLA_BREACH, channel=Channel.MAIL, level=Level.DIGEST
    )
    for ticket in records[:2]:
        escalate(ticket, lead, step="100")
    wait(0)
    assert mail.outbox == []
    assert Notice.objects.filter(user=lead).count() == 2
    wait(16)
    (message,) = mail.outbox
    assert all(record.number in message.body for record in records[:2])
    assert set(lines(lead).values_list("state", "reason")) == {(DeliveryState.SENT, Reason.DIGEST)}


def test_a_digest_of_one_is_that_mail(records, lead):
    Preference.objects.create(
        user=lead, what=What.SLA_BREACH, channel=Channel.MAIL, level=Level.DIGEST
    )
    escalate(records[0], lead, step="100")
    wait(16)
    (message,) = mail.outbox
    assert message.extra_headers["X-Maru-Record"] == records[0].number


def test_a_digest_is_in_the_readers_language(records):
    reader = make_agent("박세리", language="ko")
    for ticket in records[:6]:
        escalate(ticket, reader)
    wait(1)
    (message,) = mail.outbox
    assert '<html lang="ko">' in str(message.alternatives[0][0])


def test_access_lost_meanwhile_leaves_the_record_out_of_the_digest(records, lead):
    for ticket in records[:6]:
        escalate(ticket, lead)
    outbox.dispatch_due()
    actions.restrict(records[0], True, by=make_agent(team=records[0].team))
    wait(1)
    (message,) = mail.outbox
    assert records[0].number not in message.body
    assert lines(lead).get(ticket=records[0]).reason == Reason.NO_ACCESS


def test_a_digest_sent_twice_is_one_mail(records, lead):
    for ticket in records[:6]:
        escalate(ticket, lead)
    wait(1)
    digest = Digest.objects.get()
    notices.send_digest({"digest": digest.pk})
    assert len(mail.outbox) == 1
    # As if the transaction that noted it had been lost after the server took the mail.
    Digest.objects.update(done_at=None)
    Delivery.objects.update(state=DeliveryState.QUEUED)
    notices.send_digest({"digest": digest.pk})
    assert len(mail.outbox) == 1
    assert set(lines(lead).values_list("state", flat=True)) == {DeliveryState.SENT}


def test_what_comes_too_late_for_a_digest_goes_into_the_next(records, lead):
    escalate(records[0], lead)
    outbox.dispatch_due()
    delivery = lines(lead).get()
    due = mailing.window_end(timezone.now())
    Digest.objects.create(user=lead, due_at=due, done_at=timezone.now())
    mailing.join([(delivery, due, Reason.DIGEST)])
    delivery.refresh_from_db()
    assert delivery.digest.due_at == due + timedelta(minutes=15)


def test_windows_end_on_the_clock():
    at = datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
    assert mailing.window_end(at) == at + timedelta(minutes=15)
    assert mailing.window_end(at - timedelta(seconds=1)) == at
    options.put("digest_minutes", 60)
    assert mailing.window_end(at) == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_digest_that_fails_is_tried_again_and_can_be_sent_again(records, lead, settings):
    settings.EMAIL_BACKEND = "tests.notifications.test_letters.Broken"
    for ticket in records[:6]:
        escalate(ticket, lead)
    wait(1)
    assert {line.reason for line in lines(lead)} == {"OSError: connection refused"}
    for _ in range(25):
        OutboxMessage.objects.filter(state="waiting").update(due_at="2020-01-01T00:00Z")
        outbox.dispatch_due()
    assert set(lines(lead).values_list("state", flat=True)) == {DeliveryState.FAILED}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notices.retry_delivery(lines(lead).first(), by=make_agent(team=records[0].team))
    wait(0)
    (message,) = mail.outbox
    assert message.subject == "6 notices · 6 records"
    assert set(lines(lead).values_list("state", flat=True)) == {DeliveryState.SENT}


def quiet_now(person):
    """Quiet hours that began an hour ago and end in two."""
    now = timezone.now().replace(second=0, microsecond=0)
    person.time_zone = "UTC"
    person.save(update_fields=["time_zone"])
    ends = now + timedelta(hours=2)
    QuietHours.objects.create(
        user=person,
        begins=(now - timedelta(hours=1)).time(),
        ends=ends.time(),
        days=list(range(7)),
    )
    return ends


def test_in_quiet_hours_mails_wait_until_they_end_and_come_together(records, lead):
    ends = quiet_now(lead)
    escalate(records[0], lead)
    escalate(records[1], lead, step="100")
    wait(60)
    assert mail.outbox == []
    assert Notice.objects.filter(user=lead).count() == 2
    assert set(lines(lead).values_list("state", "reason", "digest__due_at")) == {
        (DeliveryState.QUEUED, Reason.QUIET, ends)
    }
    wait(121)
    (message,) = mail.outbox
    assert message.subject == "2 notices · 2 records"
    assert set(lines(lead).values_list("reason", flat=True)) == {Reason.QUIET}


def test_a_major_incident_is_mailed_in_quiet_hours(records, lead):
    quiet_now(lead)
    row = Event.objects.create(ticket=records[0], verb=Verb.MAJOR, data={"next_update_at": DUE})
    notices.announce(MajorDeclared(records[0].pk, row.pk, None, (lead.pk,)))
    wait(0)
    (message,) = mail.outbox
    assert "14:00" not in message.body
    assert "05:00" in message.body


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "점검 중입니다."), ("en", "We look at it.")]
)
def test_news_of_a_major_incident_reach_stakeholders_in_their_language(
    records, tell, language, words
):
    owner = make_user(language=language)
    actions.watch(records[0], owner, by=make_agent(team=records[0].team))
    tell()
    mail.outbox.clear()
    data = {"text_ko": "점검 중입니다.", "text_en": "We look at it.", "next_update_at": None}
    row = Event.objects.create(ticket=records[0], verb=Verb.MAJOR, data=data)
    notices.announce(MajorUpdated(records[0].pk, row.pk, None, 1, (owner.pk,)))
    tell()
    (message,) = mail.outbox
    assert words in message.body


def test_first_priority_work_is_mailed_in_quiet_hours_and_other_work_is_not(records, lead):
    quiet_now(lead)
    boss = make_agent()
    urgent = open_incident("Urgent", impact=1, urgency=1, by=boss)
    actions.assign(urgent, by=boss, assignee=lead)
    actions.assign(records[0], by=boss, assignee=lead)
    wait(1)
    assert [
        urgent.title in message.subject for message in mail.outbox if message.to == [lead.email]
    ] == [True]


def test_queueing_for_many_in_quiet_hours_asks_no_query_for_each(records):
    def count(people):
        row = Event.objects.create(ticket=records[0], verb=Verb.MAJOR, data={"text_en": "News"})
        ids = tuple(person.pk for person in people)
        notices.announce(MajorUpdated(records[0].pk, row.pk, None, 1, ids))
        payload = OutboxMessage.objects.get(key=f"notify:MajorUpdated:{row.pk}").payload
        with CaptureQueriesContext(connection) as asked:
            notices.tell(payload)
        puts = sum("core_outboxmessage" in query["sql"] for query in asked)
        return len(asked) - puts

    people = [make_agent() for _ in range(12)]
    for person in people:
        quiet_now(person)
    assert count(people[:2]) == count(people)
