"""An agent on the phone orders for a caller, by keyboard alone and in Korean."""

import re

import pytest
from playwright.sync_api import expect

from catalog.models import Request
from tests.catalog.support import choice, field, make_offering
from tests.factories import make_agent, make_department, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def laptop():
    data = {"stages": [{"kind": "approve", "who": [{"type": "manager", "level": 1}]}]}
    policy = ApprovalPolicy.objects.create(
        name_ko="팀장 결재", name_en="Manager decides", data=data
    )
    return make_offering(
        choice("model", "air:1500000", "pro:2900000", required=True),
        field("note"),
        approval={"policy": policy.pk},
        price={"amount": "0", "payer": "department"},
        for_others=True,
    )


def test_a_laptop_is_ordered_for_a_caller_by_keyboard_in_korean(
    open_page, fits, accessible, laptop
):
    boss = make_user("박부장", roman_name="Bujang Park")
    caller = make_user("홍길동", manager=boss, department=make_department("연구소"))
    agent = make_agent("김하늘", make_team("서비스 데스크"))
    page = open_page(agent, "/desk/", language="ko")
    page.focus(".topbar .btn-group summary")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".topbar .menu__item[href='/desk/new/request/']")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/new/request/")
    page.wait_for_selector("html[data-ready]")
    fits(page)
    accessible(page)
    page.focus("#id_requester")
    page.keyboard.type("ㅎㄱㄷ")
    page.get_by_role("option", name="홍길동").wait_for()
    page.keyboard.press("Enter")
    offers = page.locator("#offers a")
    expect(offers).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#offer-q")).to_be_focused()
    page.keyboard.type("없는것")
    expect(offers).to_have_count(0)
    page.fill("#offer-q", "노트북")
    expect(offers).to_have_count(1)
    accessible(page)
    page.keyboard.press("Tab")
    expect(offers).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/portal/request/.*requester={caller.pk}"))
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("main")).to_contain_text("홍길동")
    expect(page.locator("main")).not_to_contain_text("김하늘")
    accessible(page)
    page.focus("#q-model-1")
    page.keyboard.press("Space")
    page.focus(".p-send .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/check/\?requester="))
    expect(page.locator(".q-line")).to_contain_text("박부장")
    expect(page.locator("main")).to_contain_text("홍길동")
    fits(page)
    accessible(page)
    page.focus(".p-send .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/req/REQ-"))
    made = Request.objects.get()
    assert (made.requester, made.opened_by, made.channel) == (caller, agent, "phone")
    assert made.answers == {"model": "air"}
