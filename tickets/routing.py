"""Who gets a new record: a rule, else the service's or category's team, else the default team."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Routing
from accounts.models import Team, User
from accounts.queries import on_duty
from cmdb.models import Service
from core import options
from core.errors import ActionError
from tickets.models import Category, RoutingRule
from tickets.models.ticket import OPEN


@dataclass(frozen=True)
class Routed:
    """A team, and why this one: by a rule, the service, the category, or for want of those."""

    team: Team
    because: Literal["rule", "service", "category", "default"]
    rule: RoutingRule | None = None


def team_for(
    *, kind: str, title: str, priority: int, service: Service | None, category: Category | None
) -> Team:
    """The team for such a record; ActionError when the organisation has no team at all."""
    return route(kind=kind, title=title, priority=priority, service=service, category=category).team


def route(
    *, kind: str, title: str, priority: int, service: Service | None, category: Category | None
) -> Routed:
    """As team_for, with the reason."""
    rules = RoutingRule.objects.filter(is_active=True, team__is_active=True).select_related("team")
    for rule in rules:
        if _matches(rule, kind, title, priority, service, category):
            return Routed(rule.team, "rule", rule)
    if service and service.support_team and service.support_team.is_active:
        return Routed(service.support_team, "service")
    if category and category.team and category.team.is_active:
        return Routed(category.team, "category")
    return Routed(_default_team(), "default")


def _matches(
    rule: RoutingRule,
    kind: str,
    title: str,
    priority: int,
    service: Service | None,
    category: Category | None,
) -> bool:
    return (
        (not rule.kind or rule.kind == kind)
        and (not rule.service_id or (service is not None and rule.service_id == service.pk))
        and (not rule.category_id or (category is not None and _within(category, rule.category_id)))
        and (not rule.priority_at_most or priority <= rule.priority_at_most)
        and rule.title_contains.lower() in title.lower()
    )


def _within(category: Category, wanted_id: int) -> bool:
    return category.pk == wanted_id or category.parent_id == wanted_id


def _default_team() -> Team:
    teams = Team.objects.filter(is_active=True)
    team = teams.filter(pk=options.get("default_team")).first() or teams.order_by("pk").first()
    if team is None:
        raise ActionError(_("Create a team first: a record always belongs to one."), code="no_team")
    return team


def assignee_for(team: Team) -> User | None:
    """The member whose turn it is by the team's way of giving out work; None: by hand.

    By duty it goes to a deputy while the first takes no new work. By turns the team row is locked,
    so that two records opened at once go to two people.
    """
    if team.routing == Routing.MANUAL:
        return None
    members = User.objects.filter(
        memberships__team=team, memberships__is_available=True, is_active=True
    )
    if team.routing == Routing.ON_DUTY:
        present = set(members.values_list("pk", flat=True))
        return next((user for user in on_duty(team, timezone.now()) if user.pk in present), None)
    locked = Team.objects.select_for_update().get(pk=team.pk)
    if locked.routing == Routing.ROUND_ROBIN:
        ordered = members.order_by("pk")
        chosen = ordered.filter(pk__gt=locked.last_routed_id or 0).first() or ordered.first()
    else:
        load = Count("assigned_tickets", filter=Q(_prefixed_open()))
        chosen = members.annotate(load=load).order_by("load", "pk").first()
    if chosen is not None:
        locked.last_routed = chosen
        locked.save(update_fields=["last_routed"])
    return chosen


def _prefixed_open() -> Q:
    (condition,) = OPEN.children
    name, value = condition  # type: ignore[misc]
    return Q(**{f"assigned_tickets__{name}": value})
