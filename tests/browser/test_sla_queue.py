"""The queue's clocks in a browser: they tell the time in words and shape, and move no row."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from sla.models import Clock
from tests.factories import make_agent, make_team, open_incident
from tickets import actions
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOAL = 4 * 3600
WORDS = {
    "en": ("2h 15m", "59m left", "29m left", r"9m \d0s left", "<1m over", "First response"),
    "ko": ("2시간 15분", "59분 남음", "29분 남음", r"9분 \d0초 남음", "1분 미만 초과", "최초 응답"),
}  # fmt: skip


def a_zone_where_it_is_morning() -> str:
    """So that no test runs into midnight, after which the page asks for fresh texts."""
    ahead = 6 - datetime.now(UTC).hour
    ahead += 24 if ahead < -12 else 0
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture
def agent():
    zone = a_zone_where_it_is_morning()
    return make_agent("김하나", team=make_team(), time_zone=zone)


@pytest.fixture
def tickets(agent):
    """Mine, due in two hours and a quarter; and another that nobody holds, due later."""
    mine, other = (open_incident(title, impact=1, urgency=1) for title in ("Mine", "Other"))
    actions.assign(mine, by=agent, assignee=agent)
    now = datetime.now(UTC).replace(microsecond=0)
    for ticket, left in ((mine, 8150), (other, 8350)):
        clock = Clock.objects.filter(ticket=ticket, metric="resolution")
        due = now + timedelta(seconds=left)
        clock.update(running_since=now, consumed=GOAL - left, due_at=due, goal=GOAL)
        Clock.objects.filter(ticket=ticket, metric="first_response").update(
            state="met", due_at=None, ended_at=now
        )
        Ticket.objects.filter(pk=ticket.pk).update(breaks_at=due)
    return mine, other


def opened(open_page, agent, **options):
    page = open_page(agent, "/me/preferences/", **options)
    page.clock.install()
    page.goto("/desk/q/open/")
    page.wait_for_selector("html[data-ready]")
    return page


def says(page, number, text, stage, icon):
    cell = page.locator(f"#sla-{number}")
    expect(cell.locator(".sla__text")).to_have_text(re.compile(text))
    expect(cell).to_have_attribute("data-stage", stage)
    expect(cell.locator("use")).to_have_attribute("href", re.compile(rf"#i-{icon}$"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_clocks_run_down_in_words_and_shapes_and_no_row_moves(
    open_page, accessible, agent, tickets, language
):
    mine, other = tickets
    safe, soon, imminent, last, over, _metric = WORDS[language]
    page = opened(open_page, agent, language=language)
    order = [mine.number, other.number]
    rows = page.locator("[data-row]")
    status = page.locator("#status")
    says(page, mine.number, safe, "safe", "chart-pie-2")
    page.clock.fast_forward(76 * 60 * 1000)
    says(page, mine.number, soon, "soon", "clock-hour-9")
    page.clock.run_for(1000)
    expect(status).to_have_text(f"{mine.number} · {soon}")
    page.clock.fast_forward(30 * 60 * 1000)
    says(page, mine.number, imminent, "imminent", "alert-triangle")
    page.clock.fast_forward(20 * 60 * 1000)
    says(page, mine.number, last, "imminent", "alert-triangle")
    before = page.locator(f"#sla-{mine.number} .sla__text").text_content()
    page.clock.run_for(10000)
    expect(page.locator(f"#sla-{mine.number} .sla__text")).not_to_have_text(before)
    page.clock.fast_forward((9 * 60 + 40) * 1000)
    says(page, mine.number, over, "breached", "alert-square-filled")
    page.clock.run_for(1000)
    # Said once, and nothing of what is not mine, though it came close as well.
    expect(status).to_have_text(f"{mine.number} · {over}")
    says(page, other.number, ".", "imminent", "alert-triangle")
    assert [row.get_attribute("data-row") for row in rows.all()] == order
    accessible(page)


def test_clocks_stand_still_outside_working_hours_and_while_nobody_looks(open_page, agent, tickets):
    mine, _other = tickets
    page = opened(open_page, agent)
    cell = page.locator(f"#sla-{mine.number}")
    cell.evaluate(
        """cell => {
          const at = Number(cell.dataset.at), hour = 3600;
          const [first, second] = [`${at}-${at + hour}`, `${at + 2 * hour}-${at + 9 * hour}`];
          cell.dataset.hours = `;${first}|resumes 13:00;${second}|`;
          cell.dataset.warnAt = at + 5 * hour;
          cell.dataset.urgentAt = cell.dataset.dueAt = at + 6 * hour;
        }"""
    )
    page.clock.fast_forward(61 * 60 * 1000)
    says(page, mine.number, "Paused", "paused", "player-pause")
    expect(cell.locator(".sla__due")).to_have_text("resumes 13:00")
    page.clock.fast_forward(60 * 60 * 1000)
    says(page, mine.number, "1h 14m", "safe", "chart-pie-2")
    expect(cell.locator(".sla__due")).to_have_text(re.compile("today"))
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.clock.fast_forward(10 * 60 * 1000)
    says(page, mine.number, "1h 14m", "safe", "chart-pie-2")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: false });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    says(page, mine.number, "1h 4m", "safe", "chart-pie-2")


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1440), ("ko", "dark", 1440), ("ko", "light", 390)],
)
def test_the_card_opens_by_keyboard_and_pointer_and_closes_by_escape(
    open_page, accessible, fits, agent, tickets, language, theme, width
):
    mine, _other = tickets
    page = open_page(agent, "/desk/q/open/", language=language, theme=theme, width=width)
    button = page.locator(f"#sla-{mine.number}")
    card = page.locator("#sla-card")
    button.press("Enter")
    expect(card).to_be_visible()
    expect(card).to_contain_text(WORDS[language][-1])
    expect(button).to_have_attribute("aria-expanded", "true")
    accessible(page)
    fits(page)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    if width > 768:
        button.hover()
        expect(card).to_be_visible()
        page.locator("#queue-title").hover()
        expect(card).to_be_hidden()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("ko", "light")])
def test_the_record_shows_its_targets_accessibly(
    open_page, accessible, fits, agent, tickets, language, theme
):
    mine, _other = tickets
    page = open_page(agent, mine.get_absolute_url(), language=language, theme=theme)
    expect(page.locator("#clocks .target")).to_have_count(2)
    expect(page.locator("#ticket-head .sla--chip").first).to_contain_text(WORDS[language][0])
    accessible(page)
    fits(page)
