"""Why this time, what if, and the objectives of services, in a browser and in both languages."""

import pytest

from accounts.enums import Role
from sla.models import Outage
from tests.factories import make_agent, make_service, make_team, open_incident
from tickets import actions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticket():
    team = make_team("Network")
    lead = make_agent("김하늘", team, role=Role.TEAM_LEAD)
    ticket = open_incident("VPN drops", by=lead, team=team, impact=2, urgency=2)
    actions.comment(ticket, "On it.", by=lead)
    actions.override_priority(ticket, 1, by=lead, reason="Board meeting")
    return ticket


@pytest.mark.parametrize(
    ("language", "width", "theme"), [("en", 1440, "light"), ("ko", 390, "dark")]
)
def test_an_agent_reads_why_a_record_is_due_then(
    open_page, accessible, fits, ticket, language, width, theme
):
    agent = ticket.team.members.get()
    page = open_page(
        agent, f"/inc/{ticket.number}/sla/", width=width, language=language, theme=theme
    )
    name = "Standard service level" if language == "en" else "표준 서비스 수준"
    assert page.get_by_text(name).first.is_visible()
    assert page.locator(".why__trace li").count() >= 3
    accessible(page)
    fits(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_if_answers_without_a_reload(open_page, accessible, fits, ticket, language):
    page = open_page(ticket.team.members.get(), "/desk/sla/what-if/", language=language)
    page.locator("#id_priority").select_option("1")
    page.locator("#id_opened").fill("2026-11-23T09:00")
    page.locator(".whatif form button").click()
    page.locator("#promises td strong").first.wait_for()
    assert "13:00" in page.locator("#promises").inner_text()
    assert "priority=1" in page.url
    accessible(page)
    fits(page)


def test_a_team_enters_an_outage_on_a_phone(open_page, accessible, fits):
    team = make_team("Network")
    service = make_service("VPN", team=team)
    agent = make_agent("이서연", team)
    page = open_page(agent, f"/desk/sla/objectives/{service.pk}/", width=390)
    page.get_by_label("What happened").fill("Line cut")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="It has ended").click()
    page.get_by_text("The outage has ended.").wait_for()
    assert Outage.objects.get().ended_at is not None
    accessible(page)
    fits(page)
