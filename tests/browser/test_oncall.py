"""The duty rota in a browser: taken over from a phone, kept by a lead, readable by everybody."""

import pytest

from accounts.enums import Role
from accounts.models import RotaOverride
from tests.factories import make_agent, make_rota, make_team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team():
    team = make_team("Network", make_agent("김하늘", phone="02-123-4567"), make_agent("이서연"))
    team.lead = make_agent("박지훈", team, role=Role.TEAM_LEAD)
    team.save()
    make_rota(team)
    return team


def test_duty_is_taken_over_and_given_back_on_a_phone(open_page, accessible, fits, team):
    page = open_page(team.members.order_by("pk")[0], "/desk/oncall/", width=390)
    fits(page)
    accessible(page)
    page.get_by_label("Reason").fill("By telephone")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("By telephone").wait_for()
    assert RotaOverride.objects.count() == 1
    page.get_by_role("button", name="Take back").click()
    page.get_by_text("Taken back.").wait_for()


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_rota_and_editor_are_accessible_in_korean(open_page, accessible, fits, team, width, theme):
    page = open_page(team.lead, "/desk/oncall/", width=width, language="ko", theme=theme)
    accessible(page)
    fits(page)
    page.goto(f"/desk/oncall/{team.rotas.get().pk}/edit/")
    accessible(page)
    fits(page)
