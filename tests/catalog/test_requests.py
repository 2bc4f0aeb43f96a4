"""Asking for something: what is made, what is refused, and what follows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.actions import changes, requests
from catalog.definition import parse
from catalog.models import Cost, Offering, Use
from catalog.pricing import quote, token
from catalog.queries.times import workdays
from core.errors import ActionError, NotFound
from tests.catalog.kit import (
    ask,
    end,
    fresh,
    make_offering,
    make_policy,
    publish,
    question,
    row,
    seat,
    task,
    tasks,
    text,
)
from tests.factories import (
    make_agent,
    make_department,
    make_item,
    make_service,
    make_team,
    make_user,
)
from tickets import access, actions
from tickets.actions import approving
from tickets.enums import TaskState
from tickets.models import Event, Ticket, Watch

pytestmark = pytest.mark.django_db

MODEL = question(
    "model",
    "choice",
    required=True,
    options=[
        {"key": "air", "label": text("Air"), "price": "100"},
        {"key": "pro", "label": text("Pro"), "price": "250"},
    ],
)
PRICE = {"amount": "1000", "currency": "EUR", "period": "once", "payer": "department"}


def test_a_request_is_a_record_with_its_form_answers_and_price():
    team, service = make_team("Desk"), make_service("Devices")
    offering = make_offering(fields=[MODEL], price=PRICE, team=team.pk, service=service, impact=2)
    requester = make_user(department=make_department())
    ticket = ask(offering, requester, answers={"model": "pro"})
    assert (ticket.kind, ticket.number[:4], ticket.title) == ("request", "REQ-", "Laptop")
    assert (ticket.team, ticket.service, ticket.impact) == (team, service, 2)
    made = row(ticket)
    assert (made.offering, made.made_with, made.answers) == (
        offering,
        offering.live,
        {"model": "pro"},
    )
    assert (made.amount, made.currency, made.period) == (Decimal(1250), "EUR", "once")
    opening = Event.objects.filter(ticket=ticket).first()
    assert opening.data["offering"] == offering.pk
    assert "answers" not in opening.data


def test_without_an_approval_it_is_accepted_at_once():
    assert ask(make_offering()).status == "approved"


def test_what_is_missing_is_said_by_question_and_nothing_is_made():
    offering = make_offering(fields=[MODEL, question("why", required=True)])
    make_team()
    with pytest.raises(ActionError) as refused:
        requests.submit(offering, {"model": "big"}, by=make_user())
    assert set(refused.value.errors) == {"model", "why"}
    assert not Ticket.objects.exists()


def test_an_offering_for_others_does_not_exist_for_the_requester():
    offering = make_offering(audience={"people": [make_user().pk]})
    with pytest.raises(NotFound):
        ask(offering, make_user())


def test_an_offering_that_was_withdrawn_says_so():
    offering = make_offering()
    Offering.objects.filter(pk=offering.pk).update(is_active=False)
    with pytest.raises(ActionError) as refused:
        ask(offering)
    assert refused.value.code == "not_offered"


def test_a_form_of_an_older_version_is_refused_with_what_changed():
    offering = make_offering(fields=[question("size")], price=PRICE)
    seen = offering.live_id
    publish(offering, fields=[question("colour")], price={**PRICE, "amount": "1200"})
    with pytest.raises(ActionError) as refused:
        ask(offering, version=seen)
    assert refused.value.code == "version_changed"
    said = refused.value.message
    assert all(word in said for word in ("Colour", "Size", "1,000.00 EUR", "1,200.00 EUR"))


def test_another_price_than_the_one_shown_is_refused():
    offering = make_offering(fields=[MODEL], price=PRICE)
    shown = quote(parse(offering.live.data), {"model": "air"}, timezone.localdate())
    seen = token(offering.live_id, shown)
    with pytest.raises(ActionError) as refused:
        ask(offering, answers={"model": "pro"}, version=offering.live_id, price_seen=seen)
    assert refused.value.code == "price_changed"
    assert ask(offering, answers={"model": "air"}, price_seen=seen).pk


def test_items_named_in_answers_are_linked():
    owner = make_user()
    item = make_item("notebook-7", owner=owner)
    offering = make_offering(fields=[question("item", "item", mine=True)])
    ticket = ask(offering, owner, answers={"item": item.pk})
    assert [link.item for link in ticket.ticket_items.all()] == [item]


def test_delivery_is_expected_after_the_offerings_working_days():
    made = row(ask(make_offering(delivery_days=3)))
    assert abs(made.promised_at - workdays(made.opened_at, 3)) < timedelta(minutes=1)


def test_delivery_is_expected_so_many_days_after_the_approval():
    boss = make_user()
    ticket = ask(approved_by(boss, delivery_days=3))
    assert row(ticket).promised_at is None
    approving.decide(seat(ticket), "approve", by=boss)
    assert row(ticket).promised_at is not None


def test_each_request_is_counted_for_the_offering_and_the_department():
    department = make_department()
    offering = make_offering(for_others=True)
    ask(offering, make_user(department=department))
    ask(offering, make_user(), beneficiary=make_user(department=department))
    offering.refresh_from_db()
    assert offering.asked_count == 2
    assert Use.objects.get(department=department, offering=offering).count == 2


def test_somebody_it_is_for_follows_it_and_may_not_cancel_it():
    offering = make_offering(for_others=True)
    other = make_user("Kim")
    ticket = ask(offering, beneficiary=other)
    assert ticket.title == "Laptop – Kim"
    assert Watch.objects.filter(ticket=ticket, user=other).exists()
    assert access.can(other, "view", ticket)
    assert access.can(other, "reply", ticket)
    assert not access.can(other, "cancel", ticket)


def test_what_is_for_oneself_only_is_not_asked_for_others():
    with pytest.raises(ActionError) as refused:
        ask(make_offering(), beneficiary=make_user())
    assert refused.value.code == "not_for_others"


def test_the_desk_writes_a_request_down_for_its_requester():
    agent, caller = make_agent(team=make_team()), make_user()
    ticket = ask(make_offering(), agent, requester=caller, channel="phone")
    assert (ticket.requester, ticket.opened_by, ticket.channel) == (caller, agent, "phone")
    with pytest.raises(ActionError) as refused:
        ask(make_offering(), make_user(), requester=caller)
    assert refused.value.status == 403


def test_changing_an_offering_never_changes_old_requests():
    offering = make_offering(fields=[question("size")], price=PRICE, tasks=[task("order")])
    ticket = ask(offering, answers={"size": "13"})
    publish(offering, fields=[question("colour")], price={**PRICE, "amount": "9"}, tasks=[])
    made = row(ticket)
    assert made.answers == {"size": "13"}
    assert made.amount == Decimal(1000)
    assert parse(made.made_with.data).field("size")
    assert list(tasks(ticket)) == ["Order"]


# Approval -----------------------------------------------------------------------------------------


def approved_by(*people, **more):
    return make_offering(approval={"policy": make_policy(*[[user] for user in people]).pk}, **more)


def test_an_approval_decides_whether_it_goes_on():
    boss = make_user()
    offering = approved_by(boss, tasks=[task("order")])
    yes, no = ask(offering), ask(offering)
    assert yes.status == no.status == "awaiting_approval"
    assert not tasks(yes)
    approving.decide(seat(yes), "approve", by=boss)
    approving.decide(seat(no), "reject", by=boss, opinion="Too dear")
    assert fresh(yes).status == "approved"
    assert list(tasks(yes)) == ["Order"]
    assert fresh(no).status == "rejected"
    assert not tasks(no)


def test_neither_requester_nor_beneficiary_nor_writer_approves():
    boss, other, agent = make_user(), make_user(), make_agent(team=make_team())
    policy = make_policy([other, agent, boss])
    offering = make_offering(approval={"policy": policy.pk}, for_others=True)
    ticket = ask(offering, agent, requester=make_user(), beneficiary=other)
    assert seat(ticket).user == boss


def test_its_requester_cancels_it_while_it_is_being_approved():
    boss, requester = make_user(), make_user()
    ticket = ask(approved_by(boss), requester)
    place = seat(ticket)
    assert access.can(requester, "cancel", ticket)
    changes.cancel(ticket, "Not needed", by=requester)
    assert fresh(ticket).status == "cancelled"
    with pytest.raises(ActionError):
        approving.decide(place, "approve", by=boss)
    assert fresh(ticket).status == "cancelled"


def test_a_request_that_was_taken_back_is_mended_and_asked_again():
    boss, requester = make_user(), make_user()
    ticket = ask(approved_by(boss, fields=[question("why")]), requester, answers={"why": "a"})
    approving.recall(ticket.approvals.get(), by=requester)
    assert fresh(ticket).status == "submitted"
    changes.resubmit(ticket, {"why": "b"}, by=requester)
    assert fresh(ticket).status == "awaiting_approval"
    assert row(ticket).answers == {"why": "b"}
    last = ticket.approvals.order_by("number").last()
    assert (last.number, dict(last.told)["Why"]) == (2, "b")
    edited = Event.objects.filter(ticket=ticket, changes__has_key="answers").get()
    assert edited.changes["answers"] == [{"why": "a"}, {"why": "b"}]


def test_a_rejected_request_sent_in_again_is_not_reopened():
    boss, requester = make_user(), make_user()
    ticket = ask(approved_by(boss), requester)
    approving.decide(seat(ticket), "reject", by=boss, opinion="No")
    changes.resubmit(fresh(ticket), {}, by=requester)
    again = fresh(ticket)
    assert (again.status, again.reopen_count, again.closed_at) == ("awaiting_approval", 0, None)
    approving.decide(seat(ticket), "approve", by=boss)
    assert fresh(ticket).status == "approved"


def test_answers_are_not_changed_once_it_goes_on():
    requester = make_user()
    ticket = ask(make_offering(fields=[question("why")]), requester)
    with pytest.raises(ActionError) as refused:
        changes.resubmit(ticket, {"why": "b"}, by=requester)
    assert refused.value.code == "illegal_transition"


def test_nothing_is_begun_before_it_is_approved():
    boss, requester = make_user(), make_user()
    agent = make_agent(team=make_team())
    ticket = ask(approved_by(boss), requester)
    approving.recall(ticket.approvals.get(), by=requester)
    with pytest.raises(ActionError) as refused:
        actions.transition(ticket, "start", by=agent)
    assert refused.value.code == "approval_missing"


# Costs --------------------------------------------------------------------------------------------


def booked(ticket):
    return list(
        Cost.objects.filter(request_id=ticket.pk).order_by("id").values_list("kind", "amount")
    )


def test_the_department_of_whom_it_is_for_pays_once_it_is_accepted():
    boss, department = make_user(), make_department("Sales")
    offering = approved_by(boss, price=PRICE, for_others=True)
    ticket = ask(offering, beneficiary=make_user(department=department))
    assert booked(ticket) == []
    approving.decide(seat(ticket), "approve", by=boss)
    assert booked(ticket) == [("booked", Decimal(1000))]
    assert Cost.objects.get(request_id=ticket.pk).department == department


def test_a_cancelled_request_costs_nothing():
    requester = make_user(department=make_department())
    ticket = ask(make_offering(price=PRICE), requester)
    changes.cancel(ticket, "Not needed", by=requester)
    assert booked(ticket) == [("booked", Decimal(1000)), ("reversed", Decimal(-1000))]


def test_what_is_free_is_not_booked():
    assert booked(ask(make_offering(price={**PRICE, "payer": "nobody"}))) == []


# Afterwards ---------------------------------------------------------------------------------------


def test_before_work_starts_its_requester_cancels_it_and_what_is_left_is_skipped():
    requester = make_user()
    ticket = ask(make_offering(tasks=[task("order")]), requester)
    changes.cancel(ticket, "Not needed", by=requester)
    assert fresh(ticket).status == "cancelled"
    assert tasks(ticket)["Order"].state == TaskState.SKIPPED


def test_after_work_started_its_requester_can_only_ask():
    requester = make_user()
    ticket = ask(make_offering(tasks=[task("order")]), requester)
    end(tasks(ticket)["Order"], TaskState.IN_PROGRESS)
    with pytest.raises(ActionError) as refused:
        changes.cancel(ticket, "Not needed", by=requester)
    assert refused.value.status == 403
    said = changes.ask_to_cancel(ticket, "Changed my mind", by=requester)
    assert said.by_requester
    assert fresh(ticket).status == "in_progress"


def test_what_is_not_what_was_asked_for_goes_back():
    requester, agent = make_user(), make_agent(team=make_team())
    ticket = ask(make_offering(), requester)
    actions.transition(ticket, "fulfil", by=agent, fulfilment="A mouse")
    changes.send_back(fresh(ticket), "I asked for a laptop", by=requester)
    again = fresh(ticket)
    assert (again.status, again.reopen_count) == ("in_progress", 1)


def test_requests_for_different_things_are_not_merged():
    agent = make_agent(team=make_team())
    one, other = ask(make_offering("Laptop")), ask(make_offering("Mouse"))
    with pytest.raises(ActionError) as refused:
        actions.merge(one, other, by=agent)
    assert refused.value.code == "other_offering"
