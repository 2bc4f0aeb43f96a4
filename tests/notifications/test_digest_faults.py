"""Digests under real workers, killed; and with two dispatchers at once."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from core import outbox
from notifications.actions import mailing
from notifications.enums import Channel, DeliveryState, Level, Reason, What
from notifications.models import Delivery, Digest, Notice, Preference
from tests.factories import make_agent, make_team, open_incident
from tests.notifications.test_digests import escalate
from tests.notifications.test_faults import HoldingSink, Worker, valkey  # noqa: F401 - a fixture

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lead():
    return make_agent("이두리", language="en")


@pytest.fixture
def records():
    team = make_team()
    made = [open_incident(f"Record {n}", by=make_agent(team=team)) for n in range(8)]
    while outbox.dispatch_due(now=timezone.now() + timedelta(minutes=1)).total:
        pass
    mail.outbox.clear()
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    return made


def states(person):
    lines = Delivery.objects.filter(user=person, channel=Channel.MAIL)
    return set(lines.values_list("state", flat=True))


def in_threads(*works):
    """Each in a thread with a connection of its own; what they raised."""
    failures = []

    def run(work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failures


def test_a_worker_killed_while_it_sends_a_digest_loses_nothing_and_repeats_nothing(
    tmp_path,
    valkey,  # noqa: F811 - a fixture
    records,
    lead,
):
    server, _children = valkey
    for ticket in records:
        escalate(ticket, lead)
    with HoldingSink(hold=1) as sink:
        worker = Worker(tmp_path / "worker.log", server.url, sink.port).start()
        try:
            for _ in range(45):
                worker.kick()
                if sink.reached.wait(1):
                    break
            assert sink.reached.is_set(), worker.log.read_text()[-3000:]
            worker.kill()
            sink.go.set()
            assert states(lead) == {DeliveryState.QUEUED}
            worker.start()
            worker.drain()
        finally:
            worker.stop()
        ((identity, receiver),) = sink.taken.elements()
    assert receiver == lead.email
    assert identity.startswith("<digest.")
    assert states(lead) == {DeliveryState.SENT}
    assert Notice.objects.filter(user=lead).count() == len(records)


def test_two_dispatchers_send_a_burst_as_one_mail(records, lead):
    for ticket in records:
        escalate(ticket, lead)
    outbox.dispatch_due()
    assert mail.outbox == []

    def dispatch():
        for _ in range(3):
            outbox.dispatch_due(now=timezone.now() + timedelta(minutes=1))

    assert in_threads(dispatch, dispatch, dispatch) == []
    while outbox.dispatch_due(now=timezone.now() + timedelta(minutes=1)).total:
        pass
    assert [message.to for message in mail.outbox] == [[lead.email]]
    assert states(lead) == {DeliveryState.SENT}
    assert Notice.objects.filter(user=lead).count() == len(records)


class Slow(EmailBackend):
    """Holds the first mail until it is let go."""

    reached, go = threading.Event(), threading.Event()

    def send_messages(self, messages):
        self.reached.set()
        self.go.wait(30)
        return super().send_messages(messages)


def test_what_is_added_while_a_digest_is_being_sent_goes_into_the_next(records, lead, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    Slow.reached.clear()
    Slow.go.clear()
    Preference.objects.create(
        user=lead, what=What.SLA_WARNING, channel=Channel.MAIL, level=Level.DIGEST
    )
    for ticket in records[:3]:
        escalate(ticket, lead)
    outbox.dispatch_due()
    digest = Digest.objects.get()
    escalate(records[3], lead)

    def send():
        outbox.dispatch_due(limit=1, now=digest.due_at + timedelta(seconds=1))

    def let_go():
        Slow.reached.wait(30)
        threading.Event().wait(1)  # so that the one who adds waits for the digest's row
        Slow.go.set()

    # The message that tells of the fourth is left to the second dispatcher.
    told = outbox.OutboxMessage.objects.filter(topic="notify", state="waiting")
    late = told.get()
    late.due_at = timezone.now() + timedelta(days=1)
    late.save(update_fields=["due_at"])

    def add_late():
        Slow.reached.wait(30)
        late.due_at = timezone.now() - timedelta(seconds=1)
        late.save(update_fields=["due_at"])
        outbox.dispatch_due(limit=1)

    assert in_threads(send, add_late, let_go) == []
    fourth = Delivery.objects.get(user=lead, ticket=records[3], channel=Channel.MAIL)
    assert fourth.state == DeliveryState.QUEUED
    assert fourth.digest.due_at == mailing.window_end(digest.due_at)
    assert fourth.reason == Reason.DIGEST
    outbox.dispatch_due(now=fourth.digest.due_at + timedelta(seconds=1))
    assert len(mail.outbox) == 2
    assert states(lead) == {DeliveryState.SENT}
