"""The outbox: at least once, never two at a time, one bad message stops nobody."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage

State = OutboxMessage.State


@pytest.fixture
def topic(monkeypatch):
    """Registers a handler under the topic "test" for one test."""
    monkeypatch.setattr(outbox, "_topics", dict(outbox._topics))

    def register(handler, **options):
        outbox.register("test", handler, **options)

    return register


def put(key="one", **fields):
    outbox.put("test", {"key": key}, key=key, **fields)


def message(key="one"):
    return OutboxMessage.objects.get(key=key)


def due_now():
    """Let everything that waits out a pause come due."""
    OutboxMessage.objects.filter(state=State.WAITING).update(due_at=timezone.now())


@pytest.mark.django_db
def test_a_message_is_done_once_and_keeps_its_payload(topic):
    seen = []
    topic(seen.append)
    put()
    assert outbox.dispatch_due().done == 1
    assert outbox.dispatch_due().total == 0
    assert seen == [{"key": "one"}]
    assert message().state == State.DONE


@pytest.mark.django_db
def test_the_same_key_promises_once(topic):
    seen = []
    topic(seen.append)
    put()
    put()
    outbox.dispatch_due()
    assert len(seen) == 1


@pytest.mark.django_db
def test_nothing_is_done_before_it_is_due(topic):
    seen = []
    topic(seen.append)
    put(due_at=timezone.now() + timedelta(minutes=1))
    assert outbox.dispatch_due().total == 0
    assert outbox.dispatch_due(now=timezone.now() + timedelta(minutes=2)).done == 1


@pytest.mark.django_db
def test_what_is_cancelled_in_time_is_never_done(topic):
    seen = []
    topic(seen.append)
    put()
    assert outbox.cancel("one") == 1
    outbox.dispatch_due()
    assert seen == []
    put("two")
    outbox.dispatch_due()
    assert outbox.cancel("two") == 0


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_the_others_go_on(topic):
    def handle(payload):
        if payload["key"] == "bad":
            raise ValueError("no such thing")

    topic(handle)
    put("bad")
    put("good")
    report = outbox.dispatch_due()
    assert (report.done, report.again) == (1, 1)
    bad = message("bad")
    assert bad.last_error == "ValueError: no such thing"
    assert bad.due_at > timezone.now()


@pytest.mark.django_db
def test_pauses_double_up_to_an_hour():
    pauses = [outbox.pause_after(n).total_seconds() for n in range(1, 13)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) == 3600


@pytest.mark.django_db
def test_bounded_retries_then_set_aside_with_the_reason_until_somebody_retries(topic):
    broken = True

    def handle(payload):
        if broken:
            raise RuntimeError("still broken")

    told = []
    topic(handle, attempts=3, on_failure=lambda payload, reason, final: told.append(final))
    put()
    for _ in range(5):
        outbox.dispatch_due()
        due_now()
    assert told == [False, False, True]
    (aside,) = outbox.set_aside()
    assert aside.last_error == "RuntimeError: still broken"
    broken = False
    assert outbox.retry(aside.pk) == 1
    assert outbox.dispatch_due().done == 1


@pytest.mark.django_db
def test_giving_up_sets_aside_at_once(topic):
    def handle(payload):
        raise outbox.GiveUp("the address does not exist")

    topic(handle)
    put()
    assert outbox.dispatch_due().set_aside == 1
    assert message().last_error == "the address does not exist"


@pytest.mark.django_db
def test_a_message_that_nobody_handles_waits_for_a_newer_worker():
    outbox.put("of the next version", {}, key="new")
    assert outbox.dispatch_due().again == 1
    assert "nobody handles" in message("new").last_error


@pytest.mark.django_db
def test_a_handler_that_breaks_a_query_loses_its_writes_only(topic):
    def handle(payload):
        OutboxMessage.objects.create(topic="test", key="half", state=State.CANCELLED)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    topic(handle)
    put()
    assert outbox.dispatch_due().again == 1
    assert not OutboxMessage.objects.filter(key="half").exists()


@pytest.mark.django_db
def test_a_message_that_kills_its_worker_is_set_aside_too(topic):
    class Killed(BaseException):
        """Stands for the end of the process: nothing below catches it."""

    def handle(payload):
        raise Killed

    topic(handle, attempts=2)
    put()
    for _ in range(2):
        with pytest.raises(Killed):
            outbox.dispatch_due()
        due_now()
    assert message().state == State.WAITING
    assert outbox.dispatch_due().set_aside == 1
    assert "worker ended" in message().last_error


@pytest.mark.django_db
def test_messages_are_written_with_their_cause_or_not_at_all(topic):
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_one_transaction_wakes_the_dispatcher_once(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(outbox, "_nudges", [lambda: woken.append(1)])
    with django_capture_on_commit_callbacks(execute=True):
        put("one")
        put("two")
    assert woken == [1]


@pytest.mark.django_db(transaction=True)
def test_dispatchers_at_once_never_do_one_message_twice(topic):
    done = []
    topic(lambda payload: done.append(payload["key"]))
    keys = [f"m{number}" for number in range(60)]
    for key in keys:
        put(key)
    start = threading.Barrier(4)

    def dispatch():
        try:
            start.wait()
            while outbox.dispatch_due(limit=5).total:
                pass
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=dispatch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == sorted(keys)


@pytest.mark.django_db(transaction=True)
def test_what_one_dispatcher_holds_longer_than_its_pause_is_left_alone_by_others(topic):
    entered, leave, done = threading.Event(), threading.Event(), []

    def handle(payload):
        entered.set()
        leave.wait(20)
        done.append(payload["key"])

    topic(handle)
    put()

    def dispatch():
        try:
            outbox.dispatch_due()
        finally:
            connection.close()

    thread = threading.Thread(target=dispatch)
    thread.start()
    assert entered.wait(20)
    late = timezone.now() + timedelta(hours=2)
    assert outbox.dispatch_due(now=late).total == 0
    leave.set()
    thread.join(20)
    assert done == ["one"]


@pytest.mark.django_db
def test_the_backlog_counts_what_is_behind(topic):
    topic(lambda payload: None)
    put("late", due_at=timezone.now() - timedelta(minutes=3))
    put("later", due_at=timezone.now() + timedelta(minutes=3))
    backlog = outbox.backlog()
    assert (backlog.waiting, backlog.due, backlog.set_aside) == (2, 1, 0)
    assert 170 < backlog.oldest_seconds < 190


@pytest.mark.django_db
def test_old_done_messages_are_forgotten_and_set_aside_ones_kept(topic):
    def handle(payload):
        if payload["key"] == "bad":
            raise outbox.GiveUp("no")

    topic(handle)
    for key in ("good", "bad", "waits"):
        put(key)
    outbox.dispatch_due(limit=2)
    outbox.cancel("waits")
    assert outbox.clean_up(timezone.now()) == 2
    assert [row.key for row in OutboxMessage.objects.all()] == ["bad"]
