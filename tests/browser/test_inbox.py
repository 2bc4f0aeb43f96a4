"""The inbox in a browser: chosen notices are read and cleared without leaving the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core import outbox
from notifications.models import Notice
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent():
    """An agent with notices of three records."""
    agent = make_agent("김하나", team=make_team())
    requester = make_user("박요청", roman_name="Park Yo-cheong")
    for number in range(3):
        ticket = open_incident(f"VPN drops again {number}", by=requester)
        actions.assign(ticket, by=make_agent("이두리"), assignee=agent)
        actions.comment(ticket, "It happened again this morning.", by=requester)
    outbox.dispatch_due(now=timezone.now() + timedelta(minutes=1))
    return agent


def test_notices_are_marked_read_and_cleared(open_page, accessible, agent):
    page = open_page(agent, "/inbox/")
    rows = page.locator("#inbox .list__item")
    assert rows.count() == 3
    accessible(page)
    rows.nth(0).get_by_role("checkbox").check()
    page.get_by_role("button", name="Mark chosen read").click()
    expect(page.locator("#inbox .is-unread")).to_have_count(2)
    assert page.url.endswith("/inbox/")
    page.get_by_role("button", name="Clear all").click()
    page.get_by_text("Nothing here").wait_for()
    assert not Notice.objects.filter(user=agent).exists()


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1440, "dark")])
def test_inbox_and_choices_are_accessible_in_korean(open_page, accessible, agent, width, theme):
    page = open_page(agent, "/inbox/", width=width, language="ko", theme=theme)
    accessible(page)
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)
    page.goto("/inbox/preferences/")
    accessible(page)
    assert page.evaluate(wide)
