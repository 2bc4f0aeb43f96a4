"""Somebody builds an offering from nothing with the keyboard, tries it and publishes it."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.enums import Role
from catalog.actions import offerings, parts
from catalog.models import Offering, Shelf
from catalog.queries.editing import draft_of
from tests.adminui.test_catalog_editor import laptop, text
from tests.factories import make_agent, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin():
    return make_agent("김관리", role=Role.ADMINISTRATOR, roman_name="Admin Kim")


@pytest.fixture
def shelf():
    return Shelf.objects.create(slug="devices", name_ko="기기", name_en="Devices")


def _type(page: Page, selector: str, words: str) -> None:
    """Into a field by keyboard alone, and on to the next one."""
    page.locator(selector).focus()
    page.keyboard.type(words)
    page.keyboard.press("Tab")


def _press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).focus()
    page.keyboard.press(key)


def _saved(page: Page) -> None:
    expect(page.locator("[data-save-state] time")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_offering_is_built_and_published_by_keyboard(
    open_page, accessible, fits, admin, shelf, language
):
    team = make_team("구매팀")
    page = open_page(admin, "/admin-ui/catalog/new/", language=language)
    _type(page, "[name=name_ko]", "노트북")
    _type(page, "[name=name_en]", "Laptop")
    page.locator("[name=shelf]").select_option(str(shelf.pk))
    _press(page, "[name=name_en]")
    page.wait_for_url("**/admin-ui/catalog/*/")
    page.wait_for_selector("html[data-ready]")
    offering = Offering.objects.get()
    accessible(page)

    _type(page, "[name=summary_ko]", "들고 다니는 컴퓨터")
    _type(page, "[name=summary_en]", "A computer to carry")
    _saved(page)
    expect(page.locator("#problems a")).to_have_count(0)

    page.goto(f"/admin-ui/catalog/{offering.pk}/form/")
    page.wait_for_selector("html[data-ready]")
    _type(page, "#new-label-", "Model")
    page.locator("#new-type-").select_option("choice")
    _press(page, "#new-label-")
    page.locator("[name=label_en]").wait_for()
    # The text of the question went into the language of whoever wrote it.
    if language == "ko":
        page.locator("[name=label_ko]").fill("모델")
        page.locator("[name=label_ko]").blur()
    for number, (ko, en, price) in enumerate((("에어", "Air", "1500000"), ("프로", "Pro", ""))):
        _press(page, "#option-more")
        expect(page.locator(f"#option-{number}-ko")).to_be_focused()
        page.keyboard.type(ko)
        page.keyboard.press("Tab")
        page.keyboard.type(en)
        page.keyboard.press("Tab")
        page.keyboard.type(price)
        page.keyboard.press("Tab")
        key = f"[name=option-{number}-key]:not([value=''])"
        page.locator(key).wait_for(state="attached")
    accessible(page)

    section = draft_of(offering).data["form"]["sections"][0]["key"]
    _type(page, f"#new-label-{section}", "Why")
    page.locator(f"#new-type-{section}").select_option("long_text")
    _press(page, f"#add-{section}")
    page.locator("#if-group").wait_for()
    _press(page, "#if-group")
    expect(page.locator("#if-0-0-field")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.locator("#if-0-0-value").wait_for()
    page.locator("#if-0-0-value").select_option(label="프로" if language == "ko" else "Pro")
    page.locator(".designer__row.is-current .meta", has_text="Pro").or_(
        page.locator(".designer__row.is-current .meta", has_text="프로")
    ).wait_for()
    accessible(page)
    fits(page)

    page.goto(f"/admin-ui/catalog/{offering.pk}/tasks/")
    page.wait_for_selector("html[data-ready]")
    _press(page, "#add-task")
    page.locator("[name=title_en]").wait_for()
    page.locator("[name=title_en]").fill("Buy")
    page.locator("[name=team]").select_option(str(team.pk))
    page.locator(".plan__team").wait_for(state="attached")
    _press(page, "#add-task")
    expect(page.locator(".plan__box")).to_have_count(2)
    page.locator("[name=title_en]").fill("Set up")
    page.locator("[name=team]").select_option(str(team.pk))
    expect(page.locator(".plan__team")).to_have_count(2)
    accessible(page)

    page.goto(f"/admin-ui/catalog/{offering.pk}/promise/")
    page.wait_for_selector("html[data-ready]")
    page.locator("[name=payer][value=department]").focus()
    page.keyboard.press("Space")
    expect(page.locator("#problems a")).to_have_count(0)
    accessible(page)

    page.goto(f"/admin-ui/catalog/{offering.pk}/try/")
    page.wait_for_selector("html[data-ready]")
    air, pro = page.locator("fieldset[id^=a-] input[type=radio]").all()
    air.check()
    page.locator(".tryout__total", has_text="1,500,000").wait_for()
    pro.check()
    page.locator(".tryout textarea").wait_for()
    accessible(page)
    fits(page)

    page.goto(f"/admin-ui/catalog/{offering.pk}/publish/")
    page.wait_for_selector("html[data-ready]")
    accessible(page)
    _type(page, "[name=note]", "First")
    _press(page, "form.measure .btn--primary")
    page.wait_for_url("**/versions/")
    offering.refresh_from_db()
    assert offering.live.number == 1
    data = offering.live.data
    model, why = data["form"]["sections"][0]["fields"]
    assert why["shown_if"]["value"] == model["options"][1]["key"]
    assert data["tasks"][1]["after"] == [data["tasks"][0]["key"]]
    accessible(page)


def test_what_is_typed_is_saved_before_the_page_is_left(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/texts/")
    page.locator("[name=summary_en]").fill("Typed last")
    page.locator("#part-promise").click()
    page.wait_for_url("**/promise/")
    assert draft_of(offering).data["summary"]["en"] == "Typed last"


def _hold(page: Page) -> list[Route]:
    """The next request that saves waits until its route is continued."""
    held: list[Route] = []

    def take(route: Route) -> None:
        if held or route.request.method != "POST":
            route.continue_()
        else:
            held.append(route)

    page.route("**/admin-ui/catalog/**", take)
    return held


def _options(offering: Offering) -> list[tuple[str, str, str]]:
    options = parts.question(draft_of(offering).data, "model")["options"]
    return [(one["key"], one["label"]["en"], one["price"]) for one in options]


def test_what_is_typed_while_a_save_is_under_way_stays(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/form/?at=model")
    held = _hold(page)
    _type(page, "#new-label-device", "Not sent yet")
    for number, (name, price) in enumerate((("Thin", "100"), ("Thick", "200"))):
        page.locator(f"#option-{number}-en").fill(name)
        page.locator(f"#option-{number}-price").fill(price)
    # A button that only has the focus has not been pressed.
    page.locator("#option-drop-1").focus()
    assert len(held) == 1
    with page.expect_response(lambda answer: "Thick" in (answer.request.post_data or "")):
        held[0].continue_()
    expect(page.locator("[data-save-state] time")).to_have_count(1)
    expect(page.locator("#option-1-en")).to_have_value("Thick")
    expect(page.locator("#new-label-device")).to_have_value("Not sent yet")
    assert _options(offering) == [("air", "Thin", "100"), ("pro", "Thick", "200")]


def test_a_button_pressed_works_on_what_was_typed_after_it(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/form/?at=model")
    held = _hold(page)
    _press(page, "#option-down-0")
    page.locator("#option-0-en").fill("Thin")
    page.locator("#option-1-en").fill("Thick")
    page.locator("#option-1-price").focus()
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#option-1-en")).to_have_value("Thin")
    expect(page.locator("#option-0-en")).to_have_value("Thick")
    assert [one[:2] for one in _options(offering)] == [("pro", "Thick"), ("air", "Thin")]


def test_another_question_opens_when_this_one_is_saved(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/form/?at=model")
    held = _hold(page)
    page.locator("[name=label_en]").fill("Machine")
    page.locator("#open-why").click()
    expect(page.locator("[name=label_en]")).to_have_value("Machine")
    held[0].continue_()
    expect(page.locator("[name=label_en]")).to_have_value("Why the bigger one?")
    assert parts.question(draft_of(offering).data, "model")["label"]["en"] == "Machine"


def test_a_question_is_dragged_to_another_place(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/form/?at=why")
    page.locator("[data-question=why]").drag_to(page.locator("[data-question=model]"))
    expect(page.locator(".designer__row").first).to_have_attribute("data-question", "why")
    assert [one["key"] for one in parts.questions(draft_of(offering).data)] == ["why", "model"]


def test_moving_a_question_keeps_the_focus(open_page, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/form/")
    _press(page, "#down-model")
    expect(page.locator(".designer__row").first).to_have_attribute("data-question", "why")
    expect(page.locator("#up-model")).to_be_focused()


def test_two_editors_choose_which_text_stays(open_page, accessible, admin, shelf):
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=laptop())
    page = open_page(admin, f"/admin-ui/catalog/{offering.pk}/texts/")
    data = draft_of(offering).data | {"summary": text("Theirs", "그쪽")}
    offerings.save_draft(offering, data, edition=None, by=admin)
    page.locator("[name=summary_en]").fill("Mine")
    page.locator("[name=summary_en]").blur()
    page.locator(".clash").wait_for()
    accessible(page)
    page.locator(".clash button[name=over]").click()
    page.locator(".clash").wait_for(state="detached")
    assert draft_of(offering).data["summary"]["en"] == "Mine"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_approval_policy_is_built_and_its_line_shown(
    open_page, accessible, fits, admin, language
):
    make_user("이팀장")
    page = open_page(admin, "/admin-ui/approvals/new/", language=language)
    page.locator("[name=name_en]").fill("By amount")
    accessible(page)
    _press(page, "#stage-add")
    expect(page.locator("fieldset.stage")).to_have_count(2)
    page.locator("#s1-w0-type").select_option("role")
    page.locator("#s1-w0-role").wait_for()
    page.locator("#s1-w0-role").select_option("administrator")
    page.locator("#s1-decided").select_option("share")
    page.locator("#s1-rounding").wait_for()
    _press(page, "#final-add")
    page.locator("#f0-if-value").fill("1000000")
    page.locator("#f0-stage").select_option("0")
    accessible(page)
    page.locator("#line-try").click()
    page.locator("#line .field__error, #line .aline").first.wait_for()
    page.locator("form#policy > .form__actions .btn--primary").click()
    page.wait_for_url(re.compile(r"/approvals/\d+/$"))
    assert ApprovalPolicy.objects.get().data["stages"][1]["share"] == 50
    accessible(page)
    fits(page)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_everything_fits_a_phone(open_page, accessible, fits, admin, shelf, language, theme):
    team = make_team("구매팀")
    offering = offerings.create(
        {"name_en": "Laptop", "name_ko": "노트북", "shelf": shelf}, by=None, data=laptop(team.pk)
    )
    offerings.publish(offering, by=admin)
    page = open_page(admin, "/admin-ui/catalog/", language=language, theme=theme, width=390)
    base = f"/admin-ui/catalog/{offering.pk}"
    for path in (
        "/admin-ui/catalog/",
        "/admin-ui/catalog/shelves/",
        "/admin-ui/catalog/import/",
        f"{base}/texts/",
        f"{base}/form/?at=model",
        f"{base}/form/?at=why",
        f"{base}/tasks/?at=set_up",
        f"{base}/audience/",
        f"{base}/bundle/?at=new",
        f"{base}/try/",
        f"{base}/publish/",
        f"{base}/versions/",
        "/admin-ui/approvals/",
        "/admin-ui/approvals/new/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        fits(page)
