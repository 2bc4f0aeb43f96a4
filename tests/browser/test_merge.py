"""An agent merges a duplicate and undoes it, and splits a message off, with a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent():
    return make_agent("김하늘", team=make_team("Infra"))


def test_a_duplicate_is_merged_and_brought_back(open_page, accessible, fits, agent):
    source = open_incident("VPN again", by=make_user("이서연"))
    actions.comment(source, "Since ten.", by=source.requester)
    target = open_incident("VPN drops", by=make_user("박민수"))
    page = open_page(agent, f"/inc/{source.number}/")
    page.click("#act-more")
    page.get_by_role("menuitem", name="Merge into another record").click()
    page.fill("#merge-target", target.number)
    page.get_by_role("option", name=re.compile(target.number)).click()
    accessible(page)
    page.get_by_role("button", name="See what moves").click()
    expect(page.locator("#modal-body")).to_contain_text("이서연")
    accessible(page)
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/inc/{target.number}/\?merged={source.number}$"))
    expect(page.locator("#timeline")).to_contain_text("Since ten.")
    accessible(page)
    fits(page)
    page.locator("#ticket-head").get_by_role("link", name=f"Show {source.number} itself").click()
    expect(page.locator("#ticket-head")).to_contain_text(f"Merged into {target.number}")
    accessible(page)
    page.get_by_role("button", name="Undo merge").click()
    expect(page).to_have_url(re.compile(rf"/inc/{source.number}/$"))
    expect(page.locator("#timeline")).to_contain_text("Since ten.")
    assert Ticket.objects.get(pk=source.pk).status == "new"


def test_a_message_is_split_off(open_page, accessible, agent):
    ticket = open_incident("VPN", by=make_user("이서연"))
    actions.comment(ticket, "The printer too.", by=ticket.requester)
    page = open_page(agent, f"/inc/{ticket.number}/")
    page.get_by_role("button", name="Make a new record of this").click()
    page.get_by_label("Title").fill("Printer")
    accessible(page)
    page.get_by_role("button", name="Make a new record", exact=True).click()
    expect(page.locator("#ticket-title")).to_contain_text("Printer")
    page.click("#act-more")
    page.get_by_role("menuitem", name="Undo the split").click()
    expect(page.locator("#act-status-page")).to_contain_text("Cancelled")
