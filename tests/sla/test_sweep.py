"""Instants of clocks are told once, as computed, whoever looks when; and change no figure."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import OutboxMessage
from sla.actions import check, rebuild, sweep_due
from sla.models import Clock
from tests.factories import make_agent, make_team, open_incident
from tickets import actions
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def urgent(**fields: Any) -> Ticket:
    """An incident whose first response is due within 15 minutes, its resolution within 4 hours."""
    return open_incident(impact=1, urgency=1, **fields)


def opened(ticket: Ticket) -> datetime:
    return ticket.opened_at.replace(microsecond=0)


def told(ticket: Ticket, metric: str = "first_response") -> list[str]:
    events = Event.objects.filter(ticket=ticket, verb="escalated", data__metric=metric)
    return [event.data["step"] for event in events.order_by("id")]


def response(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, metric="first_response")


def due(ticket: Ticket) -> datetime:
    found = response(ticket).due_at
    assert found is not None
    return found


def test_nothing_due_is_one_look_at_the_index() -> None:
    urgent()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sweep_due() == 0
    assert len(queries) == 1


def test_each_step_is_told_when_its_instant_has_passed() -> None:
    ticket = urgent()
    for minutes, steps in ((7, []), (8, ["50"]), (12, ["50", "75"]), (14, ["50", "75", "90"])):
        sweep_due(opened(ticket) + minutes * MINUTE)
        assert told(ticket) == steps
    row = response(ticket)
    assert row.told == ["50", "75", "90"]
    assert row.next_at == row.due_at == opened(ticket) + 15 * MINUTE


def test_the_due_second_still_keeps_the_target() -> None:
    ticket = urgent()
    sweep_due(due(ticket) + timedelta(milliseconds=900))
    assert told(ticket) == ["90"]
    sweep_due(due(ticket) + timedelta(seconds=1))
    assert told(ticket) == ["90", "100"]


def test_a_late_worker_tells_the_highest_step_with_its_computed_instant() -> None:
    ticket = urgent()
    sweep_due(due(ticket) + 7 * MINUTE)
    assert told(ticket) == ["100"]
    event = Event.objects.get(ticket=ticket, data__metric="first_response", verb="escalated")
    assert event.actor is None
    assert event.data["instant"] == event.data["due_at"] == due(ticket).isoformat()
    assert (event.data["goal"], event.data["sequence"]) == (900, 1)
    assert response(ticket).told == ["50", "75", "90", "100"]


def test_nothing_is_told_twice() -> None:
    ticket = urgent()
    late = opened(ticket) + 16 * MINUTE
    assert sweep_due(late) == 1
    assert sweep_due(late) == 0
    assert sweep_due(late - 10 * MINUTE) == 0
    assert told(ticket) == ["100"]
    assert OutboxMessage.objects.filter(topic="sla.escalate").count() == 1


def test_telling_leaves_the_record_as_it_was_edited() -> None:
    ticket = urgent()
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    sweep_due(opened(ticket) + 16 * MINUTE)
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_another_target_does_not_tell_the_same_share_again() -> None:
    lead = make_agent(team=make_team(), role="team_lead")
    ticket = urgent()
    sweep_due(opened(ticket) + 14 * MINUTE)
    actions.override_priority(ticket, 2, by=lead, reason="Not that bad.")
    assert response(ticket).due_at == opened(ticket) + 30 * MINUTE
    sweep_due(opened(ticket) + 29 * MINUTE)
    assert told(ticket) == ["90"]
    sweep_due(opened(ticket) + 31 * MINUTE)
    assert told(ticket) == ["90", "100"]


def test_what_was_answered_is_not_told_of() -> None:
    agent = make_agent(team=make_team())
    ticket = urgent()
    actions.comment(ticket, "확인했습니다.", by=agent)
    sweep_due(opened(ticket) + 16 * MINUTE)
    assert told(ticket) == []


def test_a_clock_behind_its_facts_is_brought_up_to_date_first() -> None:
    ticket = urgent()
    past = opened(ticket) - MINUTE
    Clock.objects.filter(ticket=ticket, metric="first_response").update(due_at=past, next_at=past)
    assert sweep_due(opened(ticket) + 2 * MINUTE) == 1
    assert told(ticket) == []
    assert response(ticket).due_at == opened(ticket) + 15 * MINUTE
    assert list(check()) == []


def test_sweeping_changes_no_figure() -> None:
    tickets = [urgent() for _ in range(3)]
    own = {"told", "next_at"}
    columns = [f.attname for f in Clock._meta.concrete_fields if f.name not in own]
    before = list(Clock.objects.order_by("pk").values(*columns))
    shown = list(Ticket.objects.order_by("pk").values("breaks_at", "sla_state", "version"))
    assert sweep_due(opened(tickets[0]) + timedelta(days=1)) > 0
    assert list(Clock.objects.order_by("pk").values(*columns)) == before
    after = Ticket.objects.order_by("pk").values("breaks_at", "sla_state", "version")
    assert list(after) == shown
    assert rebuild().total == 0


def test_a_batch_takes_the_longest_due_first() -> None:
    first, second = urgent(), urgent()
    Clock.objects.filter(ticket=second).update(next_at=opened(first) + 9 * MINUTE)
    assert sweep_due(opened(first) + 10 * MINUTE, limit=1) == 1
    assert (told(first), told(second)) == (["50"], [])


def test_as_many_queries_for_one_clock_as_for_thirty() -> None:
    def queries(number: int) -> int:
        tickets = [urgent() for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert sweep_due(opened(tickets[-1]) + 16 * MINUTE) == number
        return len(captured)

    assert queries(30) == queries(1)


@pytest.fixture
def in_thread():
    """Runs something on a connection of its own."""
    threads = []

    def start(job):
        def run():
            try:
                job()
            finally:
                close_old_connections()
                connection.close()

        thread = threading.Thread(target=run)
        threads.append(thread)
        thread.start()
        return thread

    yield start
    for thread in threads:
        thread.join(30)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_each_step_once(in_thread) -> None:
    tickets = [urgent() for _ in range(40)]
    late = opened(tickets[-1]) + timedelta(days=1)
    start = threading.Barrier(3)

    def sweep_all() -> None:
        start.wait(10)
        while sweep_due(late, limit=3):
            pass

    threads = [in_thread(sweep_all) for _ in range(3)]
    for thread in threads:
        thread.join(60)
    while sweep_due(late):  # what the last of them skipped because another held it
        pass
    for ticket in tickets:
        for metric in ("first_response", "resolution"):
            assert len(told(ticket, metric)) == 1
    assert not Clock.objects.filter(next_at__lte=late).exists()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_passes_by_a_record_that_is_being_worked_on(in_thread) -> None:
    held, free = urgent(), urgent()
    late = opened(free) + 16 * MINUTE
    done: list[int] = []
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=held.pk)
        in_thread(lambda: done.append(sweep_due(late))).join(10)
        assert done == [1]
        Clock.objects.filter(ticket=held).update(consumed=0)
    assert (told(held), told(free)) == ([], ["100"])
    assert sweep_due(late) == 1
    assert told(held) == ["100"]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_dies_has_done_nothing() -> None:
    ticket = urgent()
    late = opened(ticket) + 16 * MINUTE

    def dies() -> None:
        with transaction.atomic():
            sweep_due(late)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert told(ticket) == []
    assert response(ticket).told == []
    assert sweep_due(late) == 1
    assert told(ticket) == ["100"]
