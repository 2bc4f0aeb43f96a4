"""The report in a browser: read on any screen, in both languages, on paper; numbers open lists."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from sla.actions import publish
from sla.actions.rollup import roll_up
from tests.factories import make_user, waiting_for_requester, waiting_for_supplier
from tests.sla.lives import write_lives

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager():
    waiting_for_requester(), waiting_for_supplier()
    publish(by=None, reach="all")
    write_lives(80, now=timezone.now())
    while roll_up():
        pass
    return make_user("최관리", role="manager")


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(1440, "light", "en"), (1440, "dark", "ko"), (390, "light", "ko"), (390, "dark", "en")],
)
def test_it_is_accessible_and_fits(open_page, accessible, fits, manager, width, theme, language):
    page = open_page(
        manager, "/desk/sla/?range=year&group=team", width=width, theme=theme, language=language
    )
    accessible(page)
    fits(page)
    page.locator("#chart-mttr details summary").click()
    expect(page.locator("#chart-mttr table")).to_be_visible()
    fits(page)


def test_a_number_opens_as_many_records(open_page, accessible, fits, manager):
    page = open_page(manager, "/desk/sla/?range=quarter&group=priority")
    counted = page.locator("#kpi-resolved .kpi__value").inner_text()
    page.locator("#kpi-resolved .kpi__value a").click()
    page.get_by_role("heading", name="Resolved in the period").wait_for()
    rows = page.locator("tbody tr").count()
    hidden = page.locator(".banner__body")
    away = int(hidden.inner_text().split()[0]) if hidden.count() else 0
    assert rows + away == int(counted)
    accessible(page)
    page.get_by_role("link", name="Back to the report").click()
    expect(page.locator("#kpi-resolved .kpi__value")).to_have_text(counted)


def test_a_filter_is_kept_in_the_address(open_page, manager):
    page = open_page(manager, "/desk/sla/?range=year")
    page.locator("select[name=priority]").select_option("1")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**priority=1**")
    assert "range=year" in page.url
    expect(page.locator("select[name=priority]")).to_have_value("1")
    page.get_by_role("link", name="This month").click()
    page.wait_for_url("**range=month**")
    assert "priority=1" in page.url


def test_it_prints_its_figures_and_charts(open_page, manager):
    page = open_page(manager, "/desk/sla/?range=year", theme="dark")
    page.emulate_media(media="print")
    assert page.locator(".report__filter").is_hidden()
    assert page.locator("#kpi-mttr").is_visible()
    assert page.locator("#chart-kept svg.chart__svg").is_visible()
