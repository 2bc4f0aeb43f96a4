"""Saying how satisfied one is: on a phone in Korean by the mail's link, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from notifications import actions as notices
from sla.models import Outage
from surveys.models import Reason, Survey
from tests.factories import make_agent, make_service, make_team, make_user
from tests.surveys.support import address, answered, closed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def person():
    return make_user("김하늘", roman_name="Haneul Kim", language="ko")


@pytest.fixture
def unknown(chromium, live_server):
    """A browser in which nobody is signed in, as behind a link in a mail."""
    contexts = []

    def opened(path, *, width=390):
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            base_url=live_server.url,
            has_touch=width < 768,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            page.wait_for_load_state("networkidle")
        context.close()


@pytest.mark.parametrize("width", [390, 320])
def test_a_vote_on_a_phone_in_korean_without_signing_in(
    unknown, open_page, accessible, fits, person, width
):
    survey = closed(person, title="VPN 접속이 끊깁니다")
    page = unknown(f"{address(survey)}?face=2", width=width)
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#score-2")).to_be_checked()
    fits(page)
    accessible(page)
    assert Survey.objects.get().score is None
    slow = Reason.objects.get(key="slow")
    page.get_by_text(slow.name_ko).tap()
    page.fill("#id_comment", "사흘을 기다렸어요.")
    page.locator("button[type=submit].btn--primary").tap()
    expect(page).to_have_url(re.compile(r"thanks=1$"))
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".banner--success")).to_be_visible()
    fits(page)
    accessible(page)
    found = Survey.objects.get()
    assert (found.score, found.comment) == (2, "사흘을 기다렸어요.")
    assert list(found.reasons.all()) == [slow]
    # Another face offers the other reasons, and the answer changes.
    page.locator("label[for=score-5]").tap()
    expect(page.get_by_text(slow.name_ko)).to_be_hidden()
    page.locator("button[type=submit].btn--primary").tap()
    expect(page.locator("#score-5")).to_be_checked()
    assert (Survey.objects.get().score, Survey.objects.get().first_score) == (5, 2)


def test_a_vote_with_the_keyboard_alone(open_page, accessible, person):
    survey = closed(person)
    number = survey.ticket.number
    page = open_page(person, f"/portal/my/{number}/", language="en")
    accessible(page)
    page.locator(".survey-offer a").last.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"face=5$"))
    page.wait_for_selector("html[data-ready]")
    page.locator("#score-5").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#score-4")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[name=reasons]:checked")).to_have_count(1)
    while page.evaluate("document.activeElement.type") != "submit":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"thanks=1$"))
    found = Survey.objects.get()
    assert (found.score, found.reasons.get().side) == (4, "high")


def test_a_form_without_a_face_says_so_where_the_focus_is(unknown, accessible, person):
    page = unknown(address(closed(person)))
    page.locator("button[type=submit].btn--primary").click()
    page.wait_for_selector(".error-summary")
    accessible(page)
    page.locator(".error-summary a").click()
    expect(page.locator("#score-5")).to_be_focused()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_the_pages_of_satisfaction_are_accessible_and_fit(
    open_page, accessible, fits, person, theme, width
):
    team, service = make_team("네트워크팀"), make_service("VPN")
    lead = make_agent("이서연", team, role="manager")
    team.lead = lead
    team.save()
    answered(person, 1, team=team, service=service, comment="다시 끊깁니다")
    answered(make_user(), 5, team=team, service=service)
    Outage.objects.create(
        service=service, kind="degraded", started_at=Survey.objects.earliest("id").asked_at
    )
    notices.save_announcement({"title_ko": "사무실 이전", "title_en": "Move"}, by=None)
    page = open_page(lead, "/desk/csat/", language="ko", theme=theme, width=width)
    pk = Survey.objects.get(score=1).pk
    for path in (
        "/desk/csat/",
        "/desk/csat/answers/?of=low",
        f"/desk/csat/answers/{pk}/",
        "/desk/csat/feedback/",
        "/desk/q/mine/",
        "/portal/status/",
        f"/portal/feedback/{service.pk}/",
        "/portal/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        fits(page)


def test_an_announcement_is_put_away_without_leaving_the_page(open_page, person):
    notices.save_announcement({"title_en": "Office move"}, by=None)
    page = open_page(person, "/portal/", language="en")
    page.get_by_role("button", name="Put away: Office move").click()
    expect(page.locator(".announcement")).to_have_count(0)
    page.reload()
    expect(page.locator(".announcement")).to_have_count(0)
