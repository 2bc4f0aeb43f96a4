"""Deciding in a browser: on a phone by keyboard, by the mail's link, with both themes."""

import os
import re
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.approving import ask, away, seat_of, stage
from tests.factories import PASSWORD, make_agent, make_department, make_team, make_user
from tickets import actions
from tickets.models import Approval

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
CONTENT = [
    ["품목", "개발용 노트북 16형 (M5 Pro, 48GB)"],
    ["사용자", "김요청"],
    ["금액", "4,290,000원"],
    [
        "사유",
        "기존 장비가 5년이 넘어 빌드에 40분이 걸립니다. 신규 프로젝트 시작 전에 교체가 필요합니다.",
    ],
]


@pytest.fixture
def line():
    """A round in which the head reviews, two agree side by side, and the director approves."""
    make_team("업무 시스템팀")
    sales = make_department("영업1팀")
    people = {
        "asker": make_user("김요청", roman_name="Yocheong Kim", department=sales, job_title="대리"),
        "head": make_user("김하늘", roman_name="Haneul Kim", department=sales, job_title="팀장"),
        "security": make_user("박보안", roman_name="Boan Park", job_title="책임"),
        "finance": make_user("이재무", roman_name="Jaemu Lee", job_title="과장"),
        "director": make_user("정대표", roman_name="Daepyo Jung", job_title="대표이사"),
    }
    stages = [
        stage(people["head"], kind="review", days=2),
        stage(people["security"], people["finance"], kind="agree", decided_by="all"),
        stage(people["director"], kind="approve"),
    ]
    approval = ask(*stages, by=people["asker"], content=CONTENT, title="개발용 노트북 신청")
    return approval, people


def shot(page, name):
    """A picture for whoever looks at the pages: only where MARU_SHOTS names a folder."""
    if folder := os.environ.get("MARU_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page="full" in name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_manager_decides_on_a_phone_in_korean_by_keyboard(
    open_page, fits, accessible, line, theme
):
    approval, people = line
    page = open_page(people["head"], "/portal/approvals/", width=390, language="ko", theme=theme)
    fits(page)
    accessible(page)
    shot(page, f"list-{theme}")
    page.get_by_role("link", name="개발용 노트북 신청").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-ready]")
    fits(page)
    accessible(page)
    shot(page, f"decide-{theme}")
    shot(page, f"decide-full-{theme}")
    buttons = page.locator(".decide__buttons button")
    expect(buttons.nth(0)).to_be_in_viewport()
    expect(buttons.nth(1)).to_be_in_viewport()
    expect(page.locator(".aline__now")).to_contain_text("김하늘 팀장")
    page.locator("#id_text").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # rejecting, without a reason
    expect(page.locator("#id_text_error")).to_be_visible()
    fits(page)
    accessible(page)
    shot(page, f"refused-{theme}")
    page.locator("#id_text").focus()
    page.keyboard.type("예산 안에서 승인합니다.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/portal/approvals/$"))
    seat = seat_of(approval, people["head"])
    assert (seat.state, seat.opinion) == ("approved", "예산 안에서 승인합니다.")


def test_a_mails_link_in_english_asks_who_it_is_and_decides_once(
    chromium, live_server, fits, accessible, line
):
    approval, people = line
    head = people["head"]
    head.language = "en"
    head.save()
    key = actions.make_key(seat_of(approval, head), head)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"/approve/{key}/")
    expect(page).to_have_url(re.compile(r"/login/\?next="))
    page.fill("[name=username]", head.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page).to_have_url(re.compile(rf"/approve/{key}/$"))
    page.wait_for_selector("html[data-ready]")
    fits(page)
    accessible(page)
    shot(page, "mail-link-en")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".toast, [data-toast]").first).to_contain_text("You have approved it")
    fits(page)
    accessible(page)
    shot(page, "after-full-en")
    page.goto(f"/approve/{key}/")
    expect(page.get_by_role("heading")).to_contain_text("This link has been used")
    accessible(page)
    shot(page, "used-en")
    context.close()
    assert seat_of(approval, head).channel == "mail"


def test_the_line_lies_on_a_desk_and_stands_on_a_phone(open_page, fits, accessible, line):
    approval, people = line
    actions.decide(
        seat_of(approval, people["head"]), "approve", by=people["head"], opinion="동의합니다"
    )
    away(people["security"], make_user("최대결", job_title="선임"))
    for width in (1440, 390):
        page = open_page(
            people["finance"], f"/portal/approvals/{approval.pk}/", width=width, language="ko"
        )
        parts = page.locator(".aline__part")
        first, second = parts.nth(0).bounding_box(), parts.nth(1).bounding_box()
        assert (first["y"] == second["y"]) == (width > 1000)
        fits(page)
        accessible(page)
        shot(page, f"line-full-{width}")
    asker = open_page(
        people["asker"], f"/portal/my/{approval.ticket.number}/", width=390, language="ko"
    )
    fits(asker)
    accessible(asker)
    shot(asker, "asker-full")


def test_the_desk_sees_the_line_in_its_panel(open_page, fits, accessible, line):
    approval, _people = line
    agent = make_agent("박상담", team=approval.ticket.team)
    for theme in ("light", "dark"):
        page = open_page(agent, approval.ticket.get_absolute_url(), language="ko", theme=theme)
        page.locator("#tab-approvals").click()
        expect(page.locator("#panel .aline__part")).to_have_count(4)
        accessible(page)
        fits(page)
        shot(page, f"desk-{theme}")


def test_somebody_names_a_substitute_on_a_phone(open_page, fits, accessible, line):
    _approval, people = line
    page = open_page(people["head"], "/me/delegation/", width=390, language="ko")
    fits(page)
    accessible(page)
    shot(page, "delegation-full")
    page.fill("#id_to", "정대표")
    page.locator(".picker__option").first.click()
    page.evaluate("document.querySelector('#id_ends_at').value = '2199-01-01T09:00'")
    page.get_by_role("button", name=re.compile("Let them stand in|대결|대신")).click()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".field__error").first).to_be_visible()  # more than a year
    expect(page.locator("#id_to")).to_have_value(re.compile("정대표|Daepyo"))
    fits(page)
    accessible(page)


def test_the_sheet_prints_with_its_seals(open_page, accessible, line):
    approval, people = line
    for name in ("head", "security", "finance", "director"):
        actions.decide(seat_of(approval, people[name]), "approve", by=people[name])
    page = open_page(people["asker"], f"/portal/approvals/{approval.pk}/print/", language="ko")
    accessible(page)
    shot(page, "print-full")
    expect(page.locator(".seals__seal")).to_have_count(5)
    assert Approval.objects.get().state == "approved"
    assert Client().get(f"/portal/approvals/{approval.pk}/print/").status_code == 302
