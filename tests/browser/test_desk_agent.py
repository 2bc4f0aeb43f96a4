"""An agent's day: by keyboard alone, with the Hangul input mode on, and beside a colleague."""

import re

import pytest
from playwright.sync_api import Page, expect

from desk.actions.display import set_display
from desk.columns import COLUMNS
from tests.factories import (
    PASSWORD,
    make_agent,
    make_category,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions
from tickets.models import CannedText, Comment, Seen, Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
JAMO = {
    "j": "ㅓ",
    "k": "ㅏ",
    "r": "ㄱ",
    "m": "ㅡ",
    "s": "ㄴ",
    "a": "ㅁ",
    "i": "ㅑ",
    "u": "ㅕ",
    "o": "ㅐ",
}


@pytest.fixture
def team():
    return make_team("Infra")


@pytest.fixture
def agent(team):
    return make_agent("김하늘", team, roman_name="Haneul Kim")


@pytest.fixture
def tickets(team):
    requester = make_user("이서연", roman_name="Seoyeon Lee")
    service = make_service("VPN", team)
    return [
        open_incident(f"Trouble {n}", by=requester, service=service, team=None, tags=["a"])
        for n in range(6)
    ]


def press(page: Page, key: str, hangul: bool) -> None:
    """A physical key, with the Hangul input mode on or off."""
    if not hangul or key not in JAMO:
        page.keyboard.press(key)
        return
    page.evaluate(
        """([key, code]) => (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))""",
        [JAMO[key], f"Key{key.upper()}"],
    )


@pytest.mark.parametrize("hangul", [False, True], ids=["latin", "hangul"])
def test_take_answer_and_resolve_by_keyboard_alone(open_page, agent, tickets, hangul):
    resolution()
    page = open_page(agent, "/desk/q/unassigned/")
    press(page, "j", hangul)
    press(page, "j", hangul)
    second = page.locator("[data-row]").nth(1)
    expect(second).to_have_class(re.compile("is-current"))
    number = second.get_attribute("data-row")
    press(page, "o", hangul)
    page.wait_for_url(f"**/inc/{number}/")
    page.wait_for_selector("html[data-ready]")

    press(page, "i", hangul)
    expect(page.locator("#act-assignee-page")).to_contain_text("Haneul Kim")
    assert Ticket.objects.get(number=number).assignee == agent

    press(page, "r", hangul)
    expect(page.locator("#reply-body")).to_be_focused()
    page.keyboard.type("Please restart the client.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Please restart the client.")
    assert Comment.objects.get().visibility == "public"

    press(page, "s", hangul)
    expect(page.locator("#pop .menu__item").first).to_be_focused()
    for _step in range(10):
        if "Resolve" in page.evaluate("document.activeElement.textContent"):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.locator("#modal")
    expect(dialog).to_be_visible()
    for _field in range(3):
        name = page.evaluate("document.activeElement.name")
        if name in ("resolution_code", "cause_category"):
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type("Restarted the gateway.")
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#act-status-page")).to_contain_text("Resolved")
    assert Ticket.objects.get(number=number).status == "resolved"

    press(page, "u", hangul)
    page.wait_for_url("**/desk/q/unassigned/")


def test_keys_are_letters_while_typing_and_when_switched_off(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/open/")
    page.focus("#filter-text")
    page.keyboard.type("jjx")
    expect(page.locator("#filter-text")).to_have_value("jjx")
    expect(page.locator("[data-row].is-current")).to_have_count(0)
    agent.shortcuts = False
    agent.save(update_fields=["shortcuts"])
    page.goto("/desk/q/open/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_have_count(0)


def test_a_half_composed_syllable_is_sent_whole_and_once(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.fill("#reply-body", "확인하겠습니다")
    page.evaluate(
        """() => {
            const text = document.getElementById("reply-body");
            const fire = (type, init) => text.dispatchEvent(
                new KeyboardEvent(type, {bubbles: true, cancelable: true, ...init}));
            text.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
            fire("keydown", {key: "Enter", code: "Enter", ctrlKey: true, isComposing: true});
            text.value += "!";
            text.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true}));
        }"""
    )
    expect(page.locator("#timeline")).to_contain_text("확인하겠습니다!")
    assert Comment.objects.count() == 1


def test_bare_enter_never_sends(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("m")
    page.keyboard.type("line one")
    page.keyboard.press("Enter")
    page.keyboard.type("line two")
    expect(page.locator("#memo-body")).to_have_value("line one\nline two")
    assert not Comment.objects.exists()


def test_no_mode_until_one_is_chosen_and_undo_gives_the_text_back(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    expect(page.locator("form[data-mode]:visible")).to_have_count(0)
    page.click("#compose-memo")
    expect(page.locator("form[data-mode=memo]")).to_contain_text("not visible to the requester")
    page.fill("#memo-body", "Wrong record")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#memo-body")).to_have_value("Wrong record")
    expect(page.locator("#timeline")).not_to_contain_text("Wrong record")


def test_a_reply_goes_out_with_the_resolution_and_leaves_no_draft(open_page, agent, tickets):
    answers = resolution()
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.keyboard.type("It works again.")
    page.keyboard.press("Control+Shift+Enter")
    page.get_by_role("button", name="Send and resolve").click()
    dialog = page.locator("#modal")
    expect(dialog.locator("[name=reply]")).to_have_value("It works again.")
    dialog.locator("[name=resolution_code]").select_option(str(answers["resolution_code"].pk))
    dialog.locator("[name=cause_category]").select_option(str(answers["cause_category"].pk))
    dialog.locator("[data-submit]").click()
    expect(page.locator("#act-status-page")).to_contain_text("Resolved")
    expect(page.locator("#timeline")).to_contain_text("It works again.")
    expect(page.locator("form[data-mode]:visible")).to_have_count(0)
    expect(page.locator("#compose-reply [data-has-draft]")).to_be_hidden()


def test_a_step_beside_an_open_reply_leaves_the_text_alone(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.keyboard.type("Still writing")
    page.click("#act-take-page")
    expect(page.locator("#act-assignee-page")).to_contain_text("Haneul Kim")
    expect(page.locator("#reply-body")).to_have_value("Still writing")


def test_saved_replies_are_put_into_the_text(open_page, agent, tickets):
    CannedText.objects.create(key="hi", name_en="Greeting", body_en="Dear {requester},")
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.get_by_role("button", name="Saved replies").click()
    page.get_by_role("button", name="Greeting").click()
    expect(page.locator("#reply-body")).to_have_value("Dear Seoyeon Lee,")


def test_what_is_typed_is_kept_on_the_server(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    expect(page.locator("form[data-mode=reply] [data-draft-state]")).to_have_text("Draft saved")
    page.goto("/desk/q/open/")
    page.goto(f"/inc/{tickets[0].number}/")
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#compose-reply [data-has-draft]")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#reply-body")).to_have_value("Half a sentence")


def test_two_agents_collide_on_one_field_and_lose_nothing(open_page, agent, team, tickets):
    colleague = make_agent("박준호", team, roman_name="Junho Park")
    path = f"/inc/{tickets[0].number}/"
    mine, theirs = open_page(agent, path), open_page(colleague, path)
    theirs.select_option("#in-impact", "1")
    expect(theirs.locator("#prop-impact .prop__saved")).to_be_attached()
    # Another field goes through although the page is older.
    mine.select_option("#in-urgency", "2")
    expect(mine.locator("#prop-urgency .prop__saved")).to_be_attached()
    mine.select_option("#in-impact", "2")
    clash = mine.locator("#prop-impact .conflict")
    expect(clash).to_contain_text("Junho Park")
    expect(clash).to_contain_text("High")
    expect(clash).to_contain_text("Medium")
    assert Ticket.objects.get(pk=tickets[0].pk).impact == 1
    clash.get_by_role("button", name="Use mine").click()
    expect(mine.locator("#prop-impact .conflict")).to_have_count(0)
    fresh = Ticket.objects.get(pk=tickets[0].pk)
    assert (fresh.impact, fresh.urgency) == (2, 2)


def test_the_preview_opens_closes_and_gives_the_focus_back(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/open/")
    page.keyboard.press("j")
    page.keyboard.press(" ")
    expect(page.locator("#peek [data-peek-title]")).to_be_focused()
    assert "peek=INC-" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    expect(page.locator("[data-row-link]").first).to_be_focused()
    page.locator("[data-row] .q-sub").nth(2).click()
    expect(page.locator("#peek [data-peek-title]")).to_have_text(
        page.locator("[data-row-link]").nth(2).inner_text().removeprefix("Unread:").strip()
    )
    page.go_back()
    expect(page.locator("#peek")).to_be_hidden()


def test_status_and_assignee_change_in_the_row_and_focus_stays_there(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/open/?sort=number")
    row = page.locator("[data-row]").first
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#pop")).to_contain_text("Assign to me")
    page.get_by_role("button", name="Assign to me").click()
    expect(row).to_contain_text("Haneul Kim")
    page.keyboard.press("s")
    page.locator("#pop .menu__item", has_text="Start work").click()
    expect(row).to_contain_text("In progress")
    assert page.evaluate("document.activeElement.closest('[data-row]') !== null")


def test_changes_from_elsewhere_move_no_row(open_page, agent, team, tickets):
    page = open_page(agent, "/desk/q/unassigned/?sort=number")
    boxes = (
        "[...document.querySelectorAll('[data-row]')].map(r => [r.id, r.getBoundingClientRect().y])"
    )
    before = page.evaluate(boxes)
    actions.assign(tickets[0], by=agent, assignee=agent)
    actions.edit(tickets[1], {"title": "Renamed elsewhere"}, by=agent)
    open_incident("Newcomer", by=make_user())
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ticket:changed'))")
    expect(page.locator("#queue-pill")).to_be_visible()
    expect(page.locator(f"#row-{tickets[1].number}")).to_contain_text("Renamed elsewhere")
    expect(page.locator(f"#row-{tickets[0].number}")).to_have_class(re.compile("is-gone"))
    assert page.evaluate(boxes) == before
    page.locator("#queue-pill a").click()
    expect(page.locator("[data-row]")).to_have_count(6)


def test_filters_are_chosen_shown_removed_and_undone_by_back(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/open/")
    page.click("#add-filter")
    page.locator(".submenu summary", has_text="Priority").click()
    page.get_by_label("P5", exact=True).check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip", has_text="P5")).to_be_visible()
    assert "f.priority=5" in page.url
    expect(page.locator("[data-row]")).to_have_count(6)
    page.click("#off-priority")
    expect(page.locator("#off-priority")).to_have_count(0)
    page.go_back()
    expect(page.locator(".chip", has_text="P5")).to_be_visible()


def test_an_ended_session_is_renewed_over_the_page(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.keyboard.press("r")
    page.keyboard.type("Not lost")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("#session")
    expect(dialog).to_be_visible()
    dialog.locator("[type=password]").fill(PASSWORD)
    dialog.locator(".btn--primary").click()
    expect(dialog).not_to_be_visible()
    expect(page.locator("#reply-body")).to_have_value("Not lost")
    page.focus("#reply-body")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Not lost")


def test_links_tasks_and_checks_from_the_side_panels(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    page.click("#tab-tasks")
    page.fill("#new-line", "Tell the users")
    page.keyboard.press("Enter")
    expect(page.locator(".checkline")).to_contain_text("Tell the users")
    page.locator(".checkline input[type=checkbox]").check()
    expect(page.locator(".checkline.is-done")).to_be_visible()
    page.fill("#new-task", "Collect logs")
    page.keyboard.press("Enter")
    page.locator("#panel button[value=done]").click()
    expect(page.locator("#timeline")).to_contain_text("Collect logs: Done")
    page.click("#tab-links")
    page.get_by_role("button", name="Add a link").click()
    page.fill("#id_target", tickets[1].number)
    page.locator("#modal [data-submit]").click()
    expect(page.locator("#panel")).to_contain_text(tickets[1].number)


def test_a_new_record_is_written_and_opened(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/open/")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/new/")
    page.wait_for_selector("html[data-ready]")
    page.fill("#id_requester", "이서")
    page.locator("#id_requester_list [role=option]", has_text="Seoyeon Lee").click()
    page.fill("#id_title", "Screen stays dark")
    page.select_option("#id_impact", "1")
    page.select_option("#id_urgency", "1")
    expect(page.locator("[data-priority]")).to_contain_text("P1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inc/INC-*/")
    expect(page.locator("#ticket-title")).to_contain_text("Screen stays dark")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_axe_finds_nothing(open_page, accessible, agent, tickets, language, theme):
    ticket = tickets[0]
    actions.assign(ticket, by=agent, assignee=agent)
    actions.comment(ticket, "Public", by=agent)
    actions.comment(ticket, "Note", by=agent, visibility="internal")
    actions.edit(ticket, {"items": [make_item()], "category": make_category()}, by=agent)
    actions.transition(tickets[1], "pend", by=agent, pending_reason=waiting_for_requester())
    Seen.objects.create(user=agent, ticket=tickets[2], version=99)
    page = open_page(agent, "/desk/q/open/", language=language, theme=theme)
    accessible(page)
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.wait_for_selector("#peek [data-peek-title]")
    accessible(page)
    for path in (
        f"/inc/{ticket.number}/",
        "/desk/new/",
        "/search/?q=Trouble",
        f"/inc/{ticket.number}/print/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
    page.goto(f"/inc/{ticket.number}/")
    page.wait_for_selector("html[data-ready]")
    for key in ("m", "Escape", "r"):
        page.keyboard.press(key)
    accessible(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_sign_in_is_accessible(chromium, live_server, accessible, fits, language):
    for scheme, width in (("light", 1440), ("dark", 390)):
        context = chromium.new_context(
            locale="ko-KR" if language == "ko" else "en-US",
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
        )
        page = context.new_page()
        page.goto(f"{live_server.url}/login/")
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        fits(page)
        context.close()


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024, 1920])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_page_scrolls_sideways(open_page, fits, agent, tickets, width, language):
    long = "아주긴제목" * 12 + " " + "Unbreakable" * 12
    actions.edit(tickets[0], {"title": long, "description": "x" * 400}, by=agent)
    page = open_page(agent, "/desk/q/open/", width=width, language=language)
    fits(page)
    for path in (f"/inc/{tickets[0].number}/", "/desk/new/", "/search/?q=Trouble"):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        fits(page)
    page.goto(f"/inc/{tickets[0].number}/")
    page.wait_for_selector("html[data-ready]")
    page.click("#compose-reply")
    fits(page)


def test_the_page_keeps_its_shape_through_every_answer(open_page, agent, tickets):
    page = open_page(agent, f"/inc/{tickets[0].number}/")
    shape = """() => ["#ticket-head", "#thread", "#panel", "#composer"].map((name) => {
        const box = document.querySelector(name).getBoundingClientRect();
        return [Math.round(box.left), Math.round(box.width)];
    })"""
    before = page.evaluate(shape)
    for number in range(2):
        page.keyboard.press("r")
        page.keyboard.type(f"Answer {number}")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#timeline")).to_contain_text(f"Answer {number}")
        assert page.evaluate(shape) == before
    page.click("#act-take-page")
    expect(page.locator("#act-assignee-page")).to_contain_text("Haneul Kim")
    assert page.evaluate(shape) == before
    for name in ("ticket-head", "people", "resolution", "composer"):
        expect(page.locator(f"#{name}")).to_have_count(1)


def test_a_filter_leaves_the_list_neither_dimmed_nor_without_focus(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/all/")
    page.locator("#add-filter").click()
    page.locator(".submenu > summary", has_text="Priority").click()
    page.locator("#filter-priority").get_by_label("P3").check()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"f\.priority=3"))
    expect(page.locator("#chip-priority")).to_be_focused()
    page.wait_for_timeout(300)  # longer than the delay before a list is shown as busy
    expect(page.locator("#queue")).not_to_have_attribute("aria-busy", "true")


def test_columns_are_chosen_without_losing_the_place(open_page, agent, tickets):
    page = open_page(agent, "/desk/q/all/")
    page.locator("#display-menu > summary").click()
    box = page.locator("#display-menu").get_by_label("Category")
    box.focus()
    with page.expect_response(re.compile(r"/desk/q/all/(\?|$)")):
        page.keyboard.press("Space")
    expect(page.locator("th.q-category")).to_be_visible()
    expect(box).to_be_focused()


def test_the_title_stays_readable_whatever_columns_and_panes_are_open(
    open_page, agent, tickets, fits
):
    set_display(by=agent, columns=list(COLUMNS))
    page = open_page(agent, "/desk/q/all/")
    title = page.locator(f"#row-{tickets[0].number} .q-title")
    assert title.bounding_box()["width"] > 200
    title.locator("a").focus()
    page.keyboard.press("Space")
    expect(page.locator("#peek")).to_be_visible()
    assert title.bounding_box()["width"] > 200
    fits(page)


def test_the_time_to_undo_ends_without_dropping_the_focus(open_page, agent, tickets):
    page = open_page(agent, tickets[0].get_absolute_url())
    page.keyboard.press("m")
    page.keyboard.type("Looked at the logs")
    page.keyboard.press("Control+Enter")
    undo = page.locator("[data-undo] button")
    expect(undo).to_be_focused()
    expect(undo).to_have_count(0, timeout=15000)
    expect(page.locator("[data-compose]").first).to_be_focused()


def test_title_and_description_give_the_focus_back_when_saved(open_page, agent, tickets):
    page = open_page(agent, tickets[0].get_absolute_url())
    page.locator("#title-edit").click()
    page.locator("#title-input").fill("Another title")
    page.keyboard.press("Enter")
    expect(page.locator("#title-edit")).to_have_text("Another title")
    expect(page.locator("#title-edit")).to_be_focused()
    page.locator("#description-edit").click()
    page.locator("#id_description").fill("What was seen")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("What was seen")
    expect(page.locator("#description-edit")).to_be_focused()
