"""The service map by keyboard, and the pages about services, as people and axe see them."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from cmdb import actions
from sla.actions.outages import open_outage
from tests.factories import make_agent, make_item, make_service, make_team, open_incident

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agent():
    return make_agent("김하나", team=make_team("서비스데스크"), role=Role.ADMINISTRATOR)


@pytest.fixture
def scene(agent):
    """Portal and Shop need Mail, Mail needs Network, which is down; a server carries Mail."""
    portal, shop, mail, network = (
        make_service(name, owner=agent) for name in ("Portal", "Shop", "Mail", "Network")
    )
    portal.depends_on.add(mail)
    shop.depends_on.add(mail)
    mail.depends_on.add(network)
    make_service("Alone")
    server = make_item("mail-01")
    server.services.add(mail)
    actions.relate(make_item("disk-01"), "part_of", server, by=None)
    open_outage(network, by=None)
    open_incident(service=network, by=agent, items=[server])
    return mail, server


def focused(page) -> str:
    return page.evaluate("document.activeElement.querySelector('.map__name')?.textContent || ''")


def test_arrow_keys_move_along_the_lines_and_enter_opens(agent, scene, open_page):
    page = open_page(agent, "/services/map/")
    page.locator("[data-box][tabindex='0']").focus()
    assert focused(page) == "Portal"
    for key, name in (
        ("ArrowDown", "Mail"),
        ("ArrowDown", "Network"),
        ("ArrowDown", "Network"),
        ("ArrowUp", "Mail"),
        ("ArrowUp", "Portal"),
        ("ArrowRight", "Shop"),
        ("ArrowLeft", "Portal"),
        ("End", "Network"),
        ("Home", "Portal"),
        ("ArrowDown", "Mail"),
    ):
        page.keyboard.press(key)
        assert focused(page) == name, key
    assert page.locator(".map__line.is-lit").count() == 3
    assert page.locator("[data-box][tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/services/[^/]+/$"))
    expect(page.locator("h1")).to_have_text("Mail")


def test_what_is_drawn_is_said_in_words_and_in_the_table(agent, scene, open_page):
    page = open_page(agent, "/services/map/")
    box = page.get_by_role("link", name=re.compile("Network, Down, 1 open incident"))
    expect(box).to_have_count(1)
    row = page.get_by_role("row", name=re.compile("^Network"))
    expect(row).to_contain_text("Down")
    expect(row).to_contain_text("Mail")
    expect(page.get_by_role("link", name="Alone").first).to_be_visible()


def test_the_map_around_one_keeps_to_what_is_asked(agent, scene, open_page):
    mail, server = scene
    page = open_page(agent, f"/services/{mail.slug}/map/")
    expect(page.locator("[data-box]")).to_have_count(6)
    page.get_by_label("Show").select_option("up")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-box]")).to_have_count(3)
    page.goto(f"/cmdb/ci/{server.pk}/map/")
    expect(page.locator(".map__box.is-start .map__name")).to_have_text("mail-01")


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("ko", "dark", 390)]
)
def test_the_pages_are_accessible_and_fit(
    agent, scene, open_page, accessible, fits, language, theme, width
):
    mail, server = scene
    page = open_page(agent, "/services/", language=language, theme=theme, width=width)
    for path in (
        "/services/",
        "/services/map/?items=1",
        f"/services/{mail.slug}/",
        f"/services/{mail.slug}/edit/",
        "/cmdb/",
        f"/cmdb/ci/{server.pk}/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        fits(page)
