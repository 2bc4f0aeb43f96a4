"""A major incident in the hand: on a phone from its declaration to a notice, in both languages."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from incidents import actions
from incidents.models import LogEntry, MajorIncident, Update
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import actions as kernel
from tickets.models import Task, Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def team() -> Any:
    return make_team("네트워크팀")


@pytest.fixture
def lead(team: Any) -> Any:
    return make_agent("이서연", team, role=Role.TEAM_LEAD, roman_name="Seoyeon Lee")


@pytest.fixture
def agent(team: Any) -> Any:
    return make_agent("김하늘", team, roman_name="Haneul Kim")


@pytest.fixture
def ticket(lead: Any, agent: Any, team: Any) -> Ticket:
    service = make_service("VPN", team)
    found = open_incident("VPN 게이트웨이 장애 – 원격 접속 전면 불가", by=lead, service=service)
    for number in range(3):
        open_incident(f"VPN 접속이 안 됩니다 {number}", by=make_user(), service=service)
    return found


@pytest.fixture
def major(ticket: Ticket, lead: Any) -> MajorIncident:
    declared = actions.declare(ticket, by=lead, why="전 직원 영향", severity=1, commander=lead)
    kernel.add_task(ticket, "이전 인증서 체인으로 원복 검토", by=lead)
    kernel.add_check(ticket, "경영진 보고", by=lead)
    actions.save_summary(ticket, {"symptoms": "두 게이트웨이 모두 세션 거부"}, by=lead)
    return declared


def wide_enough(page: Any, selector: str) -> None:
    """Every one of them can be hit with a thumb."""
    for box in page.locator(selector).all():
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= 44, selector


@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_handed_on_a_phone(open_page, fits, accessible, ticket, major, lead, language):
    page = open_page(lead, f"/major/{ticket.number}/", width=390, language=language)
    fits(page)
    accessible(page)
    timer = page.locator(".major__clock [data-timer=up]")
    expect(timer).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    expect(page.locator("[data-timer=down]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    buttons = page.locator(".majorbar .btn")
    expect(buttons).to_have_count(3)
    for button in buttons.all():
        expect(button).to_be_in_viewport()
    wide_enough(page, ".majorbar .btn")

    page.locator("#bar-log").click()
    page.fill("#id_title", "중간 인증서 만료 확인")
    fits(page)
    page.locator("#modal [data-submit]").click()
    expect(page.locator("#modal")).to_be_hidden()
    expect(page.locator(".story__line").first).to_contain_text("중간 인증서 만료 확인")
    assert LogEntry.objects.get().title == "중간 인증서 만료 확인"

    page.locator("#bar-notice").click()
    page.locator("#modal .segmented button").nth(1).click()
    expect(page.locator("#modal .segmented [aria-pressed=true]")).to_have_count(1)
    page.fill("#id_text_ko", "원인을 찾아 복구 중입니다.")
    page.fill("#id_text_en", "We have found the cause.")
    fits(page)
    accessible(page)
    page.locator("#modal [data-submit]").click()
    expect(page.locator("#modal")).to_be_hidden()
    expect(page.locator(".story__line--update")).to_have_count(1)
    assert Update.objects.get().stage == "identified"

    page.locator("#bar-call").click()
    fits(page)
    page.fill("#id_message", "상황실로 들어와 주세요.")
    page.select_option("#id_team", index=1)
    page.locator("#modal [data-submit]").click()
    expect(page.locator("#modal")).to_be_hidden()

    page.locator("#role-scribe").click()
    page.locator("#modal .people__one").first.click()
    expect(page.locator("#modal .error-summary")).to_be_visible()
    page.locator("#modal .people__one").nth(1).click()
    expect(page.locator("#modal")).to_be_hidden()
    assert MajorIncident.objects.get().scribe.display_name == "김하늘"


def test_the_page_follows_what_others_do(open_page, ticket, major, lead, agent):
    page = open_page(lead, f"/major/{ticket.number}/")
    page.fill("#log-title", "Half a line")
    actions.log(ticket, "Somebody else's line", by=agent)
    page.evaluate("document.body.dispatchEvent(new Event('major:changed'))")
    expect(page.locator(".story__line").first).to_contain_text("Somebody else's line")
    expect(page.locator("#log-title")).to_have_value("Half a line")
    expect(page.locator("#log-title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".story__line").first).to_contain_text("Half a line")
    expect(page.locator("#log-title")).to_have_value("")


def test_declared_from_the_tickets_menu(open_page, ticket, lead, accessible):
    page = open_page(lead, ticket.get_absolute_url())
    page.locator("#act-more").click()
    page.locator("#pop .menu__item", has_text="Declare").click()
    page.fill("#id_why", "Nobody can work from home.")
    page.select_option("#id_severity", "1")
    page.locator("#modal [data-submit]").click()
    page.wait_for_url("**/major/INC-*/")
    page.wait_for_selector("html[data-ready]")
    accessible(page)
    major = MajorIncident.objects.get()
    assert (major.severity, major.commander) == (1, lead)
    page.locator("#attach").click()
    expect(page.locator("#modal .picklist input")).to_have_count(3)
    page.locator("#modal [data-submit]").click()
    expect(page.locator("#modal")).to_be_hidden()
    expect(page.locator(".figures dd").nth(1)).to_have_text("3")
    page.locator("#role-deputy").click()
    page.locator(".major__head").wait_for()
    page.goto(ticket.get_absolute_url())
    expect(page.locator(".facts .badge--solid")).to_contain_text("Major incident")


@pytest.mark.parametrize(("language", "width"), [("ko", 390), ("en", 1440)])
def test_the_record_is_edited_and_reviewed(
    open_page, fits, accessible, ticket, major, lead, agent, language, width
):
    kernel.comment(ticket, "재시작 중", by=agent, visibility="internal")
    page = open_page(lead, f"/major/{ticket.number}/timeline/", width=width, language=language)
    fits(page)
    accessible(page)
    page.locator("li", has_text="재시작 중").locator("button").first.click()
    expect(page.locator("#record-title ~ *, .story").first).to_be_visible()
    expect(page.locator(".story").first).to_contain_text("재시작 중")
    line = page.locator(".story").first.locator("li", has_text="재시작 중")
    line.locator("button").first.click()
    page.fill("#id_title", "게이트웨이 재시작")
    page.locator("#modal [data-submit]").click()
    expect(page.locator(".story").first).to_contain_text("게이트웨이 재시작")

    actions.stand_down(ticket, by=lead)
    page.goto(f"/major/{ticket.number}/review/")
    page.wait_for_selector("html[data-ready]")
    fits(page)
    accessible(page)
    page.fill("#action-form #id_title", "만료 60일 전 경보")
    page.locator("#id_owner").press_sequentially("하늘", delay=30)
    page.locator(".picker__option", has_text=re.compile("하늘|Haneul")).click()
    page.fill("#id_due_on", "2031-01-15")
    page.locator("#action-form button").last.click()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".mtask")).to_contain_text("만료 60일 전 경보")
    for name in ("impact", "causes", "went_well", "went_badly"):
        page.fill(f"#id_{name}", "적어 둡니다.")
    page.locator("#review-form [name=then]").click()
    expect(page.locator(".banner--success")).to_be_visible()
    assert Task.objects.get(title="만료 60일 전 경보").assignee == agent


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_passes_in_both_themes(
    open_page, fits, accessible, ticket, major, lead, agent, theme
):
    actions.propose(open_incident("메일 지연", by=agent), by=agent, why="문의 폭주")
    actions.publish(
        ticket, by=lead, stage="monitoring", condition="degraded", text_en="Back.",
        next_update_at=major.next_update_at,
    )  # fmt: skip
    page = open_page(lead, "/major/", theme=theme)
    for path in ("/major/", f"/major/{ticket.number}/", f"/major/{ticket.number}/notices/"):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        fits(page)
        accessible(page)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_requester_follows_the_outage_on_the_portal(
    open_page, fits, accessible, ticket, major, lead, language
):
    actions.publish(
        ticket, by=lead, stage="identified", condition="partial", text_ko="복구 중입니다.",
        text_en="We are on it.", next_update_at=major.next_update_at,
    )  # fmt: skip
    person = make_user("정다은")
    page = open_page(person, "/portal/report/", width=390, language=language)
    expect(page.locator(".p-outage")).to_be_visible()
    fits(page)
    accessible(page)
    wide_enough(page, ".p-outage .btn")
    page.locator(".p-outage .btn").click()
    page.wait_for_url("**/portal/")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".p-outage .badge")).to_be_visible()
    fits(page)
    accessible(page)
    assert not Ticket.objects.filter(requester=person).exists()
