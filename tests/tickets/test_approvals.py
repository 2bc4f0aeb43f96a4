"""Approvals: rules.md section 6. Here the engine; who sees what of it has tests of its own."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import delegation, people
from accounts.enums import Role
from accounts.models import User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed, NotFound
from tests.factories import (
    make_agent,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import access, actions, approvals, decisions, lines
from tickets.enums import DecidedBy, SeatState
from tickets.models import Approval, ApprovalPolicy, ApprovalSeat, Event, Ticket

pytestmark = pytest.mark.django_db


def policy(*stages: dict, finals: list | None = None, fallback: list | None = None):
    data = {"stages": list(stages), "finals": finals or [], "fallback": fallback or []}
    return ApprovalPolicy.objects.create(name_en="Spending", data=data)


def stage(*people: User, decided_by: str = "first", **more) -> dict:
    who = [{"type": "person", "id": user.pk} for user in people]
    return {"who": who, "decided_by": decided_by, **more}


def asked(*stages: dict, by: User | None = None, **more) -> Approval:
    make_team() if not Ticket.objects.exists() else None
    by = by or make_user("요청자")
    ticket = open_incident(by=by)
    return actions.ask(ticket, policy=policy(*stages), by=by, **more)


def seat(approval: Approval, user: User) -> ApprovalSeat:
    return ApprovalSeat.objects.get(stage__approval=approval, user=user)


def now(approval: Approval) -> Approval:
    return Approval.objects.get(pk=approval.pk)


# --- stages: first, all, a share of n with stated rounding ---


@given(
    st.sampled_from(list(DecidedBy)),
    st.lists(st.sampled_from(["approved", "rejected", "pending"]), min_size=1, max_size=9),
    st.integers(1, 100),
)
def test_a_stage_is_settled_once_nothing_undecided_could_change_it(how, states, share):
    settled = approvals.verdict(how, states, share)
    wanted = approvals.needed(how, len(states), share)
    assert 1 <= wanted <= len(states)
    yes, no = states.count("approved"), states.count("rejected")
    if settled is True:
        assert yes >= wanted
    elif settled is False:
        assert no
        assert how == DecidedBy.FIRST or len(states) - no < wanted
    else:
        assert "pending" in states


@pytest.mark.parametrize(
    ("seats", "share", "wanted"), [(3, 50, 2), (4, 50, 2), (3, 66, 2), (3, 67, 3), (5, 1, 1)]
)
def test_a_share_is_rounded_up(seats, share, wanted):
    assert approvals.needed(DecidedBy.SHARE, seats, share) == wanted


def test_stages_come_one_after_the_other_and_the_last_one_ends_it():
    first, second = make_user(), make_user()
    approval = asked(stage(first), stage(second))
    assert seat(approval, second).state == SeatState.WAITING
    with pytest.raises(NotFound):  # not yet their turn: the record is none of their business
        actions.decide(seat(approval, second), "approve", by=second)
    actions.decide(seat(approval, first), "approve", by=first)
    assert now(approval).state == "pending"
    actions.decide(seat(approval, second), "approve", by=second)
    assert now(approval).state == "approved"


def test_by_all_waits_for_everybody_and_one_rejection_ends_it():
    one, two, three = make_user(), make_user(), make_user()
    approval = asked(stage(one, two, three, decided_by="all"))
    actions.decide(seat(approval, one), "approve", by=one)
    assert now(approval).state == "pending"
    actions.decide(seat(approval, two), "reject", by=two, opinion="Too dear.")
    assert now(approval).state == "rejected"
    assert now(approval).reason == "Too dear."
    assert seat(approval, three).state == SeatState.SPARED


def test_by_the_first_the_others_are_spared():
    one, two = make_user(), make_user()
    approval = asked(stage(one, two))
    actions.decide(seat(approval, two), "approve", by=two)
    assert now(approval).state == "approved"
    assert seat(approval, one).state == SeatState.SPARED


def test_rejecting_needs_a_reason():
    one = make_user()
    approval = asked(stage(one))
    with pytest.raises(ActionError) as refused:
        actions.decide(seat(approval, one), "reject", by=one, opinion="  ")
    assert refused.value.field == "opinion"
    assert seat(approval, one).state == SeatState.PENDING


# --- who: nobody approves what they ask for; people who left; levels ---


def test_whoever_asks_is_passed_over_for_the_next_one_up():
    boss = make_user()
    head = make_user(manager=boss)
    department = make_department(manager=head)
    User.objects.filter(pk=head.pk).update(department=department)
    head = User.objects.get(pk=head.pk)
    rule = policy({"who": [{"type": "head"}]})
    line = lines.line_for(rule, lines.Subject(head, involved=frozenset({head.pk})))
    assert [chair.user for chair in line.steps[0].chairs] == [boss]
    assert line.steps[0].chairs[0].instead_of == head.name


def test_an_approver_who_left_is_passed_over():
    boss = make_user()
    gone = make_user(manager=boss, is_active=False)
    line = lines.line_for(policy(stage(gone)), lines.Subject(make_user()))
    assert [chair.user for chair in line.steps[0].chairs] == [boss]


def test_a_policy_that_finds_nobody_says_so_and_nothing_is_asked():
    make_team()
    person = make_user()
    ticket = open_incident(by=person)
    with pytest.raises(ActionError) as refused:
        actions.ask(ticket, policy=policy({"who": [{"type": "service_owner"}]}), by=person)
    assert refused.value.code == "nobody_approves"
    assert not Approval.objects.exists()


def test_a_circle_of_managers_ends():
    one, two = make_user(), make_user()
    User.objects.filter(pk=one.pk).update(manager=two)
    User.objects.filter(pk=two.pk).update(manager=one)
    one = User.objects.get(pk=one.pk)
    subject = lines.Subject(one, involved=frozenset({one.pk, two.pk}))
    with pytest.raises(ActionError):
        lines.line_for(policy({"who": [{"type": "manager"}]}), subject)


def test_every_selector_finds_its_people():
    boss = make_user()
    person = make_user(manager=boss)
    lead, agent = make_user(), make_agent()
    team = make_team("", agent, lead=lead)
    owner = make_user()
    service = make_service(owner=owner)
    cab = make_user(role=Role.CAB_MEMBER)
    subject = lines.Subject(person, service=service)

    def found(**selector) -> list[User]:
        line = lines.line_for(policy({"who": [selector]}), subject)
        return [chair.user for chair in line.steps[0].chairs]

    assert found(type="manager", level=1) == [boss]
    assert found(type="manager", level=9) == [boss]
    assert found(type="team", id=team.pk) == [agent]
    assert found(type="team_lead", id=team.pk) == [lead]
    assert found(type="service_owner") == [owner]
    assert found(type="role", role="cab_member") == [cab]
    assert found(type="person", id=agent.pk) == [agent]


def test_one_person_alone_in_two_stages_running_decides_once():
    one, two = make_user(), make_user()
    line = lines.line_for(policy(stage(one), stage(one), stage(two)), lines.Subject(make_user()))
    assert [[chair.user for chair in step.chairs] for step in line.steps] == [[one], [two]]


def test_who_leaves_passes_their_decision_on_to_whom_they_report():
    admin = make_user(role=Role.ADMINISTRATOR)
    boss = make_user()
    one = make_user(manager=boss)
    approval = asked(stage(one))
    people.deactivate(one, by=admin)
    assert seat(approval, boss).state == SeatState.PENDING
    actions.decide(seat(approval, boss), "approve", by=boss)
    assert now(approval).state == "approved"


# --- 전결: delegated final approval by rule ---


def test_below_an_amount_a_lower_stage_decides_for_those_above():
    lead, director = make_user(), make_user()
    rule = policy(
        stage(lead),
        stage(director),
        finals=[{"if": {"field": "amount", "is": "lt", "value": "500000"}, "stage": 0}],
    )
    make_team()
    person = make_user()
    cheap = actions.ask(open_incident(by=person), policy=rule, by=person, facts={"amount": 400_000})
    dear = actions.ask(open_incident(by=person), policy=rule, by=person, facts={"amount": 500_000})
    actions.decide(seat(cheap, lead), "approve", by=lead)
    actions.decide(seat(dear, lead), "approve", by=lead)
    assert now(cheap).state == "approved"
    assert seat(cheap, director).state == SeatState.FINAL
    assert now(dear).state == "pending"


# --- 대결: date-bounded substitutes ---


def away(user: User, to: User, days: int = 2):
    start = timezone.now() - timedelta(hours=1)
    return delegation.delegate(user, to, start, start + timedelta(days=days), by=user)


def test_a_substitute_decides_in_the_holders_place_while_it_lasts():
    one, deputy = make_user(), make_user()
    approval = asked(stage(one))
    with pytest.raises(NotFound):
        actions.decide(seat(approval, one), "approve", by=deputy)
    away(one, deputy)
    deputy = User.objects.get(pk=deputy.pk)
    assert list(decisions.inbox(deputy)) == [seat(approval, one)]
    assert access.can(deputy, "view", now(approval).ticket)
    assert Ticket.objects.visible_to(deputy).filter(pk=approval.ticket_id).exists()
    actions.decide(seat(approval, one), "approve", by=deputy)
    decided = seat(approval, one)
    assert (decided.decided_by, decided.in_proxy, decided.user) == (deputy, True, one)


def test_a_substitute_decides_no_longer_when_the_time_is_over_or_it_is_taken_back():
    one, deputy = make_user(), make_user()
    approval = asked(stage(one))
    given = away(one, deputy)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert decisions.may_decide(User.objects.get(pk=deputy.pk), seat(approval, one))
    assert not decisions.may_decide(User.objects.get(pk=deputy.pk), seat(approval, one))
    delegation.cancel(given, by=one)
    assert decisions.may_decide(User.objects.get(pk=deputy.pk), seat(approval, one))


def test_a_substitute_who_asks_for_it_does_not_decide():
    one, person = make_user(), make_user()
    approval = asked(stage(one), by=person)
    away(one, person)
    with pytest.raises(NotAllowed):
        actions.decide(seat(approval, one), "approve", by=User.objects.get(pk=person.pk))


def test_substitutes_in_a_circle_are_refused():
    one, two, three = make_user(), make_user(), make_user()
    away(one, two)
    away(two, three)
    with pytest.raises(ActionError) as refused:
        away(three, one)
    assert refused.value.code == "circle"


def test_nobody_counts_twice_in_a_stage():
    one, two = make_user(), make_user()
    approval = asked(stage(one, two, decided_by="all"))
    away(one, two)
    two = User.objects.get(pk=two.pk)
    actions.decide(seat(approval, two), "approve", by=two)
    with pytest.raises(NotAllowed):
        actions.decide(seat(approval, one), "approve", by=two)
    assert now(approval).state == "pending"


# --- 회수: recall, void, and asking again ---


def test_the_asker_recalls_before_the_first_decision_only():
    person, one, two = make_user(), make_user(), make_user()
    approval = asked(stage(one, two, decided_by="all"), by=person)
    with pytest.raises(NotAllowed):
        actions.recall(approval, by=one)
    actions.recall(approval, by=person)
    assert now(approval).state == "recalled"
    again = actions.ask(approval.ticket, policy=approval.policy, by=person)
    actions.decide(seat(again, one), "approve", by=one)
    with pytest.raises(ActionError) as refused:
        actions.recall(again, by=person)
    assert refused.value.code == "decided"


def test_a_second_round_says_what_is_different():
    person, one = make_user(), make_user()
    approval = asked(stage(one), by=person, content=[("Model", "Air"), ("Price", "1")])
    actions.recall(approval, by=person)
    again = actions.ask(
        approval.ticket,
        policy=approval.policy,
        by=person,
        content=[("Model", "Pro"), ("Price", "1")],
    )
    assert decisions.differences_to_last(again) == [("Model", "Air", "Pro")]


def test_two_rounds_at_once_are_refused():
    person = make_user()
    approval = asked(stage(make_user()), by=person)
    with pytest.raises(ActionError) as refused:
        actions.ask(approval.ticket, policy=approval.policy, by=person)
    assert refused.value.code == "being_decided"


def test_a_void_round_is_nobodys_to_decide_and_shows_them_nothing_more():
    agent = make_agent(role=Role.TEAM_LEAD)
    one = make_user()
    approval = asked(stage(one))
    actions.void(approval.ticket, "The date moved.", by=None)
    assert now(approval).state == "void"
    assert not decisions.inbox(one).exists()
    with pytest.raises(ActionError):
        actions.decide(seat(approval, one), "approve", by=one)
    assert agent


def test_a_record_that_is_cancelled_is_no_longer_to_be_decided():
    one = make_user()
    approval = asked(stage(one))
    actions.transition(approval.ticket, "cancel", by=None, reason="No longer needed")
    assert now(approval).state == "void"


# --- handing over, holding, asking back ---


def test_a_seat_is_handed_over_to_somebody_who_may_decide():
    person, one, two = make_user(), make_user(), make_user()
    approval = asked(stage(one), by=person)
    with pytest.raises(ActionError):
        actions.hand_over(seat(approval, one), person, by=one)
    actions.hand_over(seat(approval, one), two, "On leave", by=one)
    actions.decide(seat(approval, two), "approve", by=two)
    assert now(approval).state == "approved"


def test_a_decision_on_hold_is_still_to_be_decided():
    one = make_user()
    approval = asked(stage(one))
    actions.hold(seat(approval, one), "Waiting for the budget", by=one)
    assert seat(approval, one).state == SeatState.HELD
    actions.decide(seat(approval, one), "approve", by=one)
    assert now(approval).state == "approved"


def test_an_approver_asks_the_requester_in_the_conversation():
    one = make_user()
    approval = asked(stage(one))
    actions.question(seat(approval, one), "Which colour?", by=one)
    assert access.comments(approval.asked_by, approval.ticket).get().body == "Which colour?"


def test_an_implementer_does_not_decide():
    one = make_agent()
    approval = asked(stage(one))
    actions.add_task(approval.ticket, "Buy it", by=None, assignee=one)
    with pytest.raises(NotAllowed):
        actions.decide(seat(approval, one), "approve", by=one)


# --- deadlines and reminders ---


def test_holders_are_reminded_once_each_time_and_told_when_it_is_late():
    one = make_user()
    with time_machine.travel("2026-11-02T01:00:00Z", tick=False):  # a Monday
        approval = asked(stage(one, days=2, remind=1))
        assert actions.remind_due() == 0
    for day, overdue in (("03", False), ("04", True)):
        with time_machine.travel(f"2026-11-{day}T01:00:00Z", tick=False):
            assert actions.remind_due() == 1
            assert actions.remind_due() == 0
        event = Event.objects.filter(ticket=approval.ticket, data__step="reminded").latest("id")
        assert event.data["overdue"] is overdue
    with time_machine.travel("2026-11-05T01:00:00Z", tick=False):
        actions.decide(seat(approval, one), "approve", by=User.objects.get(pk=one.pk))
        assert actions.remind_due() == 0


# --- mailed links ---


def test_a_key_decides_once_for_the_person_it_was_sent_to():
    one = make_user()
    approval = asked(stage(one))
    text = actions.make_key(seat(approval, one), one)
    assert actions.find_key(text).user == one
    actions.decide_with(text, "approve")
    assert seat(approval, one).channel == "mail"
    with pytest.raises(ActionError) as refused:
        actions.decide_with(text, "approve")
    assert refused.value.code == "used"


def test_a_key_expires_is_not_guessed_and_not_used_by_somebody_else():
    one, other = make_user(), make_user()
    approval = asked(stage(one))
    text = actions.make_key(seat(approval, one), one)
    with pytest.raises(NotFound):
        actions.find_key(text[:-1] + "x")
    with pytest.raises(NotAllowed):
        actions.decide_with(text, "approve", by=other)
    with (
        time_machine.travel(timezone.now() + timedelta(days=15)),
        pytest.raises(ActionError) as refused,
    ):
        actions.decide_with(text, "approve")
    assert refused.value.code == "expired"
    assert seat(approval, one).state == SeatState.PENDING


def test_a_refused_decision_leaves_the_key_as_it_was():
    one = make_user()
    approval = asked(stage(one))
    text = actions.make_key(seat(approval, one), one)
    with pytest.raises(ActionError):
        actions.decide_with(text, "reject")
    assert actions.find_key(text).used_at is None


# --- two at once ---


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("_turn", range(3))
def test_two_who_decide_at_once_open_the_next_stage_once(_turn):
    one, two, three = make_user(), make_user(), make_user()
    approval = asked(stage(one, two, decided_by="all"), stage(three))
    barrier, errors = Barrier(2), []

    def decide(user: User) -> None:
        try:
            barrier.wait(10)
            actions.decide(seat(approval, user), "approve", by=user)
        except ActionError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=decide, args=[user]) for user in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    turns = Event.objects.filter(ticket=approval.ticket, data__step="turn").count()
    assert (turns, seat(approval, three).state) == (2, SeatState.PENDING)


def test_a_persons_reach_knows_whom_they_stand_in_for():
    one, two, three = make_user(), make_user(), make_user()
    away(one, two)
    away(two, three)
    assert reach_of(User.objects.get(pk=three.pk)).stands_in_for == {one.pk, two.pk}
