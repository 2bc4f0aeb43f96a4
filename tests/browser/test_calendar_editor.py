"""An administrator agrees on service levels in a real browser: calendar, policy, publishing."""

import pytest
from django.apps import apps
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role
from core import outbox
from sla import defaults as agreements
from sla.models import Book, Calendar, Policy
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import defaults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin():
    defaults.install(apps)
    agreements.install(apps)
    return make_agent("김관리", role=Role.ADMINISTRATOR, roman_name="Admin Kim")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_week_is_written_tried_copied_and_saved(open_page, accessible, fits, admin, language):
    calendar = Calendar.objects.get(key="business")
    page = open_page(admin, f"/admin-ui/calendars/{calendar.pk}/", language=language)
    accessible(page)
    page.locator("[name=opened]").fill("2026-11-20T17:00")
    page.locator("[name=opened]").blur()
    page.locator("#effect time[datetime='2026-11-23T08:00:00+00:00']").wait_for()
    page.locator("[name=day_0]").fill("22:00-06:00")
    page.locator("[name=day_0]").blur()
    page.locator("#effect svg:nth-of-type(2) .weekbar__work").first.wait_for()
    page.locator("#effect time[datetime='2026-11-23T08:00:00+00:00']").wait_for(state="detached")
    page.locator("[name=fill][value=monday]").click()
    expect(page.locator("[name=day_4]")).to_have_value("22:00-06:00")
    calendar.refresh_from_db()
    assert calendar.week[4] == [[32400, 43200], [46800, 64800]]
    page.locator("[name=day_4]").fill("nine to five")
    page.locator("#calendar .btn--primary").click()
    page.locator(".error-summary").wait_for()
    assert page.locator("[name=day_4]").input_value() == "nine to five"
    accessible(page)
    page.locator("[name=day_4]").fill("09:00-13:00")
    page.locator("#calendar .btn--primary").click()
    page.locator(".toast").wait_for()
    calendar.refresh_from_db()
    assert calendar.week[3:5] == [[[79200, 108000]], [[32400, 46800]]]
    page.locator(".banner").wait_for()
    fits(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_country_brings_its_regions_and_days(open_page, admin, language):
    page = open_page(admin, "/admin-ui/calendars/new/", language=language)
    page.locator("[name=name_en]").fill("California")
    page.locator("[name=country]").select_option("US")
    page.locator("[name=region] option[value=CA]").wait_for(state="attached")
    page.locator("[name=region]").select_option("CA")
    page.locator("#calendar .btn--primary").click()
    page.locator("#days").wait_for()
    calendar = Calendar.objects.get(name_en="California")
    this = timezone.localdate().year
    assert calendar.days.filter(day=f"{this}-07-04").exists()
    page.locator("[name=day]").fill(f"{this}-12-31")
    page.locator("#days [name=name_en]").fill("Year end")
    page.locator("#days form[action$='/days/'] .btn").click()
    page.locator(".toast").wait_for()
    assert calendar.days.get(day=f"{this}-12-31").name_en == "Year end"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_policy_is_edited_and_published_with_its_effect(open_page, accessible, admin, language):
    make_team()
    ticket = open_incident(by=make_user())
    standard = Policy.objects.get(name_en="Standard service level")
    page = open_page(admin, f"/admin-ui/policies/{standard.pk}/", language=language)
    accessible(page)
    page.locator("[name=goal_resolution_0]").fill("2시간" if language == "ko" else "2h")
    page.locator("[name=more]").click()
    expect(page.locator("fieldset.escalation")).to_have_count(5)
    page.locator("[name=step-3-percent]").fill("30")
    page.locator("[name=step-3-who][value=lead]").check()
    page.locator("main form.form .btn--primary").click()
    page.locator(".toast").wait_for()
    assert standard.targets.get(metric="resolution", priority=None).goal == 7200
    assert standard.steps.filter(percent=30).exists()
    page.goto("/admin-ui/policies/")
    page.locator("[name=number]").fill(ticket.number)
    page.locator("#match form .btn").last.click()
    page.locator(".tried .is-it").wait_for()
    accessible(page)
    page.goto("/admin-ui/publish/")
    page.wait_for_selector("html[data-ready]")
    accessible(page)
    page.locator("[name=reach][value=new]").check()
    page.locator("#impact .effects").wait_for(state="detached")
    page.locator("[name=reach][value=open]").check()
    page.locator("#impact .effects [data-effect=earlier] dd").wait_for()
    assert page.locator("#impact [data-effect=earlier] dd").inner_text() == "1"
    page.locator("main form.form > .form__actions .btn--primary").click()
    page.locator("#following progress").wait_for()
    outbox.dispatch_due()
    page.locator("#following progress").wait_for(state="detached")
    assert Book.objects.latest("pk").reach == "open"
    accessible(page)


def test_policies_move_by_keyboard_without_losing_the_focus(open_page, admin):
    first, second = Policy.objects.order_by("position")
    page = open_page(admin, "/admin-ui/policies/")
    page.locator(f"#down-{first.pk}").focus()
    page.keyboard.press("Enter")
    page.locator(f"#policies tbody tr:first-child a[href*='/{second.pk}/']").wait_for()
    assert page.evaluate("document.activeElement.id") == f"down-{first.pk}"
    assert list(Policy.objects.order_by("position")) == [second, first]


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_everything_fits_a_phone(open_page, accessible, fits, admin, language, theme):
    open_incident(by=make_user())
    page = open_page(admin, "/admin-ui/calendars/", language=language, theme=theme, width=390)
    calendar, policy = Calendar.objects.get(key="business"), Policy.objects.first()
    for path in (
        "/admin-ui/calendars/",
        f"/admin-ui/calendars/{calendar.pk}/",
        "/admin-ui/policies/",
        f"/admin-ui/policies/{policy.pk}/",
        "/admin-ui/publish/",
        f"/admin-ui/publish/{Book.objects.latest('pk').pk}/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        fits(page)
