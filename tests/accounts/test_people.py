"""People, roles and teams: who may change what, and what is never lost."""

import pytest
from django.core import mail

from accounts.actions import people, roles, sessions, teams, tokens
from accounts.enums import Role, Scope
from accounts.models import AuditEvent, Membership, RoleGrant, SignInSession, User
from accounts.queries import token_for
from core import outbox
from core.errors import ActionError, NotAllowed
from tests.factories import (
    join,
    make_agent,
    make_department,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions
from tickets.actions import handover
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_agent("관리자", role=Role.ADMINISTRATOR)


def test_only_administrators_touch_people_roles_and_teams():
    somebody = make_user()
    team = make_team()
    for role in ("", *(role for role in Role.values if role != Role.ADMINISTRATOR)):
        by = make_user(role=role)
        for act in (
            lambda by=by: people.create_person({"email": "a@b.example"}, by=by),
            lambda by=by: people.edit_person(somebody, {"is_vip": True}, by=by),
            lambda by=by: people.deactivate(somebody, by=by),
            lambda by=by: people.anonymise(somebody, by=by),
            lambda by=by: roles.grant(somebody, Role.AGENT, Scope.ALL, by=by),
            lambda by=by: roles.grant(by, Role.ADMINISTRATOR, Scope.ALL, by=by),
            lambda by=by: teams.edit_team(team, {"name_en": "X"}, by=by),
            lambda by=by: teams.add_member(team, by, by=by),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_a_new_person_gets_a_link_to_choose_a_password(admin):
    user = people.create_person({"email": "New@Example.org", "display_name": "새사람"}, by=admin)
    assert (user.email, user.has_usable_password()) == ("new@example.org", False)
    outbox.dispatch_due()
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_a_machine_gets_no_mail(admin):
    values = {"email": "bot@example.org", "display_name": "Monitoring"}
    people.create_person(values, by=admin, is_machine=True)
    outbox.dispatch_due()
    assert not mail.outbox


def test_an_address_belongs_to_one_person(admin):
    taken = make_user(email="a@example.org")
    with pytest.raises(ActionError) as refused:
        people.edit_person(make_user(), {"email": "A@example.org"}, by=admin)
    assert refused.value.field == "email"
    people.edit_person(taken, {"email": "a@example.org"}, by=admin)


def test_unknown_fields_are_refused_not_ignored(admin):
    with pytest.raises(ActionError) as refused:
        people.edit_person(make_user(), {"is_superuser": True}, by=admin)
    assert refused.value.code == "unknown_field"


def test_nobody_changes_their_own_roles(admin):
    with pytest.raises(NotAllowed):
        roles.grant(admin, Role.AUDITOR, Scope.ALL, by=admin)
    with pytest.raises(NotAllowed):
        roles.revoke(RoleGrant.objects.get(user=admin), by=admin)


def test_the_last_administrator_stays(admin):
    other = make_agent(role=Role.ADMINISTRATOR)
    roles.revoke(RoleGrant.objects.get(user=other), by=admin)
    stranger = make_agent(role=Role.ADMINISTRATOR, is_active=False)
    del stranger
    with pytest.raises(ActionError) as refused:
        roles.revoke(RoleGrant.objects.get(user=admin), by=None)
    assert refused.value.code == "last_administrator"
    with pytest.raises(ActionError):
        people.deactivate(admin, by=None)
    with pytest.raises(ActionError):
        people.deactivate(admin, by=admin)


def test_leaving_is_refused_while_work_is_in_hand_and_handing_over_keeps_the_events(admin):
    team = make_team()
    leaver, taker = make_agent(team=team), make_agent(team=team)
    plain, secret = open_incident(by=leaver), open_incident(by=leaver, restricted=True)
    for ticket in (plain, secret):
        actions.assign(ticket, by=leaver, assignee=leaver)
    task = actions.add_task(plain, "Order a part", by=leaver, assignee=leaver)
    with pytest.raises(ActionError) as refused:
        people.deactivate(leaver, by=admin)
    assert refused.value.code == "holds_work"
    handover.hand_over(leaver, by=admin, to=taker)
    assert Ticket.objects.get(pk=plain.pk).assignee == taker
    assert Ticket.objects.get(pk=secret.pk).assignee is None
    task.refresh_from_db()
    assert task.assignee == taker
    assert Event.objects.filter(ticket=plain, verb="assigned", actor=admin).exists()
    assert not people.deactivate(leaver, by=admin).is_active


def test_leaving_ends_sessions_and_tokens_and_new_work(client, admin):
    user = make_agent(team=make_team())
    client.force_login(user)
    _token, text = tokens.issue(user, "CI", ["read"], None, by=user)
    people.deactivate(user, by=admin)
    assert not SignInSession.objects.filter(user=user).exists()
    assert token_for(text) is None
    assert not Membership.objects.filter(user=user, is_available=True).exists()
    assert client.get("/me/sessions/").status_code == 302
    people.reactivate(user, by=admin)
    assert User.objects.get(pk=user.pk).is_active
    assert token_for(text) is None


def test_anonymising_takes_the_person_and_keeps_the_work(admin):
    leader = make_user()
    user = make_agent(
        "홍길동",
        team=make_team(),
        email="gildong@example.org",
        roman_name="Gildong Hong",
        phone="010-1234-5678",
        employee_no="20260001",
        manager=leader,
    )
    ticket = open_incident(by=user)
    events = list(Event.objects.values())
    with pytest.raises(ActionError):
        people.anonymise(user, by=admin)
    people.deactivate(user, by=admin)
    people.edit_person(user, {"phone": "010-9999-0000"}, by=admin)
    people.anonymise(user, by=admin)
    row = User.objects.filter(pk=user.pk).values().get()
    log = str(list(AuditEvent.objects.values()))
    for trace in ("홍길동", "Gildong", "gildong", "1234", "9999", "20260001"):
        assert trace not in str(row)
        assert trace not in log
    assert Ticket.objects.get(pk=ticket.pk).requester_id == user.pk
    assert list(Event.objects.values()) == events
    assert not user.grants.exists()
    for act in (people.reactivate, lambda u, by: people.edit_person(u, {"phone": "1"}, by=by)):
        with pytest.raises(ActionError):
            act(user, by=admin)


def test_a_team_with_open_records_stays(admin):
    team = make_team()
    ticket = open_incident()
    make_team()
    with pytest.raises(ActionError):
        teams.set_team_active(team, False, by=admin)
    agent = make_agent(team=team)
    actions.transition(ticket, "cancel", by=agent, reason="test")
    assert not teams.set_team_active(team, False, by=admin).is_active


def test_the_last_team_stays(admin):
    with pytest.raises(ActionError):
        teams.set_team_active(make_team(), False, by=admin)


def test_member_lead_and_administrator_set_who_takes_new_work(admin):
    team = make_team()
    member, lead, stranger = make_agent(), make_agent(), make_agent()
    team.lead = lead
    team.save(update_fields=["lead"])
    membership = join(team, member)
    for by, available in ((member, False), (lead, True), (admin, False)):
        assert teams.set_available(membership, available, by=by).is_available is available
    with pytest.raises(NotAllowed):
        teams.set_available(membership, True, by=stranger)


def test_a_department_lies_in_no_circle(admin):
    outer = make_department("본부")
    inner = make_department("팀", parent=outer)
    with pytest.raises(ActionError) as refused:
        teams.edit_department(outer, {"parent": inner}, by=admin)
    assert refused.value.field == "parent"


def test_every_change_is_in_the_log(admin):
    user = make_user()
    people.edit_person(user, {"is_vip": True, "phone": "1"}, by=admin)
    roles.grant(user, Role.AGENT, Scope.TEAMS, by=admin)
    rows = AuditEvent.objects.filter(object_type="accounts.user", object_id=str(user.pk))
    assert [(row.verb, row.actor, row.changes) for row in rows.order_by("id")] == [
        ("changed", admin, {"is_vip": [False, True], "phone": [None, None]}),
        ("granted", admin, {"role": [None, "agent"], "scope": [None, "teams"]}),
    ]


def test_sessions_are_noted_once_in_five_minutes(client, django_assert_num_queries):
    user = make_user()
    client.force_login(user)
    assert SignInSession.objects.filter(user=user).count() == 1
    with django_assert_num_queries(2):  # the session and its person; nothing is written
        client.get("/session/renew/")


def test_another_persons_session_cannot_be_ended(client):
    mine, theirs = make_user(), make_user()
    client.force_login(theirs)
    session = SignInSession.objects.get(user=theirs)
    other = type(client)()
    other.force_login(mine)
    assert other.post(f"/me/sessions/{session.pk}/end/").status_code == 404
    sessions.drop_expired()
    assert SignInSession.objects.filter(user=theirs).exists()
