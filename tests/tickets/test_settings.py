"""Lists that administrators keep: checked, switched off rather than deleted, audited."""

import pytest

from accounts.enums import Role
from accounts.models import AuditEvent
from core.errors import ActionError, NotAllowed
from tests.factories import make_agent, make_category, make_service, make_team, make_user
from tickets import routing
from tickets.actions import settings
from tickets.models import (
    CannedText,
    Category,
    PendingReason,
    ResolutionCode,
    RoutingRule,
    WorkTemplate,
)

pytestmark = pytest.mark.django_db
NAMED = {"name_ko": "이름", "name_en": "Name"}


@pytest.fixture
def admin():
    return make_agent(role=Role.ADMINISTRATOR)


def test_only_administrators(admin):
    row = settings.create(ResolutionCode, NAMED, by=admin)
    for role in ("", Role.AGENT, Role.TEAM_LEAD, Role.AUDITOR, Role.MANAGER):
        by = make_user(role=role)
        for act in (
            lambda by=by: settings.create(ResolutionCode, NAMED, by=by),
            lambda by=by: settings.change(row, NAMED, by=by),
            lambda by=by: settings.set_active(row, False, by=by),
            lambda by=by: settings.move(row, -1, by=by),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_a_new_row_comes_last_and_keeps_its_key(admin):
    row = settings.create(PendingReason, NAMED | {"waits_for": "supplier"}, by=admin)
    assert row.position == max(PendingReason.objects.values_list("position", flat=True))
    key = row.key
    row = settings.change(row, {"name_en": "Other name"}, by=admin)
    assert row.key == key
    twin = settings.create(PendingReason, NAMED, by=admin)
    assert twin.key != key
    assert [e.verb for e in AuditEvent.objects.order_by("id")] == ["created", "changed", "created"]


def test_a_name_in_one_language_is_enough_but_one_is_needed(admin):
    assert settings.create(ResolutionCode, {"name_ko": "조치", "name_en": ""}, by=admin).pk
    with pytest.raises(ActionError):
        settings.create(ResolutionCode, {"name_ko": " ", "name_en": ""}, by=admin)


def test_moving_swaps_neighbours_and_stops_at_the_ends(admin):
    first, second = ResolutionCode.objects.all()[:2]
    settings.move(second, -1, by=admin)
    assert list(ResolutionCode.objects.all()[:2]) == [second, first]
    settings.move(second, -1, by=admin)
    assert ResolutionCode.objects.first() == second


def test_the_last_resolution_code_stays(admin):
    *others, last = ResolutionCode.objects.all()
    for row in others:
        settings.set_active(row, False, by=admin)
    with pytest.raises(ActionError):
        settings.set_active(last, False, by=admin)


def test_categories_have_two_levels(admin):
    top = Category.objects.filter(parent=None, children__isnull=False).first()
    child = top.children.first()
    for row, parent in ((make_category(), child), (top, make_category()), (top, top)):
        with pytest.raises(ActionError) as refused:
            settings.change(row, {"parent": parent}, by=admin)
        assert refused.value.field == "parent"


def test_saved_replies_know_three_placeholders_and_run_nothing(admin):
    values = NAMED | {"body_ko": "{requester}님, {number} 건", "body_en": ""}
    assert settings.create(CannedText, values, by=admin).pk
    for body in ("{requester.password}{secret}", "{evil}"):
        with pytest.raises(ActionError) as refused:
            settings.create(CannedText, values | {"body_en": body}, by=admin)
        assert refused.value.field == "body_en"


def test_template_lines_are_cleaned(admin):
    team = make_team()
    lines = [
        {"type": "task", "title": " Reset ", "team": team.pk},
        {"type": "check", "title": "Told the user", "team": team.pk},
        {"type": "check", "title": "  ", "team": None},
    ]
    row = settings.create(WorkTemplate, NAMED | {"lines": lines}, by=admin)
    assert row.lines == [
        {"type": "task", "title": "Reset", "team": team.pk},
        {"type": "check", "title": "Told the user", "team": None},
    ]
    for bad in ([], [{"type": "run", "title": "x"}], [{"type": "task", "title": "x", "team": 0.5}]):
        with pytest.raises(ActionError):
            settings.change(row, {"lines": bad}, by=admin)


def ask(**fields):
    defaults = {"kind": "incident", "title": "x", "priority": 5, "service": None, "category": None}
    return routing.route(**(defaults | fields))


def test_the_first_rule_that_fits_decides_and_says_so(admin):
    first, second, serving, sorting = (make_team() for _n in range(4))
    service, category = make_service(team=serving), make_category(team=sorting)
    urgent = settings.create(RoutingRule, {"team": first, "priority_at_most": 2}, by=admin)
    vpn = settings.create(RoutingRule, {"team": second, "title_contains": "vpn"}, by=admin)
    assert (ask(title="VPN", priority=1).team, ask(title="VPN").team) == (first, second)
    assert ask(title="VPN").rule == vpn
    settings.move(vpn, -1, by=admin)
    assert ask(title="VPN", priority=1).rule == vpn
    settings.set_active(vpn, False, by=admin)
    assert ask(title="VPN", priority=1).rule == urgent
    assert (ask(service=service).because, ask(category=category).because) == (
        "service",
        "category",
    )
    assert ask().because == "default"


def test_a_rule_needs_an_active_team(admin):
    for team in (None, make_team(is_active=False)):
        with pytest.raises(ActionError) as refused:
            settings.create(RoutingRule, {"team": team}, by=admin)
        assert refused.value.field == "team"
