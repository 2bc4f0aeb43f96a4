"""Who may do what: rules.md section 10, as a table, and the same rule in SQL and in Python."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role, Scope
from accounts.models import Delegation, RoleGrant, User
from core.errors import NotAllowed, NotFound
from tests.approving import ask, stage
from tests.factories import (
    join,
    make_agent,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import access, actions
from tickets.models import ApprovalSeat, Task, Ticket, Watch

pytestmark = pytest.mark.django_db

# columns: view, read_notes, reply, note, work, override_priority, reopen
VERBS = ("view", "read_notes", "reply", "note", "work", "override_priority", "reopen")
TABLE = """
person               open record       restricted record
requester            x.x...x           x.x...x
watcher              x.x....           x.x....
stranger             .......           .......
same department      x......           .......
agent                xxxxx.x           .......
agent in its team    xxxxx.x           xxxxx.x
assigned agent       xxxxx.x           xxxxx.x
watching agent       xxxxx.x           xxxxx.x
other team's agent   .......           .......
team lead            xxxxxxx           .......
manager              xx.....           .......
auditor              xx.....           .......
administrator        xxxxxxx           .......
service owner        xxxxxxx           .......
person who left      .......           .......
"""


def cast(restricted: bool) -> tuple[Ticket, dict[str, User]]:
    team = make_team()
    owner = make_user(role=Role.SERVICE_OWNER, scope=Scope.SERVICES)
    department = make_department(shares_records=True)
    requester = make_user(department=department)
    service = make_service(team=team, owner=owner)
    people = {
        "requester": requester,
        "watcher": make_user(),
        "stranger": make_user(),
        "same department": make_user(department=department),
        "agent": make_agent(team=make_team()),
        "agent in its team": make_agent(team=team, scope=Scope.TEAMS),
        "assigned agent": make_agent(scope=Scope.TEAMS),
        "watching agent": make_agent(scope=Scope.TEAMS),
        "other team's agent": make_agent(team=make_team(), scope=Scope.TEAMS),
        "team lead": make_user(role=Role.TEAM_LEAD),
        "manager": make_user(role=Role.MANAGER),
        "auditor": make_user(role=Role.AUDITOR),
        "administrator": make_user(role=Role.ADMINISTRATOR),
        "service owner": owner,
        "person who left": make_agent(is_active=False),
    }
    ticket = open_incident(by=requester, service=service)
    for name in ("watcher", "watching agent"):
        Watch.objects.create(ticket=ticket, user=people[name])
    Ticket.objects.filter(pk=ticket.pk).update(
        assignee=people["assigned agent"], restricted=restricted
    )
    return Ticket.objects.get(pk=ticket.pk), people


@pytest.mark.parametrize("restricted", [False, True])
def test_the_role_matrix(restricted):
    ticket, people = cast(restricted)
    rows = TABLE.strip().splitlines()[1:]
    said, found = {}, {}
    for line in rows:
        name, marks = line[:20].strip(), line[20:].split()[restricted]
        able = access.abilities(people[name], ticket)
        said[name] = marks
        found[name] = "".join("x" if able[verb] else "." for verb in VERBS)
    assert found == said


@pytest.mark.parametrize("restricted", [False, True])
def test_lists_show_exactly_what_the_door_lets_through(restricted):
    ticket, people = cast(restricted)
    for name, person in people.items():
        listed = Ticket.objects.visible_to(person).filter(pk=ticket.pk).exists()
        assert listed == access.can(person, "view", ticket), name


def test_an_invisible_record_is_not_found_and_a_visible_one_not_allowed():
    ticket, people = cast(restricted=True)
    with pytest.raises(NotFound):
        access.get(people["agent"], ticket.number)
    with pytest.raises(NotFound):
        access.get(people["agent"], ticket.number, "work")
    with pytest.raises(NotAllowed):
        access.get(people["watcher"], ticket.number, "work")


GRANTS = st.lists(
    st.tuples(st.sampled_from(Role.values), st.sampled_from(Scope.values)), max_size=2, unique=True
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    grants=GRANTS,
    in_team=st.booleans(),
    owns=st.booleans(),
    active=st.booleans(),
    shares=st.booleans(),
    watches=st.booleans(),
    assigned=st.booleans(),
    requested=st.booleans(),
    reported=st.booleans(),
)
def test_sql_and_predicates_agree_for_any_standing(
    grants, in_team, owns, active, shares, watches, assigned, requested, reported
):
    department = make_department(shares_records=shares)
    person = make_user(department=department, is_active=True)
    team, other = make_team(), make_user(department=department)
    for role, scope in grants:
        RoleGrant.objects.create(user=person, role=role, scope=scope)
    if in_team:
        join(team, person)
    service = make_service(team=team, owner=person if owns else other)
    tickets = [open_incident(by=other, service=service) for _ in range(2)]
    for ticket, restricted in zip(tickets, (False, True), strict=True):
        changes = {"restricted": restricted, "team": team}
        changes |= {"assignee": person} if assigned else {}
        changes |= {"requester": person} if requested else {}
        changes |= {"opened_by": person} if reported else {}
        Ticket.objects.filter(pk=ticket.pk).update(**changes)
        if watches:
            Watch.objects.create(ticket=ticket, user=person)
    User.objects.filter(pk=person.pk).update(is_active=active)
    person = User.objects.get(pk=person.pk)
    visible = set(Ticket.objects.visible_to(person).values_list("pk", flat=True))
    for ticket in Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]):
        assert (ticket.pk in visible) == access.can(person, "view", ticket)


SEATS = st.sampled_from(["", "waiting", "pending", "held", "approved", "spared", "void", "final"])
ABSENCES = st.sampled_from(["", "now", "over", "ahead", "cancelled", "now of a substitute"])


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    grants=GRANTS,
    state=SEATS,
    absence=ABSENCES,
    task=st.sampled_from(["", "mine", "my team's"]),
    active=st.booleans(),
)
def test_sql_and_predicates_agree_for_approvers_substitutes_and_helpers(
    grants, state, absence, task, active
):
    person, holder, between = make_user(), make_user(), make_user()
    for role, scope in grants:
        RoleGrant.objects.create(user=person, role=role, scope=scope)
    mine = make_team("", person)
    seat_holder = holder if absence else person
    if absence:
        _away(holder, between if absence.endswith("substitute") else person, absence)
        if absence.endswith("substitute"):
            _away(between, person, absence)
    for restricted in (False, True):
        approval = ask(stage(seat_holder), by=make_user())
        ticket = approval.ticket
        if state:
            ApprovalSeat.objects.filter(ticket=ticket).update(state=state)
        else:
            ApprovalSeat.objects.filter(ticket=ticket).delete()
        if task:
            assignee = {"assignee": person} if task == "mine" else {"team": mine}
            made = actions.add_task(ticket, "Help", by=None)
            Task.objects.filter(pk=made.pk).update(**assignee)
        Ticket.objects.filter(pk=ticket.pk).update(restricted=restricted, team=make_team())
        User.objects.filter(pk=person.pk).update(is_active=active)
        reader, ticket = User.objects.get(pk=person.pk), Ticket.objects.get(pk=ticket.pk)
        listed = Ticket.objects.visible_to(reader).filter(pk=ticket.pk).exists()
        assert listed == access.can(reader, "view", ticket)
        User.objects.filter(pk=person.pk).update(is_active=True)


def _away(user, to, when):
    now, day = timezone.now(), timedelta(days=1)
    start = {"over": now - 3 * day, "ahead": now + day}.get(when, now - day)
    cancelled = now if when == "cancelled" else None
    Delegation.objects.create(
        user=user, to=to, starts_at=start, ends_at=start + 2 * day, cancelled_at=cancelled
    )


def test_internal_notes_never_reach_somebody_outside_the_desk():
    ticket, people = cast(restricted=False)
    actions.comment(ticket, "He is on the VIP list.", by=people["agent"], visibility="internal")
    actions.comment(ticket, "We are on it.", by=people["agent"])
    for name in ("requester", "watcher"):
        bodies = [comment.body for comment in access.comments(people[name], ticket)]
        assert bodies == ["We are on it."], name
    for name in ("agent", "auditor"):
        assert access.comments(people[name], ticket).count() == 2


def test_watching_a_restricted_record_names_the_person():
    ticket, people = cast(restricted=True)
    stranger = people["stranger"]
    actions.watch(ticket, stranger, by=people["assigned agent"])
    assert access.get(stranger, ticket.number) == ticket
    actions.unwatch(ticket, stranger, by=people["assigned agent"])
    with pytest.raises(NotFound):
        access.get(stranger, ticket.number)


def test_nobody_adds_themselves_to_a_record_they_cannot_see():
    ticket, people = cast(restricted=True)
    with pytest.raises(NotFound):
        actions.watch(ticket, people["stranger"], by=people["stranger"])


def test_every_verb_is_refused_to_a_stranger():
    ticket, people = cast(restricted=False)
    able = access.abilities(people["stranger"], ticket)
    assert not any(able.values())
    assert list(itertools.compress(able, able.values())) == []


@pytest.mark.parametrize("number", ["INC-1\x00", "\x00", "INC-" + "9" * 400, "", "😀"])
def test_strange_numbers_are_simply_not_found(number):
    with pytest.raises(NotFound):
        access.get(make_agent(), number)


def test_a_task_lets_its_team_see_and_help_with_a_record_of_another_team():
    helper = make_user(role=Role.AGENT, scope=Scope.TEAMS)
    team = make_team("", helper)
    ticket = open_incident(by=make_agent(), team=make_team())
    assert not access.can(helper, "view", ticket)
    actions.add_task(ticket, "Order it", by=None, team=team)
    able = access.abilities(helper, ticket)
    assert {verb for verb, may in able.items() if may} == {
        "view", "read_notes", "reply", "note", "attach", "task", "watch"
    }  # fmt: skip
    assert Ticket.objects.visible_to(helper).filter(pk=ticket.pk).exists()


def test_a_task_on_a_restricted_record_lets_nobody_in():
    helper = make_user(role=Role.AGENT, scope=Scope.TEAMS)
    ticket = open_incident(by=make_agent(), team=make_team())
    actions.add_task(ticket, "Order it", by=None, team=make_team("", helper))
    actions.restrict(ticket, True, by=None)
    ticket.refresh_from_db()
    assert not access.can(helper, "view", ticket)
    assert not Ticket.objects.visible_to(helper).filter(pk=ticket.pk).exists()
