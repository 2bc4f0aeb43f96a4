"""Who is on duty, through the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RotaOverride
from accounts.queries import on_duty
from tests.api.conftest import Api
from tests.factories import make_agent, make_rota, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def rota(team, agent):
    return make_rota(team, agent.user, make_agent(team=team))


def sent(**values):
    now = timezone.now()
    times = {"begins_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
    return {name: at.isoformat() for name, at in times.items()} | values


def test_the_desk_reads_who_is_on_duty_requesters_do_not(agent, requester, rota):
    (row,) = agent.get("/rotas/").json()["results"]
    (now,) = on_duty(rota.team, timezone.now())
    assert row["team"]["id"] == rota.team_id
    assert [who["id"] for who in row["on_duty"]] == [now.pk]
    for place in ("/rotas/", f"/rotas/{rota.pk}/overrides/", f"/rotas/{rota.pk}/overrides/1/"):
        assert requester.get(place).status_code == 403
    assert agent.get("/rotas/999/overrides/").status_code == 404


def test_another_instant_and_other_teams_can_be_asked_for(agent, rota):
    week = timezone.now() + timedelta(weeks=1)
    (row,) = agent.get(f"/rotas/?at={week:%Y-%m-%dT%H:%M:%SZ}").json()["results"]
    assert [who["id"] for who in row["on_duty"]] == [u.pk for u in on_duty(rota.team, week)]
    assert agent.get(f"/rotas/?team={make_team().pk}").json()["results"] == []
    assert agent.get("/rotas/?at=tomorrow").status_code == 400
    assert agent.get("/rotas/?nonsense=1").status_code == 400


def test_a_member_takes_over_and_takes_it_back(agent, rota):
    place = f"/rotas/{rota.pk}/overrides/"
    made = agent.post(place, sent(user=agent.user.email, reason="By telephone"))
    assert made.status_code == 201
    where = made["Location"].split("/api/v1")[1]
    assert agent.get(where).json() == made.json()
    assert [row["id"] for row in agent.get(place).json()["results"]] == [made.json()["id"]]
    assert agent.delete(where).status_code == 204
    assert agent.delete(where).status_code == 404
    assert not RotaOverride.objects.exists()


def test_only_the_lead_and_administrators_send_somebody_else(agent, rota):
    other = rota.team.members.exclude(pk=agent.user.pk).get()
    place = f"/rotas/{rota.pk}/overrides/"
    assert agent.post(place, sent(user=other.pk)).status_code == 403
    admin = Api(make_agent(role=Role.ADMINISTRATOR))
    assert admin.post(place, sent(user=other.pk)).status_code == 201
    assert admin.post(place, sent()).json()["errors"][0]["field"] == "user"
    wrong = sent(user=other.pk, ends_at="2020-01-01T00:00:00Z")
    assert admin.post(place, wrong).json()["errors"][0]["field"] == "ends_at"


def test_the_list_costs_the_same_for_one_rota_and_thirty(agent, rota):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert agent.get("/rotas/?page_size=50").status_code == 200
        return len(queries)

    cost()
    one = cost()
    for _n in range(29):
        make_rota(make_team("", make_agent()))
    assert cost() == one
