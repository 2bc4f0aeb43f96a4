"""An offering's form in a real browser: the page decides as the server does; a phone suffices."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import expect

from catalog.answers import stored
from catalog.definition import parse, shown
from catalog.models import Request
from catalog.queries.answered import told
from tests.catalog.forms import filled
from tests.catalog.support import choice, field, make_offering
from tests.factories import make_department, make_team, make_user
from tickets.models import ApprovalPolicy, Attachment, Draft

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
TODAY = date(2026, 11, 24)
CASES = 400
# Answers in the stored form and what is asked, as the page's module sees them.
DECIDE = """async ([url, cases]) => {
  const { normal, visible } = await import(url);
  return cases.map(({ fields, raw, today }) => {
    const values = {};
    for (const { key, type } of fields) if (key in raw) values[key] = normal(type, raw[key]);
    return [values, visible(fields, values, today)];
  });
}"""


def collected() -> list[Any]:
    """Generated forms with answers, always the same ones."""
    cases: list[Any] = []

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(filled())
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    return cases


def test_the_page_asks_what_the_server_asks(open_page):
    page = open_page(make_user(), "/me/")
    cases = collected()
    assert len(cases) >= 300
    sent = [
        {
            "fields": form["form"]["sections"][0]["fields"],
            "raw": raw,
            "today": TODAY.isoformat(),
        }
        for form, raw in cases
    ]
    module = page.evaluate("""() => document.querySelector('script[src*="js/app"]').src""")
    url = re.sub(r"js/app[^/]*$", "js/conditions.js", module)
    answers = page.evaluate(DECIDE, [url, sent])
    hidden = 0
    for (form, raw), (values, visible) in zip(cases, answers, strict=True):
        read = parse(form)
        mine = stored(read, raw)
        theirs = {key: value for key, value in values.items() if value not in ("", [])}
        assert theirs == mine, (form, raw)
        assert visible == list(shown(read, mine, TODAY)), (form, raw)
        hidden += len(visible) < len(read.fields)
    assert hidden > CASES / 10


@pytest.fixture
def laptop():
    make_team("구매팀")
    policy = ApprovalPolicy.objects.create(
        name_ko="팀장 결재",
        name_en="Manager decides",
        data={"stages": [{"kind": "approve", "who": [{"type": "manager", "level": 1}]}]},
    )
    pro = {"field": "model", "is": "eq", "value": "pro"}
    return make_offering(
        choice("model", "air:1500000", "pro:2900000", required=True),
        field("reason", "long_text", required=True, shown_if=pro),
        field("when", "date", required=True, low=0),
        field("boss", "person"),
        field("quote", "file"),
        field("note"),
        price={"amount": "0", "payer": "department"},
        approval={"policy": policy.pk},
        delivery_days=5,
        for_others=True,
    )


@pytest.fixture
def person():
    boss = make_user("박부장", roman_name="Bujang Park")
    return make_user("김하늘", roman_name="Haneul Kim", manager=boss, department=make_department())


def test_a_laptop_is_ordered_on_a_phone_with_the_keyboard_alone(
    open_page, fits, accessible, laptop, person
):
    make_user("홍길동", department=make_department("연구소"), job_title="책임")
    page = open_page(person, f"/portal/request/{laptop.slug}/", width=390, language="ko")
    fits(page)
    accessible(page)
    reason = page.locator("#q-reason")
    expect(reason).to_be_hidden()
    page.focus("#q-model-1")
    page.keyboard.press("ArrowDown")
    expect(reason).to_be_visible()
    expect(page.locator("#status")).to_contain_text("reason 항목")
    page.keyboard.press("Tab")
    expect(reason).to_be_focused()
    page.keyboard.type("영상 편집")
    # Taken back and chosen again, what was written is still there.
    page.focus("#q-model-2")
    page.keyboard.press("ArrowUp")
    expect(reason).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(reason).to_have_value("영상 편집")
    page.focus("#q-boss")
    page.keyboard.type("ㅎㄱㄷ")
    page.get_by_role("option", name="홍길동").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#q-boss")).to_have_value("홍길동")
    page.set_input_files(
        "#q-quote", {"name": "견적서.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 x"}
    )
    expect(page.locator(".p-file__name")).to_have_text("견적서.pdf")
    page.focus(".p-send .btn--primary")
    page.keyboard.press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^오류|^Error"))
    fits(page)
    accessible(page)
    page.fill("#q-when", "2099-01-04")
    page.focus(".p-send .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/check/$"))
    expect(page.locator("main")).to_contain_text("2,900,000원")
    expect(page.locator(".q-line")).to_contain_text("박부장")
    expect(page.locator("main")).to_contain_text("팀장 결재")
    fits(page)
    accessible(page)
    page.focus(".p-send .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/portal/request/done/"))
    expect(page.locator("h1")).to_be_focused()
    fits(page)
    accessible(page)
    made = Request.objects.get()
    assert made.answers["reason"] == "영상 편집"
    assert Attachment.objects.get().name == "견적서.pdf"
    assert [one.key for one in told(parse(made.made_with.data), made.answers)][:2] == [
        "model",
        "reason",
    ]


def test_it_is_saved_while_typing_and_goes_on_where_one_stopped(open_page, laptop, person):
    page = open_page(person, f"/portal/request/{laptop.slug}/")
    page.check("#q-model-2", force=True)
    page.fill("#q-reason", "Half a sentence")
    expect(page.locator("[data-draft-state]")).to_contain_text("saved", timeout=20000)
    assert Draft.objects.get(user=person).data["f-reason"] == "Half a sentence"
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".p-draft")).to_be_visible()
    expect(page.locator("#q-reason")).to_have_value("Half a sentence")


def test_somebody_else_is_chosen_from_people_of_the_same_name(open_page, laptop, person):
    make_user("이나무", department=make_department("영업부"), employee_no="7001")
    other = make_user("이나무", department=make_department("연구소"), employee_no="7002")
    page = open_page(person, f"/portal/request/{laptop.slug}/", language="ko")
    page.check("#id_for_other", force=True)
    expect(page.locator("#id_beneficiary")).to_be_focused()
    page.keyboard.type("이나무")
    page.get_by_role("option", name=re.compile("연구소 · 7002")).click()
    page.check("#q-model-1", force=True)
    page.fill("#q-when", "2099-01-04")
    page.locator(".p-send .btn--primary").click()
    page.wait_for_url(re.compile(r"/check/$"))
    page.locator(".p-send .btn--primary").click()
    page.wait_for_url(re.compile(r"/portal/request/done/"))
    assert Request.objects.get().beneficiary == other
