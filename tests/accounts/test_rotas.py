"""Rotas as rows: who may change them, what the log keeps, who is on duty by them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import rotas
from accounts.actions.people import anonymise
from accounts.actions.preferences import save_quiet_hours
from accounts.duty import duties_of
from accounts.enums import AuditVerb, Role, Routing
from accounts.models import AuditEvent, Membership, QuietHours, Rota, RotaOverride, User
from accounts.queries import on_duty, on_duty_many, quiet_until, quiet_until_many
from core.errors import ActionError, NotAllowed
from tests.factories import make_agent, make_rota, make_team, make_user, open_incident

pytestmark = pytest.mark.django_db
VALUES = {"name_ko": "당직", "name_en": "On call", "zone": "Asia/Seoul"}
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def layer(*members, **values):
    given = {"starts_on": date(2026, 1, 5), "hands_over": time(9), "every": 7, **values}
    return rotas.LayerValues(members=members, **given)


@pytest.fixture
def team(db):
    return make_team("", *(make_agent() for _n in range(3)))


@pytest.fixture
def people(team):
    return list(team.members.order_by("pk"))


@pytest.fixture
def rota(team):
    return make_rota(team)


def person(kind, team):
    """Somebody by what they are to the team."""
    if kind == "lead":
        team.lead = make_agent()
        team.save()
        return team.lead
    if kind == "nobody":
        return make_user()
    roles = {"administrator": Role.ADMINISTRATOR, "team_lead": Role.TEAM_LEAD}
    return make_agent(
        team=None if kind in ("administrator", "stranger") else team,
        role=roles.get(kind, Role.AGENT),
    )


VERBS = {
    "create": lambda rota, by: rotas.create_rota(
        rota.team, VALUES, [layer(*rota.team.members.all())], by=by
    ),
    "change": lambda rota, by: rotas.change_rota(rota, {"name_en": "Nights"}, None, by=by),
    "send somebody": lambda rota, by: change(rota, user=rota.team.members.first(), by=by),
    "take over": lambda rota, by: change(rota, user=by, by=by),
    "be away": lambda rota, by: change(rota, user=None, instead_of=by, by=by),
    "swap": lambda rota, by: rotas.swap(rota, timezone.now(), timezone.now() + WEEK, by=by),
}
KEEPERS = {"lead", "administrator", "team_lead"}
# Who may do what; taking duty on needs to be of the team.
ALLOWED = {
    **dict.fromkeys(["create", "change", "send somebody", "swap"], KEEPERS),
    "take over": {"team_lead", "member"},
    "be away": {"team_lead", "member"},
}


def change(rota, *, by=None, user=None, instead_of=None, after=HOUR, lasts=HOUR, **values):
    begins = timezone.now() + after
    return rotas.add_override(
        rota,
        user=user,
        instead_of=instead_of,
        begins_at=begins,
        ends_at=begins + lasts,
        by=by,
        **values,
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "kind", ["lead", "administrator", "team_lead", "member", "stranger", "nobody"]
)
def test_who_may_do_what(rota, kind, verb):
    by = person(kind, rota.team)
    if kind in ALLOWED[verb]:
        VERBS[verb](rota, by)
        assert AuditEvent.objects.filter(actor=by).exists()
    else:
        with pytest.raises(ActionError):
            VERBS[verb](rota, by)
        assert not AuditEvent.objects.filter(actor=by).exists()


def test_who_may_take_a_change_back(rota, people):
    own, sent = change(rota, by=people[0], user=people[0]), change(rota, user=people[0])
    rotas.remove_override(own, by=people[0])
    with pytest.raises(NotAllowed):
        rotas.remove_override(sent, by=people[0])
    rotas.remove_override(sent, by=person("lead", rota.team))
    assert not RotaOverride.objects.exists()


def test_turns_go_round_and_the_log_says_who_made_them(rota, people):
    at = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)  # nine o'clock in Seoul
    turns = [on_duty(rota.team, at + WEEK * n) for n in range(4)]
    assert turns == [[people[0]], [people[1]], [people[2]], [people[0]]]
    event = AuditEvent.objects.get(object_type="accounts.rota")
    assert (event.verb, event.object_id) == (AuditVerb.CREATED, str(rota.pk))
    assert event.changes["layers"][1][0]["members"] == [user.pk for user in people]


def test_who_left_the_house_or_the_team_is_not_on_duty(rota, people):
    now = timezone.now()
    first = on_duty(rota.team, now)[0]
    first.is_active = False
    first.save()
    second = on_duty(rota.team, now)[0]
    assert second != first
    Membership.objects.filter(user=second).delete()
    assert on_duty(rota.team, now)[0] not in (first, second)


def test_a_switched_off_rota_has_nobody_on_duty(rota):
    rotas.change_rota(rota, {"is_active": False}, None, by=None)
    assert on_duty(rota.team, timezone.now()) == []


def test_changing_layers_keeps_who_stands_in(rota, people):
    change(rota, user=people[2])
    rotas.change_rota(rota, {}, [layer(people[1])], by=None)
    at = timezone.now()
    assert on_duty(rota.team, at) == [people[1]]
    assert on_duty(rota.team, at + HOUR * 1.5) == [people[2]]


def test_saving_what_is_already_there_is_no_change(rota, people):
    before = AuditEvent.objects.count()
    rotas.change_rota(rota, VALUES, [layer(*people)], by=None)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"every": 0}, "layers.0.every"),
        ({"every": 367}, "layers.0.every"),
        ({"rank": 6}, "layers.0.rank"),
        ({"days": ()}, "layers.0.days"),
        ({"days": (7,)}, "layers.0.days"),
        ({"begins": time(9)}, "layers.0.ends"),
    ],
)
def test_a_layer_that_makes_no_sense_is_refused(rota, people, values, field):
    with pytest.raises(ActionError) as refused:
        rotas.change_rota(rota, {}, [layer(*people, **values)], by=None)
    assert list(refused.value.errors) == [field]


def test_only_members_of_the_team_come_into_its_rota(rota, people):
    stranger = make_agent()
    for members in ([stranger], [], [people[0], people[0]]):
        with pytest.raises(ActionError) as refused:
            rotas.change_rota(rota, {}, [layer(*members)], by=None)
        assert list(refused.value.errors) == ["layers.0.members"]
    with pytest.raises(ActionError):
        change(rota, user=stranger)
    with pytest.raises(ActionError):
        rotas.change_rota(rota, {"zone": "Mars/Olympus"}, None, by=None)


def test_a_change_lasts_and_lies_ahead(rota, people):
    for wrong in ({"lasts": -HOUR}, {"after": -2 * HOUR}, {"lasts": timedelta(days=400)}):
        with pytest.raises(ActionError) as refused:
            change(rota, user=people[0], **wrong)
        assert list(refused.value.errors) == ["ends_at"]
    with pytest.raises(ActionError):
        change(rota, user=people[0], instead_of=people[0])
    with pytest.raises(ActionError):
        change(rota)


def test_a_change_does_not_rewrite_the_past(rota, people):
    made = change(rota, user=people[0], after=-HOUR, lasts=3 * HOUR)
    assert made.begins_at > timezone.now() - timedelta(minutes=1)


def test_taking_back_a_change_that_runs_ends_it(rota, people):
    made = change(rota, user=people[0], after=-HOUR, lasts=3 * HOUR)
    rotas.remove_override(made, by=None)
    made.refresh_from_db()
    assert made.ends_at <= timezone.now()
    with pytest.raises(ActionError):
        rotas.remove_override(made, by=None)


def test_the_log_keeps_no_reason(rota, people):
    change(rota, user=people[0], instead_of=people[1], reason="flu")
    event = AuditEvent.objects.get(object_type="accounts.rotaoverride")
    assert "flu" not in str(event.changes)
    assert event.changes["instead_of"] == [None, people[1].pk]


def test_a_swap_exchanges_two_whole_shifts(rota):
    now = timezone.now()
    one, other = (on_duty(rota.team, now + WEEK * n)[0] for n in (1, 2))
    rotas.swap(rota, now + WEEK, now + 2 * WEEK, by=None)
    assert on_duty(rota.team, now + WEEK) == [other]
    assert on_duty(rota.team, now + 2 * WEEK) == [one]
    mine = [shift for _rota, shift in duties_of(one, now + WEEK, now + 3 * WEEK)]
    assert mine[0].ends - mine[0].begins == WEEK


def test_a_swap_needs_two_people_on_duty(rota):
    now = timezone.now()
    for one, other in ((now, now), (now - timedelta(days=5000), now)):
        with pytest.raises(ActionError):
            rotas.swap(rota, one, other, by=None)


def test_many_teams_cost_as_many_queries_as_one():
    teams = [make_team("", make_agent()) for _n in range(30)]
    for team in teams:
        make_rota(team)
    now = timezone.now()

    def cost(work):
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    assert cost(lambda: on_duty_many(teams, now)) == cost(lambda: on_duty_many(teams[:1], now))
    people = [make_agent(team=team) for team in teams]
    for user, team in zip(people, teams, strict=True):
        make_rota(team, user)
        quiet(user)
    many, one = (cost(lambda p=p: quiet_until_many(p, now)) for p in (people, people[:1]))
    assert many == one


def quiet(user):
    """Quiet round the clock but for a minute at midnight."""
    values = {"begins": time(0, 1), "ends": time(0), "days": list(range(7))}
    save_quiet_hours(user, {**values, "work_days_only": False}, by=user)


def test_nobody_is_quiet_while_on_duty(team, people):
    rota = make_rota(team, people[0])
    for user in people:
        quiet(user)
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert quiet_until(people[0], at) is None
    assert quiet_until(people[1], at) == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    begins = at + HOUR
    RotaOverride.objects.create(rota=rota, user=people[1], begins_at=begins, ends_at=begins + HOUR)
    assert quiet_until(people[1], at) == begins
    assert quiet_until(people[0], begins) is not None


def test_work_goes_to_whoever_is_on_duty(team, people):
    Rota.objects.all().delete()
    team.routing = Routing.ON_DUTY
    team.save()
    assert open_incident().assignee is None
    rota = make_rota(team, people[1])
    assert open_incident().assignee == people[1]
    change(rota, user=people[2], after=-HOUR, lasts=2 * HOUR)
    assert open_incident().assignee == people[2]


def test_work_goes_to_the_deputy_while_the_first_takes_none(team, people):
    team.routing = Routing.ON_DUTY
    team.save()
    rotas.create_rota(team, VALUES, [layer(people[0]), layer(people[1], rank=2)], by=None)
    Membership.objects.filter(user=people[0]).update(is_available=False)
    assert open_incident().assignee == people[1]


def test_an_anonymised_persons_reasons_and_quiet_hours_go(rota, people):
    change(rota, user=people[0], instead_of=people[1], reason="surgery")
    quiet(people[1])
    User.objects.filter(pk=people[1].pk).update(is_active=False)
    anonymise(User.objects.get(pk=people[1].pk), by=None)
    assert RotaOverride.objects.get().reason == ""
    assert not QuietHours.objects.exists()
