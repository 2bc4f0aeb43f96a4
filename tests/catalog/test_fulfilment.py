"""From acceptance to delivery: tasks, parts, and what happens at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from catalog.actions import changes, fulfilment
from core import outbox
from core.errors import ActionError
from notifications.models import Notice
from tests.catalog.kit import (
    ask,
    do_later,
    end,
    fresh,
    make_offering,
    make_policy,
    question,
    row,
    seat,
    task,
    tasks,
)
from tests.factories import make_agent, make_team, make_user
from tickets import actions
from tickets.actions import approving
from tickets.enums import LinkType, TaskState
from tickets.models import Event, Link, Task, Ticket

pytestmark = pytest.mark.django_db

PLAN = [
    task("buy"),
    task("prepare"),
    task("hand over", after=["buy", "prepare"]),
]


def test_tasks_go_to_their_teams_in_their_order():
    buyers, desk = make_team("Buyers"), make_team("Desk")
    plan = [task("buy", team=buyers.pk, hours=8), task("hand over", after=["buy"], team=desk.pk)]
    made = tasks(ask(make_offering(tasks=plan)))
    assert (made["Buy"].team, made["Hand Over"].team) == (buyers, desk)
    assert list(made["Hand Over"].depends_on.all()) == [made["Buy"]]
    assert made["Buy"].planned_end > timezone.now()


def test_a_task_is_made_only_if_its_condition_holds():
    plan = [
        task("buy", **{"if": {"field": "kind", "is": "eq", "value": "new"}}),
        task("hand over", after=["buy"]),
    ]
    offering = make_offering(fields=[question("kind")], tasks=plan)
    assert set(tasks(ask(offering, answers={"kind": "new"}))) == {"Buy", "Hand Over"}
    assert set(tasks(ask(offering, answers={"kind": "used"}))) == {"Hand Over"}


def test_each_team_hears_when_its_task_can_begin():
    buyer, agent = make_agent(), make_agent()
    buyers, desk = make_team("Buyers", buyer), make_team("Desk", agent)
    plan = [task("buy", team=buyers.pk), task("hand over", after=["buy"], team=desk.pk)]
    ticket = ask(make_offering(tasks=plan, team=make_team().pk))

    def told(user):
        outbox.dispatch_due()
        return Notice.objects.filter(user=user, what="task", ticket=ticket).count()

    assert (told(buyer), told(agent)) == (1, 0)
    end(tasks(ticket)["Buy"])
    assert (told(buyer), told(agent)) == (1, 1)


def test_the_hours_of_a_task_count_from_when_it_can_begin():
    plan = [task("buy", hours=4), task("hand over", after=["buy"], hours=4)]
    ticket = ask(make_offering(tasks=plan))
    first = tasks(ticket)["Hand Over"].planned_end
    end(tasks(ticket)["Buy"])
    assert tasks(ticket)["Hand Over"].planned_end < first


def test_the_first_task_taken_up_puts_the_request_in_progress():
    ticket = ask(make_offering(tasks=PLAN))
    assert ticket.status == "approved"
    end(tasks(ticket)["Buy"], TaskState.IN_PROGRESS)
    assert fresh(ticket).status == "in_progress"


def test_what_is_there_is_known_part_by_part():
    ticket = ask(make_offering(tasks=PLAN))
    assert row(ticket).delivered == "nothing"
    end(tasks(ticket)["Buy"])
    assert row(ticket).delivered == "part"
    for name in ("Prepare", "Hand Over"):
        end(tasks(ticket)[name])
    assert row(ticket).delivered == "all"


def test_the_last_task_fulfils_a_request_if_its_offering_says_so():
    by_hand, by_itself = make_offering(tasks=PLAN), make_offering(tasks=PLAN, fulfil="auto")
    for offering, status in ((by_hand, "in_progress"), (by_itself, "fulfilled")):
        ticket = ask(offering)
        for name in ("Buy", "Prepare", "Hand Over"):
            end(tasks(ticket)[name])
        assert fresh(ticket).status == status
    assert row(ticket).fulfilment == "- Buy\n- Prepare\n- Hand Over"


def test_a_failed_task_stops_what_waits_for_it_and_the_request_stays():
    member = make_agent()
    plan = [task("buy"), task("hand over", after=["buy"])]
    ticket = ask(make_offering(tasks=plan, fulfil="auto", team=make_team("Desk", member).pk))
    end(tasks(ticket)["Buy"], TaskState.FAILED)
    assert fresh(ticket).status == "in_progress"
    assert not Event.objects.filter(
        ticket=ticket, data__ready=True, data__title="Hand Over"
    ).exists()
    outbox.dispatch_due()
    assert Notice.objects.filter(user=member, what="task_changed").exists()


def test_a_task_finished_twice_ends_once():
    ticket = ask(make_offering(tasks=[task("buy")], fulfil="auto"))
    one = tasks(ticket)["Buy"]
    end(one)
    end(one)
    fulfilment.follow(ticket.pk)
    events = Event.objects.filter(ticket=ticket)
    assert events.filter(data__changes__state=["open", "done"]).count() == 1
    assert events.filter(data__name="fulfil").count() == 1


# Bundles ------------------------------------------------------------------------------------------


def bundle(*offerings, **more):
    parts = [{"offering": one.pk, "answers": more.pop("answers", {})} for one in offerings]
    return make_offering("New joiner", bundle=parts, **more)


def parts_of(ticket):
    links = Link.objects.filter(source=ticket, type=LinkType.PARENT_OF)
    return [fresh(link.target) for link in links.order_by("id")]


def test_a_bundle_asks_for_its_parts_with_its_answers():
    laptop = make_offering("Laptop", fields=[question("size"), question("bag")])
    whole = make_offering(
        "New joiner",
        fields=[question("screen")],
        bundle=[
            {"offering": laptop.pk, "answers": {"size": "screen", "bag": {"value": "black"}}},
            {
                "offering": make_offering("Desk").pk,
                "if": {"field": "screen", "is": "eq", "value": "none"},
            },
        ],
    )
    ticket = ask(whole, answers={"screen": "14"})
    (part,) = parts_of(ticket)
    assert (part.title, part.requester) == ("Laptop", ticket.requester)
    assert row(part).answers == {"size": "14", "bag": "black"}


def test_parts_are_asked_for_when_the_bundle_is_approved_and_ask_for_their_own_approval():
    boss, guard = make_user(), make_user()
    policy, other = make_policy([boss]), make_policy([guard])
    free = make_offering("Account")
    strict = make_offering("Badge", approval={"policy": other.pk})
    ticket = ask(bundle(free, strict, approval={"policy": policy.pk}))
    assert parts_of(ticket) == []
    approving.decide(seat(ticket), "approve", by=boss)
    assert [part.status for part in parts_of(ticket)] == ["approved", "awaiting_approval"]


def test_a_bundle_is_fulfilled_when_all_its_parts_ended():
    agent = make_agent(team=make_team())
    ticket = ask(bundle(make_offering("Account"), make_offering("Badge")))
    one, other = parts_of(ticket)
    actions.transition(one, "fulfil", by=agent, fulfilment="There")
    do_later()
    assert (fresh(ticket).status, row(ticket).delivered) == ("in_progress", "part")
    changes.cancel(other, "Not needed", by=ticket.requester)
    do_later()
    assert fresh(ticket).status == "fulfilled"
    assert row(ticket).fulfilment == "- Account"


def test_a_bundle_of_which_nothing_goes_on_is_cancelled():
    ticket = ask(bundle(make_offering("Account")))
    changes.cancel(parts_of(ticket)[0], "Not needed", by=ticket.requester)
    do_later()
    assert fresh(ticket).status == "cancelled"


def test_cancelling_a_bundle_cancels_its_parts_that_nobody_began():
    agent = make_agent(team=make_team())
    ticket = ask(bundle(make_offering("Account"), make_offering("Badge")))
    begun, other = parts_of(ticket)
    actions.transition(begun, "start", by=agent)
    changes.cancel(ticket, "Not needed", by=ticket.requester)
    assert [part.status for part in parts_of(ticket)] == ["in_progress", "cancelled"]
    assert other.status == "approved"


def test_confirming_a_bundle_confirms_its_parts():
    agent = make_agent(team=make_team())
    ticket = ask(bundle(make_offering("Account")))
    actions.transition(parts_of(ticket)[0], "fulfil", by=agent, fulfilment="There")
    do_later()
    actions.transition(fresh(ticket), "close", by=ticket.requester)
    assert parts_of(ticket)[0].status == "closed"


def test_a_part_that_is_no_longer_offered_becomes_a_task():
    gone = make_offering("Badge")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    ticket = ask(bundle(gone))
    assert parts_of(ticket) == []
    assert len(tasks(ticket)) == 1


# At once ------------------------------------------------------------------------------------------


def at_once(*calls):
    """Run them in threads of their own; what each raised."""

    def run(call):
        try:
            call()
        except ActionError as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_last_tasks_ended_at_once_fulfil_the_request_once():
    ticket = ask(make_offering(tasks=[task("buy"), task("prepare")], fulfil="auto"))
    one, other = tasks(ticket).values()
    assert at_once(lambda: end(one), lambda: end(other)) == [None, None]
    assert fresh(ticket).status == "fulfilled"
    assert Event.objects.filter(ticket=ticket, data__name="fulfil").count() == 1
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_approval_decided_while_it_is_cancelled_ends_one_way():
    boss, requester = make_user(), make_user()
    offering = make_offering(approval={"policy": make_policy([boss]).pk}, tasks=[task("buy")])
    ticket = ask(offering, requester)
    place = seat(ticket)
    at_once(
        lambda: approving.decide(place, "approve", by=boss),
        lambda: changes.cancel(Ticket.objects.get(pk=ticket.pk), "No", by=requester),
    )
    now = fresh(ticket)
    # Approved first, it may still be taken back: nobody began. Cancelled first, nothing follows.
    assert now.status == "cancelled"
    assert not Task.objects.filter(ticket=ticket).exclude(state=TaskState.SKIPPED).exists()
    connection.close()
