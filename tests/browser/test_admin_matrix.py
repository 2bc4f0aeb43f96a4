"""An administrator in a real browser, in both languages: matrix, lists, routing, teams."""

import pytest
from django.apps import apps

from accounts.enums import Role
from accounts.models import Team
from core import outbox
from tests.factories import PASSWORD, make_agent, make_service, make_team, make_user, open_incident
from tickets import defaults
from tickets.models import PriorityCell, ResolutionCode, RoutingRule, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin():
    defaults.install(apps)
    return make_agent("김관리", role=Role.ADMINISTRATOR, roman_name="Admin Kim")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_matrix_shows_its_effect_before_it_is_saved(open_page, accessible, admin, language):
    make_team()
    tickets = [open_incident() for _n in range(3)]
    page = open_page(admin, "/admin-ui/priority/", language=language)
    accessible(page)
    effect = page.locator("#effect")
    page.locator("[name=cell_33]").select_option("2")
    effect.locator(".admin__shift").wait_for()
    assert effect.locator(".admin__shift .num").all_inner_texts() == ["3"]
    assert PriorityCell.objects.get(impact=3, urgency=3).priority == 5
    page.locator("[name=apply_to_open]").check()
    page.locator(".admin__effect .btn--primary").click()
    page.locator(".toast").wait_for()
    outbox.dispatch_due()
    assert set(Ticket.objects.values_list("priority", flat=True)) == {2}
    assert len(tickets) == 3
    page.reload()
    assert page.locator("[name=cell_33]").input_value() == "2"


def test_lists_are_switched_and_moved_without_losing_the_focus(open_page, admin):
    first, second = ResolutionCode.objects.all()[:2]
    page = open_page(admin, "/admin-ui/lists/resolution-codes/")
    page.locator(f"#down-{first.pk}").focus()
    page.keyboard.press("Enter")
    page.locator(f"#list tr:first-child a[href*='/{second.pk}/']").wait_for()
    assert page.evaluate("document.activeElement.id") == f"down-{first.pk}"
    page.locator(f"#switch-{first.pk}").click()
    page.locator(f"#switch-{first.pk}[aria-checked=false]").wait_for()
    assert not ResolutionCode.objects.get(pk=first.pk).is_active


def test_routing_answers_while_it_is_typed(open_page, accessible, admin):
    network = make_team("Network")
    RoutingRule.objects.create(team=network, title_contains="vpn")
    page = open_page(admin, "/admin-ui/lists/routing/")
    page.locator("#id_title").press_sequentially("My VPN is slow")
    page.locator(".admin__answer strong").wait_for()
    assert page.locator(".admin__answer strong").inner_text() == "Network"
    accessible(page)


def test_a_member_is_found_by_typing_and_added(open_page, admin):
    team = make_team("Network")
    make_agent("박서준", roman_name="Seojun Park")
    page = open_page(admin, f"/admin-ui/teams/{team.pk}/", language="ko")
    page.locator(".admin__add .picker__input").press_sequentially("서준")
    page.locator(".admin__add [role=option]").filter(has_text="박서준").click()
    assert page.locator(".admin__add [name=user]").input_value()
    page.locator(".admin__add .btn").click()
    page.locator(".toast").wait_for()
    assert [user.display_name for user in Team.objects.get(pk=team.pk).members.all()] == ["박서준"]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("ko", "dark", 390)]
)
def test_axe_finds_nothing(open_page, accessible, admin, language, theme, width):
    team = make_team("네트워크", admin)
    service = make_service(team=team)
    person = make_agent("박서준", team=team)
    page = open_page(admin, "/admin-ui/", language=language, theme=theme, width=width)
    for path in (
        "/admin-ui/",
        "/admin-ui/people/",
        f"/admin-ui/people/{person.pk}/",
        f"/admin-ui/people/{person.pk}/deactivate/",
        f"/admin-ui/teams/{team.pk}/",
        "/admin-ui/roles/",
        "/admin-ui/priority/",
        "/admin-ui/lists/categories/",
        "/admin-ui/lists/task-templates/new/",
        f"/admin-ui/services/{service.pk}/",
        "/admin-ui/notices/resolved/requester/",
        "/admin-ui/outbox/",
        "/admin-ui/audit/",
        "/me/",
        "/me/preferences/",
        "/me/sessions/",
        "/me/tokens/",
    ):
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_ended_session_asks_again_over_the_page_and_keeps_what_was_typed(open_page, admin):
    make_user()
    page = open_page(admin, "/admin-ui/priority/")
    page.locator("[name=name_en_1]").fill("Urgent")
    page.context.clear_cookies(name="sessionid")
    page.locator("[name=cell_11]").select_option("2")
    dialog = page.locator("#session[open]")
    dialog.wait_for()
    dialog.locator("[type=password]").fill("not the password")
    dialog.locator(".btn--primary").click()
    dialog.locator("[data-session-error]:not([hidden])").wait_for()
    dialog.locator("[type=password]").fill(PASSWORD)
    dialog.locator(".btn--primary").click()
    dialog.wait_for(state="detached")
    assert page.locator("[name=name_en_1]").input_value() == "Urgent"
    page.locator(".admin__effect .btn--primary").click()
    page.locator(".toast").wait_for()
    assert PriorityCell.objects.get(impact=1, urgency=1).priority == 2
