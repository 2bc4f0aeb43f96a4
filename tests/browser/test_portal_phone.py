"""A requester's way on a phone: report with a file, see it, answer, reopen. Both languages."""

import re

import pytest
from playwright.sync_api import expect

from portal.models import StagedFile
from tests.factories import (
    PASSWORD,
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import Comment, Draft, Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
PICTURE = {
    "name": "오류 화면 2026-11-23 오전 9.12.33 아주 긴 이름의 파일.png",
    "mimeType": "image/png",
    "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 5000,
}


@pytest.fixture
def agent():
    return make_agent("박상담", team=make_team("업무 시스템팀"))


@pytest.fixture
def requester():
    return make_user("김하늘", roman_name="Haneul Kim")


def ready(page):
    page.wait_for_selector("html[data-ready]")


def fill_report(page, title="VPN 접속이 끊깁니다"):
    page.fill("#id_title", title)
    page.fill("#id_details", "오늘 아침부터 그렇습니다.")
    page.check("#id_affected_1", force=True)
    page.check("#id_working_1", force=True)


@pytest.mark.parametrize(("language", "width"), [("ko", 390), ("en", 390), ("en", 320)])
def test_from_report_to_reopening(open_page, fits, agent, requester, language, width):
    page = open_page(requester, "/", width=width, language=language)
    expect(page).to_have_url(re.compile(r"/portal/$"))
    fits(page)
    page.locator(".p-tile").first.click()
    ready(page)
    fits(page)
    fill_report(page)
    page.set_input_files("#id_files", files=[PICTURE])
    expect(page.locator(".p-files__list li")).to_have_count(1)
    fits(page)
    page.locator("[data-submit]").click()
    expect(page).to_have_url(re.compile(r"/portal/my/INC-\d+/received/$"))
    fits(page)
    ticket = Ticket.objects.get()
    assert [file.name for file in ticket.attachments.all()] == [PICTURE["name"]]
    page.locator(".form__actions .btn--primary").click()
    expect(page.locator(".p-msg--mine")).to_contain_text("오늘 아침부터")
    fits(page)

    actions.transition(ticket, "start", by=agent)
    actions.comment(ticket, "어느 건물에 계신가요?", by=agent)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    page.goto("/portal/my/?show=reply")
    ready(page)
    fits(page)
    page.locator(".p-req__title").click()
    expect(page.locator(".p-outlook--warning")).to_be_visible()
    page.fill("#id_text", "본관 3층입니다.")
    page.locator("#reply [data-submit]").click()
    expect(page.locator(".p-msg--mine")).to_have_count(2)
    assert Ticket.objects.get().status == "in_progress"

    actions.transition(ticket, "resolve", by=agent, **resolution())
    page.reload()
    ready(page)
    fits(page)
    page.locator(".p-verdict .btn:not(.btn--primary)").click()
    expect(page.locator(".p-verdict")).to_have_count(0)
    again = Ticket.objects.get()
    assert (again.status, again.reopen_count) == ("in_progress", 1)


def test_a_mistake_loses_nothing_and_takes_the_focus(open_page, fits, agent, requester):
    page = open_page(requester, "/portal/report/", width=390)
    page.fill("#id_details", "Everything I know.")
    page.set_input_files("#id_files", files=[PICTURE])
    expect(page.locator(".p-files__list li")).to_have_count(1)
    page.locator("[data-submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    expect(page.locator("#id_details")).to_have_value("Everything I know.")
    expect(page.locator(".p-files__list li")).to_have_count(1)
    fits(page)
    page.locator('.error-summary a[href="#id_title"]').click()
    expect(page.locator("#id_title")).to_be_focused()
    page.locator("[data-remove-file]").click()
    expect(page.locator(".p-files__list li")).to_have_count(0)
    assert not StagedFile.objects.exists()


def test_while_typing_own_open_requests_are_shown_and_announced(open_page, agent, requester):
    open_incident("VPN 접속이 자꾸 끊깁니다", by=requester)
    open_incident("VPN 접속이 남의 것입니다", by=make_user())
    page = open_page(requester, "/portal/report/", width=390)
    page.locator("#id_title").press_sequentially("VPN 접속", delay=30)
    expect(page.locator(".p-similar li")).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("1 similar")
    expect(page.locator("#id_title")).to_be_focused()


def test_the_service_is_found_by_typing(open_page, agent, requester):
    service = make_service("Groupware")
    page = open_page(requester, "/portal/report/", width=390)
    fill_report(page, "Groupware is slow")
    page.locator("#id_service").press_sequentially("group", delay=30)
    page.locator(".picker__option", has_text="Groupware").click()
    page.locator("[data-submit]").click()
    page.wait_for_url("**/received/")
    assert Ticket.objects.get().service == service


def test_what_is_typed_is_saved_by_itself_and_continued(open_page, agent, requester):
    page = open_page(requester, "/portal/report/", width=390)
    with page.expect_response("**/portal/draft/") as saved:
        page.fill("#id_title", "Half a sentence")
    assert saved.value.status == 204
    page.goto("/portal/")
    page.locator(".p-todo a").click()
    expect(page.locator("#id_title")).to_have_value("Half a sentence")
    page.locator(".p-draft button").click()
    expect(page.locator("#id_title")).to_have_value("")
    assert not Draft.objects.exists()


def test_a_double_click_sends_one_report(open_page, agent, requester):
    page = open_page(requester, "/portal/report/", width=390)
    fill_report(page)
    page.locator("[data-submit]").dblclick()
    page.wait_for_url("**/received/")
    assert Ticket.objects.count() == 1


def test_a_reply_after_the_session_ended_is_there_after_signing_in(open_page, agent, requester):
    ticket = open_incident(by=requester)
    page = open_page(requester, f"/portal/my/{ticket.number}/", width=390)
    page.fill("#id_text", "A long and careful answer")
    page.context.clear_cookies(name="sessionid")
    page.locator("#reply [data-submit]").click()
    page.wait_for_url("**/login/**")
    page.fill("[name=username]", requester.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("form .btn--primary").click()
    expect(page.locator("#id_text")).to_have_value("A long and careful answer")
    page.locator("#reply [data-submit]").click()
    expect(page.locator(".p-msg--mine")).to_have_count(2)
    assert Comment.objects.get().body == "A long and careful answer"


def test_a_page_left_open_offers_what_is_new_and_keeps_the_text(open_page, agent, requester):
    ticket = open_incident(by=requester)
    page = open_page(requester, f"/portal/my/{ticket.number}/", width=390)
    page.fill("#id_text", "I was just writing")
    actions.comment(ticket, "We found it", by=agent)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".p-news")).to_be_visible()
    expect(page.locator("#id_text")).to_have_value("I was just writing")
    page.locator("#reply [data-submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".p-msg--desk")).to_contain_text("We found it")
    expect(page.locator("#id_text")).to_have_value("I was just writing")
    page.locator("#reply [data-submit]").click()
    expect(page.locator(".p-msg--mine")).to_have_count(2)


def test_without_script_everything_still_works(chromium, live_server, client, agent, requester):
    make_service("Groupware")
    client.force_login(requester)
    context = chromium.new_context(
        java_script_enabled=False, base_url=live_server.url, viewport={"width": 390, "height": 844}
    )
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto("/portal/report/")
    page.fill("#id_title", "No script here")
    page.select_option("select[name=service]", label="Groupware")
    page.set_input_files("#id_files", files=[PICTURE])
    page.locator("[data-submit]").click()
    assert page.locator(".p-files__list li").count() == 1
    page.check("#id_affected_0", force=True)
    page.check("#id_working_0", force=True)
    page.locator("[data-submit]").click()
    ticket = Ticket.objects.get()
    assert ticket.service.name_en == "Groupware"
    assert ticket.attachments.count() == 1
    page.goto(f"/portal/my/{ticket.number}/")
    page.fill("#id_text", "Still here")
    page.locator("#reply [data-submit]").click()
    assert page.locator(".p-msg--mine").count() == 2
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(open_page, accessible, fits, agent, requester, theme, width):
    waiting = open_incident("Waiting", by=requester, description="See https://a.example")
    actions.comment(waiting, "Which one?", by=agent)
    actions.transition(waiting, "pend", by=agent, pending_reason=waiting_for_requester())
    solved = open_incident("Solved", by=requester)
    actions.transition(solved, "resolve", by=agent, **resolution())
    over = open_incident("Over", by=requester)
    actions.transition(over, "cancel", by=requester, reason="x")
    page = open_page(requester, "/portal/", width=width, theme=theme)
    for path in (
        "/portal/",
        "/portal/report/",
        "/portal/my/",
        "/portal/my/?show=closed",
        "/portal/my/?whose=followed",
        "/portal/search/?q=nothing",
        f"/portal/my/{waiting.number}/",
        f"/portal/my/{solved.number}/",
        f"/portal/my/{over.number}/",
        f"/portal/my/{over.number}/received/",
    ):
        page.goto(path)
        ready(page)
        accessible(page)
        fits(page)
    page.goto("/portal/report/")
    page.locator("[data-submit]").click()
    page.wait_for_selector(".error-summary")
    accessible(page)
