"""The duty rota's pages: who sees what, what they change, what they cost."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import rotas
from accounts.enums import Role
from accounts.models import Rota, RotaOverride
from accounts.queries import on_duty
from tests.factories import make_agent, make_rota, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/desk/oncall/"


@pytest.fixture
def team(db):
    return make_team("Network", make_agent("김하늘"), make_agent("이서연"))


@pytest.fixture
def people(team):
    return list(team.members.order_by("pk"))


@pytest.fixture
def rota(team):
    return make_rota(team)


@pytest.fixture
def lead(team):
    team.lead = make_agent("박지훈", team, role=Role.TEAM_LEAD)
    team.save()
    return team.lead


def local(hours: float) -> str:
    """So many hours from now, by the clock of whoever has set no time zone."""
    zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)
    at = (timezone.now() + timedelta(hours=hours)).astimezone(zone)
    return at.strftime("%Y-%m-%dT%H:%M")


def sent(user: Any, **values: Any) -> dict[str, Any]:
    given = {"user": user.pk, "instead_of": "", "begins_at": local(1), "ends_at": local(3)}
    return {**given, **values}


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_says_who_is_on_duty_and_how_to_reach_them(client, rota, language):
    client.force_login(make_agent(language=language))
    (first,) = on_duty(rota.team, timezone.now())
    first.phone = "02-123-4567"
    first.save()
    shown = text(client.get(PAGE))
    assert first.name in shown
    assert "tel:02-123-4567" in shown
    assert f'lang="{language}"' in shown


def test_without_a_rota_the_page_says_what_one_is(client):
    client.force_login(make_agent())
    assert "No rota yet" in text(client.get(PAGE))


def test_the_desk_only(client, rota):
    client.force_login(make_user())
    assert client.get(PAGE).status_code == 403
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_a_gap_and_a_deputy_and_a_stand_in_are_told(client, team, people, rota):
    client.force_login(people[0])
    rotas.create_rota(
        team,
        {"name_en": "Weekends", "zone": "Asia/Seoul"},
        [
            rotas.LayerValues(
                starts_on=timezone.localdate() + timedelta(days=3),
                hands_over=rotas.time(9),
                every=1,
                members=tuple(people),
            ),
            rotas.LayerValues(
                starts_on=timezone.localdate() - timedelta(days=3),
                hands_over=rotas.time(9),
                every=1,
                members=tuple(people),
                rank=2,
            ),
        ],
        by=None,
    )
    weekends = Rota.objects.get(name_en="Weekends")
    shown = text(client.get(PAGE, {"rota": weekends.pk}))
    assert "Nobody" in shown
    assert "Deputy" in shown
    now = on_duty(team, timezone.now())[0]
    other = next(user for user in people if user != now)
    begins = timezone.now() - timedelta(hours=1)
    rotas.add_override(
        rota,
        user=other,
        instead_of=now,
        begins_at=begins,
        ends_at=begins + timedelta(days=1),
        by=None,
    )
    assert f"in the place of {now.name}" in text(client.get(PAGE, {"rota": rota.pk}))


def test_days_can_be_turned_and_nonsense_is_today(client, rota):
    client.force_login(make_agent())
    week = timezone.localdate() + timedelta(days=7)
    assert client.get(PAGE, {"from": week.isoformat()}).context["is_today"] is False
    for nonsense in ("x", "0001-01-01", "9999-12-31", ""):
        assert client.get(PAGE, {"from": nonsense, "rota": "x"}).context["is_today"] is True


def test_every_day_of_the_two_weeks_is_covered_by_its_bar(client, rota):
    client.force_login(make_agent())
    for day in client.get(PAGE).context["days"]:
        assert day["parts"][0]["x"] == 0
        assert abs(sum(part["width"] for part in day["parts"]) - 1000) <= 1


def test_a_member_takes_over_and_takes_it_back(client, people, rota):
    client.force_login(people[1])
    client.post(f"{PAGE}{rota.pk}/change/", sent(people[1], reason="I am here anyway"))
    change = RotaOverride.objects.get()
    assert (change.user, change.created_by) == (people[1], people[1])
    assert "I am here anyway" in text(client.get(PAGE))
    client.post(f"{PAGE}{rota.pk}/change/{change.pk}/back/")
    assert not RotaOverride.objects.exists()


def test_a_member_sends_nobody_else(client, people, rota):
    client.force_login(people[1])
    refused = client.post(f"{PAGE}{rota.pk}/change/", sent(people[0]))
    assert refused.status_code == 422
    assert not RotaOverride.objects.exists()


def test_a_lead_sends_somebody_and_says_who_is_away(client, people, rota, lead):
    client.force_login(lead)
    client.post(f"{PAGE}{rota.pk}/change/", sent(people[0], instead_of=people[1].pk))
    away = {"user": "", "instead_of": people[0].pk}
    client.post(f"{PAGE}{rota.pk}/change/", sent(people[0]) | away)
    assert RotaOverride.objects.count() == 2
    shown = text(client.get(PAGE))
    assert "is away" in shown
    assert f"in the place of {people[1].name}" in shown


def test_a_refused_change_keeps_what_was_typed(client, people, rota):
    client.force_login(people[0])
    wrong = sent(people[0], ends_at=local(-3), reason="Because of the move")
    refused = client.post(f"{PAGE}{rota.pk}/change/", wrong)
    assert refused.status_code == 422
    assert "Because of the move" in text(refused)
    assert wrong["ends_at"] in text(refused)


def test_somebody_of_another_team_has_no_form(client, rota):
    stranger = make_agent()
    client.force_login(stranger)
    assert client.get(PAGE).context["change_form"] is None
    assert client.post(f"{PAGE}{rota.pk}/change/", sent(stranger)).status_code in (403, 422)
    assert client.get(f"{PAGE}{rota.pk}/edit/").status_code == 403
    assert client.get(f"{PAGE}new/?team={rota.team_id}").status_code == 403
    assert client.post(f"{PAGE}{rota.pk}/swap/").status_code in (403, 422)
    assert client.get(f"{PAGE}999/edit/").status_code == 404
    assert client.get(f"{PAGE}new/?team=x").status_code == 404


def test_a_lead_swaps_two_turns(client, team, rota, lead):
    client.force_login(lead)
    turns = client.get(PAGE).context["swap_form"].fields["one"].choices
    one, other = turns[1][0], turns[2][0]
    assert client.post(f"{PAGE}{rota.pk}/swap/", {"one": one, "other": other}).status_code == 302
    assert RotaOverride.objects.count() == 2
    assert client.post(f"{PAGE}{rota.pk}/swap/", {"one": one, "other": one}).status_code == 422


def layers(*forms: dict[str, Any], kept: int = 0) -> dict[str, Any]:
    """The answers of the editor."""
    data: dict[str, Any] = {"layers-TOTAL_FORMS": len(forms), "layers-INITIAL_FORMS": kept}
    for number, form in enumerate(forms):
        data |= {f"layers-{number}-{name}": value for name, value in form.items()}
    return data


def layer(*members: Any, **values: Any) -> dict[str, Any]:
    given = {"rank": 1, "starts_on": "2026-01-05", "hands_over": "09:00", "every": 7}
    places = {f"place_{user.pk}": n for n, user in enumerate(members, start=1)}
    return {**given, "days": list(range(7)), **places, **values}


NAMED = {"name_en": "Nights", "name_ko": "", "zone": "Asia/Seoul", "is_active": "on"}


def test_a_lead_makes_and_changes_a_rota(client, team, people, lead):
    client.force_login(lead)
    assert client.get(f"{PAGE}new/?team={team.pk}").status_code == 200
    made = client.post(f"{PAGE}new/?team={team.pk}", NAMED | layers(layer(*people)))
    rota = Rota.objects.get()
    assert made.url == f"{PAGE}?rota={rota.pk}"
    assert client.get(f"{PAGE}{rota.pk}/edit/").status_code == 200
    night = layer(people[1], begins="22:00", ends="06:00", ORDER=1)
    client.post(
        f"{PAGE}{rota.pk}/edit/", NAMED | layers(layer(*people[::-1], ORDER=2), night, kept=1)
    )
    first, second = rota.layers.all()
    assert [place.user for place in first.places.all()] == [people[1]]
    assert [place.user for place in second.places.all()] == people[::-1]
    client.post(
        f"{PAGE}{rota.pk}/edit/",
        NAMED | layers(layer(people[1], DELETE="on"), layer(people[0]), kept=2),
    )
    assert rota.layers.count() == 1


def test_the_editor_keeps_what_was_typed_and_says_what_is_wrong(client, team, people, lead):
    client.force_login(lead)
    for wrong in (
        layers(layer(*people, every=0)),
        layers(layer(*people, begins="22:15")),
        layers(layer(every=13)),
        layers(),
        {},
    ):
        refused = client.post(f"{PAGE}new/?team={team.pk}", {**NAMED, "name_en": "Kept"} | wrong)
        assert refused.status_code == 422
        assert "Kept" in text(refused)
    assert not Rota.objects.exists()


def test_the_page_costs_the_same_for_one_rota_and_thirty(client, team, people, rota):
    client.force_login(people[0])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    cost()
    one = cost()
    for _n in range(29):
        other = make_team("", people[0], make_agent())
        change = make_rota(other)
        begins = timezone.now()
        for row in (change, rota):
            rotas.add_override(
                row,
                user=people[0],
                begins_at=begins,
                ends_at=begins + timedelta(hours=9),
                by=None,
            )
    client.get(PAGE)
    assert cost() == one


def test_the_form_offers_what_somebody_else_has(client, people, rota):
    now = timezone.now()
    first = on_duty(rota.team, now)[0]
    other = next(user for user in people if user != first)
    for user, is_now in ((other, True), (first, False)):
        client.force_login(user)
        begins = client.get(PAGE).context["change_form"].initial["begins_at"]
        assert (begins <= local(0)) == is_now
