"""A requester's way through the portal on a phone: search, offering, request, list. By keyboard."""

import re

import pytest
from playwright.sync_api import expect

from catalog.models import Favourite, Request
from tests.catalog.support import field, make_offering, make_shelf
from tests.factories import make_service, make_team, make_user, open_incident
from tests.knowledge.support import make_editor, publish, written

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def requester():
    return make_user("김하늘", roman_name="Haneul Kim")


@pytest.fixture
def laptop():
    team = make_team("장비팀")
    service = make_service("메일", name_en="Mail", support_team=team)
    publish(
        written(
            by=make_editor(), title_ko="노트북이 켜지지 않을 때", body_ko="길게 누릅니다.",
            services=[service],
        )
    )  # fmt: skip
    shelf = make_shelf("장비")
    for number in range(8):
        make_offering(
            field("x"),
            name={"ko": f"물건 {number}", "en": f"Thing {number}"},
            summary={"ko": "여러 가지", "en": "Sundries"},
            shelf=shelf,
        )
    return make_offering(
        field("why", "long_text", required=True),
        name={"ko": "업무용 노트북", "en": "Work laptop"},
        summary={"ko": "업무용 노트북을 받습니다.", "en": "Get a laptop for work."},
        synonyms="랩탑",
        delivery_days=3,
        shelf=shelf,
        service=service,
        team=team.pk,
    )


def ready(page):
    page.wait_for_selector("html[data-ready]")


def test_the_search_works_without_script(chromium, live_server, requester, laptop, client):
    client.force_login(requester)
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/portal/")
    page.fill("#portal-search", "laptpo")
    page.press("#portal-search", "Enter")
    expect(page.locator("#found-offerings")).to_be_visible()
    page.goto(f"/portal/catalog/{laptop.shelf.slug}/")
    page.locator(f'form[action$="/{laptop.slug}/"] button').first.click()
    expect(page.locator(f'form[action$="/{laptop.slug}/"] button')).to_have_attribute(
        "aria-pressed", "true"
    )
    page.goto("/portal/catalog/")
    expect(page.locator("#kept")).to_be_visible()
    context.close()
    assert Favourite.objects.get().offering == laptop


def test_from_a_misspelt_search_to_my_requests_on_a_phone(
    open_page, fits, accessible, requester, laptop
):
    page = open_page(requester, "/portal/", width=390, language="ko")
    fits(page)
    box = page.locator("#portal-search")
    box.press_sequentially("노트븍을", delay=30)
    hit = page.locator('#found [aria-labelledby="found-offerings"] a')
    expect(hit).to_have_text("업무용 노트북")
    expect(page.locator("#status")).not_to_be_empty()
    expect(box).to_be_focused()
    fits(page)
    accessible(page)
    # Down the results by arrow keys, back by Escape, in by Enter.
    box.press("ArrowDown")
    expect(page.locator("#found [data-hit]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    for _step in range(8):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.textContent") == "업무용 노트북":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/portal/request/{laptop.slug}/$"))
    ready(page)
    fits(page)
    page.locator("form.p-form textarea").first.fill("새로 입사했습니다.")
    page.locator("form.p-form [type=submit].btn--primary").first.click()
    expect(page).to_have_url(re.compile("/check/"))
    ready(page)
    page.locator("form [type=submit].btn--primary").first.click()
    expect(page).to_have_url(re.compile(r"/portal/request/done/REQ-\d+/$"))
    number = Request.objects.get().number
    page.locator(".portal-nav__item--my").click()
    expect(page).to_have_url(re.compile(r"/portal/my/$"))
    ready(page)
    expect(page.locator(".p-table")).to_contain_text(number)
    fits(page)
    accessible(page)


def test_a_favourite_is_kept_by_keyboard_and_the_focus_stays(open_page, requester, laptop):
    page = open_page(requester, f"/portal/catalog/{laptop.shelf.slug}/")
    star = page.locator(f'form[action$="/{laptop.slug}/"] button')
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    assert Favourite.objects.get().offering == laptop


@pytest.mark.parametrize(("language", "theme", "width"), [
    ("ko", "light", 390), ("en", "dark", 390), ("en", "light", 1440), ("ko", "dark", 1440),
    ("en", "light", 320),
])  # fmt: skip
def test_the_pages_are_accessible_and_fit(
    open_page, fits, accessible, requester, laptop, language, theme, width
):
    open_incident("프린터가 멈췄습니다", by=requester)
    page = open_page(requester, "/portal/", width=width, language=language, theme=theme)
    for path in (
        "/portal/",
        "/portal/catalog/",
        f"/portal/catalog/{laptop.shelf.slug}/",
        f"/portal/service/{laptop.service.slug}/",
        "/portal/my/",
        "/portal/search/?q=laptop",
        "/portal/search/?q=qqqqzzzz",
    ):
        page.goto(path)
        ready(page)
        fits(page)
        accessible(page)


def test_the_bar_on_a_phone_leads_everywhere_and_hides_nothing(open_page, fits, requester, laptop):
    page = open_page(requester, "/portal/catalog/", width=390)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    foot = page.locator(".portal-foot").bounding_box()
    bar = page.locator(".portal-nav").bounding_box()
    assert foot["y"] + foot["height"] <= bar["y"] + 1
    page.locator(".portal-more summary").click()
    menu = page.locator(".portal-more .menu__panel")
    expect(menu.get_by_role("link")).to_have_count(3)
    box = menu.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] >= 0
    menu.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/portal/kb/$"))
    fits(page)
