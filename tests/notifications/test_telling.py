"""Who is told of what, and who never is."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.enums import Role, Scope
from core import context, outbox
from notifications import actions as notices
from notifications.enums import Channel, DeliveryState, Level, Reason, What
from notifications.models import Delivery, Mute, Notice, Preference
from tests.factories import (
    join,
    make_agent,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def told(user):
    return [notice.what for notice in Notice.objects.filter(user=user).order_by("id")]


def mailed(user):
    return [message for message in mail.outbox if message.to == [user.email]]


def mail_line(**wanted):
    """The line of the log about a mail."""
    return Delivery.objects.get(channel=Channel.MAIL, **wanted)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def desk():
    """A team of two; Kim has the record."""
    team = make_team()
    kim, lee = make_agent("김하나", team=team), make_agent("이두리", team=team)
    requester = make_user("박요청")
    ticket = open_incident(by=requester, description="It drops.")
    ticket = actions.assign(ticket, by=kim, assignee=kim)
    return team, kim, lee, requester, ticket


@pytest.fixture
def quiet(desk, tell):
    """The same, with everything so far told and forgotten."""
    tell()
    mail.outbox.clear()
    Notice.objects.all().delete()
    return desk


def test_the_requester_gets_a_receipt_and_no_notice_of_their_own_act(tell):
    requester = make_user()
    open_incident(by=requester)
    tell()
    (receipt,) = mailed(requester)
    assert receipt.extra_headers["Auto-Submitted"] == "auto-replied"
    assert told(requester) == []


def test_somebody_for_whom_an_agent_opens_is_told_in_both_ways(tell):
    requester, agent = make_user(), make_agent()
    open_incident(by=agent, requester=requester)
    tell()
    assert told(requester) == [What.RECEIVED]
    assert len(mailed(requester)) == 1


def test_unassigned_work_is_told_to_the_available_members_of_its_team(tell):
    team = make_team()
    here, away = make_agent(team=team), make_agent()
    join(team, away, is_available=False)
    open_incident()
    tell()
    assert told(here) == [What.TEAM_WORK]
    assert told(away) == []


def test_an_assignee_is_told_and_the_one_before_too(quiet):
    _team, kim, lee, _requester, ticket = quiet
    lead = make_agent(role=Role.TEAM_LEAD)
    actions.assign(ticket, by=lead, assignee=lee)
    outbox.dispatch_due()
    assert told(lee) == [What.ASSIGNED]
    assert told(kim) == [What.UNASSIGNED]
    assert len(mailed(lee)) == 1
    assert mailed(kim) == []


def test_nobody_is_told_of_their_own_act(quiet, tell):
    _team, kim, _lee, _requester, ticket = quiet
    actions.comment(ticket, "Look at this", by=kim, visibility="internal", mentions=[kim])
    actions.transition(ticket, "start", by=kim)
    tell()
    assert told(kim) == []
    assert mailed(kim) == []


def test_a_public_reply_reaches_requester_and_watchers(quiet, tell):
    _team, kim, lee, requester, ticket = quiet
    actions.watch(ticket, lee, by=lee)
    actions.comment(ticket, "Try again now.", by=kim)
    tell()
    assert told(requester) == [What.REPLIED]
    assert told(lee) == [What.REPLIED]
    (message,) = mailed(requester)
    assert "Try again now." in message.body


def test_the_requesters_answer_reaches_the_assignee_or_the_team(quiet, tell):
    _team, kim, lee, requester, ticket = quiet
    actions.comment(ticket, "It works.", by=requester)
    tell()
    assert told(kim) == [What.ANSWERED]
    assert told(lee) == []
    actions.assign(ticket, by=kim, assignee=None)
    actions.comment(ticket, "No, it does not.", by=requester)
    tell()
    assert told(lee)[-1] == What.ANSWERED


def test_an_internal_note_never_reaches_a_requester_by_any_channel(quiet, tell):
    _team, kim, lee, requester, ticket = quiet
    friend = make_user()
    actions.watch(ticket, friend, by=kim)
    tell()
    mail.outbox.clear()
    Notice.objects.all().delete()
    for user in (requester, friend):
        Preference.objects.create(user=user, what=What.NOTED, channel=Channel.MAIL, level=Level.NOW)
    body = "He never restarts his machine."
    people = [requester, friend, lee]
    actions.comment(ticket, body, by=kim, visibility="internal", mentions=people)
    tell()
    assert told(lee) == [What.MENTIONED]
    assert told(requester) == told(friend) == []
    assert {message.to[0] for message in mail.outbox} == {lee.email}


def test_a_restricted_record_is_told_to_nobody_who_may_not_see_it(quiet, tell):
    _team, kim, _lee, _requester, ticket = quiet
    outsider = make_agent()
    actions.watch(ticket, outsider, by=outsider)
    actions.restrict(ticket, True, by=kim)
    actions.unwatch(ticket, outsider, by=kim)
    actions.comment(ticket, "Secret", by=kim, visibility="internal", mentions=[outsider])
    tell()
    assert told(outsider) == []
    assert mailed(outsider) == []
    assert mail_line(user=outsider).reason == Reason.NO_ACCESS


def test_access_lost_between_queueing_and_sending_stops_the_mail(quiet, tell):
    _team, kim, _lee, _requester, ticket = quiet
    outsider = make_agent()
    actions.comment(ticket, "Look", by=kim, visibility="internal", mentions=[outsider])
    outbox.dispatch_due()
    assert mail_line(user=outsider).state == DeliveryState.QUEUED
    actions.restrict(ticket, True, by=kim)
    tell()
    assert mailed(outsider) == []
    assert mail_line(user=outsider).reason == Reason.NO_ACCESS


def test_somebody_who_left_is_skipped_with_the_reason_in_the_log(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    requester.is_active = False
    requester.save(update_fields=["is_active"])
    actions.comment(ticket, "Try again now.", by=kim)
    tell()
    assert mailed(requester) == []
    assert told(requester) == []
    delivery = mail_line(user=requester, comment__isnull=False)
    assert (delivery.state, delivery.reason) == (DeliveryState.SKIPPED, Reason.INACTIVE)


def test_machines_and_made_up_addresses_get_no_mail(quiet, tell):
    _team, kim, _lee, _requester, ticket = quiet
    robot = make_agent(is_machine=True)
    imported = make_agent(email="caller.7@import.invalid")
    actions.comment(ticket, "Look", by=kim, visibility="internal", mentions=[robot, imported])
    tell()
    assert mail.outbox == []
    lines = Delivery.objects.filter(comment__isnull=False, channel=Channel.MAIL)
    reasons = {line.user_id: line.reason for line in lines}
    assert reasons == {robot.pk: Reason.MACHINE, imported.pk: Reason.NO_ADDRESS}


def test_one_notice_and_one_mail_for_each_event_and_person(quiet, tell):
    _team, kim, lee, _requester, ticket = quiet
    actions.watch(ticket, lee, by=lee)
    actions.comment(ticket, "Look", by=kim, visibility="internal", mentions=[lee, lee])
    tell()
    assert told(lee) == [What.MENTIONED]
    assert len(mailed(lee)) == 1


def test_telling_the_same_event_twice_changes_nothing(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    said = actions.comment(ticket, "Hello", by=kim)
    payload = outbox.OutboxMessage.objects.get(key=f"notify:comment:{said.pk}").payload
    tell()
    notices.tell(payload)
    tell()
    assert told(requester) == [What.REPLIED]
    assert len(mailed(requester)) == 1


def test_no_mail_leaves_while_a_comment_can_be_taken_back(quiet):
    _team, kim, _lee, requester, ticket = quiet
    said = actions.comment(ticket, "Oops", by=kim)
    outbox.dispatch_due()
    undo = timedelta(seconds=actions.UNDO_SECONDS)
    outbox.dispatch_due(now=said.created_at + undo)
    assert mailed(requester) == []
    outbox.dispatch_due(now=said.created_at + undo + timedelta(seconds=2))
    assert len(mailed(requester)) == 1


@pytest.mark.parametrize("told_before", [False, True])
def test_a_comment_taken_back_is_told_to_nobody(quiet, tell, told_before):
    _team, kim, _lee, requester, ticket = quiet
    said = actions.comment(ticket, "Oops", by=kim)
    if told_before:
        outbox.dispatch_due()
        assert told(requester) == [What.REPLIED]
    actions.retract(said, by=kim)
    tell()
    assert told(requester) == []
    assert mailed(requester) == []
    lines = Delivery.objects.filter(comment=said, user=requester)
    states = lines.values_list("state", "reason")
    assert list(states) == ([(DeliveryState.SKIPPED, Reason.RETRACTED)] if told_before else [])


def test_resolving_and_closing_tell_the_requester(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.transition(ticket, "resolve", by=kim, **resolution(resolution="New cable."))
    tell()
    assert told(requester) == [What.RESOLVED]
    (message,) = mailed(requester)
    assert "New cable." in message.body
    assert f"/portal/my/{ticket.number}/" in message.body
    actions.transition(ticket, "close", by=None)
    tell()
    assert told(requester)[-1] == What.CLOSED


def test_a_quiet_transition_tells_nobody(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.transition(ticket, "resolve", by=kim, notify=False, **resolution())
    tell()
    assert told(requester) == []


def test_waiting_for_the_requester_asks_them(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.transition(ticket, "pend", by=kim, pending_reason=waiting_for_requester())
    tell()
    assert told(requester) == [What.WAITING]
    assert len(mailed(requester)) == 1


def test_what_follows_from_a_reply_is_not_mailed_beside_it(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.transition(ticket, "resolve", by=kim, **resolution())
    tell()
    mail.outbox.clear()
    Notice.objects.all().delete()
    with context.work("portal"):
        actions.comment(ticket, "Still broken.", by=requester)
    tell()
    assert told(kim) == [What.ANSWERED, What.REOPENED]
    assert len(mailed(kim)) == 1
    assert told(requester) == []


def test_becoming_a_watcher_and_getting_a_task_are_told(quiet, tell):
    _team, kim, lee, _requester, ticket = quiet
    actions.watch(ticket, lee, by=kim)
    actions.add_task(ticket, "Change the cable", by=kim, assignee=lee)
    tell()
    assert told(lee) == [What.WATCHING, What.TASK]
    assert "Change the cable" in mailed(lee)[-1].body


def test_a_new_priority_is_told_to_whoever_works_on_it(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    lead = make_agent(role=Role.TEAM_LEAD)
    actions.edit(ticket, {"impact": 1, "urgency": 1}, by=lead)
    tell()
    assert told(kim) == [What.PRIORITY]
    assert told(requester) == []


def test_a_muted_record_is_silent_except_about_oneself(quiet, tell):
    _team, kim, lee, _requester, ticket = quiet
    actions.watch(ticket, lee, by=lee)
    Mute.objects.create(user=lee, ticket=ticket)
    actions.comment(ticket, "One", by=kim)
    actions.comment(ticket, "Two", by=kim, visibility="internal", mentions=[lee])
    tell()
    assert told(lee) == [What.MENTIONED]


def test_preferences_decide_and_defaults_come_back(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    notices.set_preferences({"replied.mail": Level.NONE}, by=requester)
    actions.comment(ticket, "One", by=kim)
    tell()
    assert mailed(requester) == []
    assert told(requester) == [What.REPLIED]
    notices.reset_preferences(by=requester)
    actions.comment(ticket, "Two", by=kim)
    tell()
    assert len(mailed(requester)) == 1


def test_the_master_switch_stops_all_mail(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    requester.mail_notices = False
    requester.save(update_fields=["mail_notices"])
    actions.comment(ticket, "One", by=kim)
    tell()
    assert mailed(requester) == []


def test_telling_a_large_team_asks_a_fixed_number_of_queries(django_assert_max_num_queries, tell):
    team = make_team()
    for _ in range(20):
        make_agent(team=team, scope=Scope.TEAMS)
    ticket = open_incident()
    message = outbox.OutboxMessage.objects.get(topic="notify")
    with django_assert_max_num_queries(20):
        notices.tell(message.payload)
    assert Notice.objects.filter(ticket=ticket).count() == 20


def test_forgetting_a_person_drops_what_names_them(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.comment(ticket, "One", by=kim)
    tell()
    notices.forget_person(requester.pk)
    assert told(requester) == []
    assert set(Delivery.objects.filter(user=requester).values_list("address", "subject")) == {
        ("", "")
    }


def test_old_notices_are_swept_away(quiet, tell):
    _team, kim, _lee, requester, ticket = quiet
    actions.comment(ticket, "One", by=kim)
    tell()
    long_ago = timezone.now() - timedelta(days=31)
    Notice.objects.update(read_at=long_ago)
    notices.sweep()
    assert told(requester) == []
