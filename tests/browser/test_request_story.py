"""The whole way of a request, each step by whoever takes it, in their own language."""

import re

import pytest
from playwright.sync_api import Page, expect

from catalog.models import Request
from surveys.models import Survey
from tests.catalog.support import choice, field, make_offering
from tests.factories import PASSWORD, make_agent, make_department, make_team, make_user
from tickets import actions
from tickets.models import ApprovalPolicy, ApprovalSeat, Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SLOW = 20_000


@pytest.fixture
def people():
    boss = make_user("박소영", roman_name="Soyoung Park", job_title="팀장", language="en")
    sales = make_department("국내영업팀")
    buyer, technician = make_agent("구매"), make_agent("설치")
    return {
        "asker": make_user("정다은", language="ko", manager=boss, department=sales),
        "boss": boss,
        "buyer": buyer,
        "technician": technician,
        "purchasing": make_team("구매팀", buyer),
        "workplace": make_team("PC지원팀", technician),
    }


def manager_decides() -> ApprovalPolicy:
    stage = {"kind": "approve", "who": [{"type": "manager", "level": 1}]}
    return ApprovalPolicy.objects.create(
        name_ko="팀장 결재", name_en="Manager decides", data={"stages": [stage]}
    )


def task(key: str, ko: str, team, *after: str) -> dict:
    title = {"ko": ko, "en": key.title()}
    return {"key": key, "title": title, "team": team.pk, "after": list(after), "hours": 8}


def send(page: Page) -> None:
    page.locator(".p-send .btn--primary").click()


def test_a_laptop_from_asking_on_a_phone_to_voting(open_page, chromium, live_server, people):
    make_offering(
        choice("model", "light:1500000", "power:2800000", required=True),
        field("why", "long_text", required=True),
        approval={"policy": manager_decides().pk},
        price={"amount": "0", "payer": "department"},
        tasks=[
            task("buy", "구매", people["purchasing"]),
            task("account", "계정 준비", people["workplace"]),
            task("hand", "전달", people["workplace"], "buy", "account"),
        ],
        fulfil="auto",
        delivery_days=5,
    )

    # The requester finds it by a slip of the finger, asks for it and is told what follows.
    phone = open_page(people["asker"], "/portal/", width=390, language="ko")
    phone.set_default_timeout(SLOW)
    phone.fill("main input[name=q]", "노트븍")
    phone.keyboard.press("Enter")
    phone.locator("main a[href*='/portal/request/']").first.click()
    phone.check("#q-model-2", force=True)
    phone.fill("#q-why", "영상 편집")
    send(phone)
    phone.wait_for_url(re.compile(r"/check/$"))
    expect(phone.locator("main")).to_contain_text("2,800,000원")
    expect(phone.locator(".q-line")).to_contain_text("박소영")
    send(phone)
    phone.wait_for_url(re.compile(r"/portal/request/done/"))
    request = Request.objects.get()
    assert request.status == "awaiting_approval"

    # The manager opens the mail's link, signs in and approves, in English.
    seat = ApprovalSeat.objects.get(ticket=request.pk)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"/approve/{actions.make_key(seat, people['boss'])}/")
    page.fill("[name=username]", people["boss"].email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".toast, [data-toast]").first).to_contain_text("You have approved it")
    context.close()
    number = Ticket.objects.get(pk=request.pk).number

    # Purchasing and the technicians work side by side; what waits for both comes last.
    for who, titles in (("buyer", ["구매"]), ("technician", ["계정 준비", "전달"])):
        desk = open_page(people[who], f"/req/{number}/", language="ko")
        desk.set_default_timeout(SLOW)
        desk.locator("#tab-tasks").click()
        for title in titles:
            line = desk.locator("#panel .task", has_text=title)
            line.locator("button[value=done]").click()
            expect(line.locator(".badge--success")).to_be_visible()
    assert Ticket.objects.get(pk=request.pk).status == "fulfilled"

    # The requester has it, says so, and votes.
    phone.goto(f"/portal/my/{number}/")
    phone.locator("form[action$='/confirm/'] button").click()
    phone.locator(".survey-offer a").last.click()
    phone.locator(".survey .form__actions .btn--primary").click()
    expect(phone.locator(".banner--success")).to_be_visible()
    assert Ticket.objects.get(pk=request.pk).status == "closed"
    assert Survey.objects.get().score is not None


def test_a_new_joiner_bundle_opens_what_it_orders(open_page, people):
    account = make_offering(
        field("name", required=True),
        name={"ko": "계정 만들기", "en": "New account"},
        tasks=[task("make", "계정 생성", people["workplace"])],
        fulfil="auto",
    )
    phone = make_offering(
        choice("model", "ios", "android", required=True),
        name={"ko": "업무용 휴대폰", "en": "Company phone"},
        tasks=[task("order", "개통", people["purchasing"])],
        fulfil="auto",
    )
    wants_a_phone = {"field": "phone", "is": "eq", "value": True}
    make_offering(
        field("who", required=True),
        field("phone", "yes_no"),
        name={"ko": "신규 입사자 준비", "en": "New joiner"},
        approval={"policy": manager_decides().pk},
        bundle=[
            {"offering": account.pk, "if": None, "answers": {"name": "who"}},
            {
                "offering": phone.pk,
                "if": wants_a_phone,
                "answers": {"model": {"value": "ios"}},
            },
        ],
    )
    page = open_page(people["asker"], "/portal/request/new-joiner/", language="ko")
    page.set_default_timeout(SLOW)
    page.fill("#q-who", "최가람")
    page.check("#q-phone-1", force=True)
    send(page)
    page.wait_for_url(re.compile(r"/check/$"))
    send(page)
    page.wait_for_url(re.compile(r"/portal/request/done/"))
    whole = Request.objects.get()
    seat = ApprovalSeat.objects.get(ticket=whole.pk)
    actions.decide(seat, "approve", by=seat.user)
    parts = Request.objects.exclude(pk=whole.pk).order_by("pk")
    assert [part.offering for part in parts] == [account, phone]
    assert parts[0].answers["name"] == "최가람"
    for part in parts:
        assert part.status in ("approved", "in_progress")
        for line in part.tasks.all():
            actions.change_task(line, {"state": "done"}, by=None)
    page.goto(f"/portal/my/{whole.number}/")
    for name in ("계정 만들기", "업무용 휴대폰"):
        expect(page.locator("main")).to_contain_text(name)
