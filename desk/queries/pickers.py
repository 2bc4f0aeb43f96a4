"""Suggestions for pickers: people, agents, teams, services, categories, items, records."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import WORKING_ROLES
from accounts.models import RoleGrant, Team, User
from accounts.people import people as find
from cmdb.models import ConfigurationItem, Service
from tickets.models import Category, Ticket
from tickets.numbering import candidates

MOST = 12
Option = dict[str, Any]


def people(text: str, user: User) -> list[Option]:
    """People by any part of a name, address or number, or by Korean initial consonants."""
    return [_person(person) for person in _people(User.objects.filter(is_active=True), text)]


def agents(text: str, user: User) -> list[Option]:
    """People who work on the desk; oneself and nobody first."""
    working = User.objects.filter(
        is_active=True, pk__in=RoleGrant.objects.filter(role__in=WORKING_ROLES).values("user")
    )
    first: list[Option] = []
    if not text:
        first = [
            {"value": "@me", "label": _("me")},
            {"value": "@none", "label": _("unassigned")},
        ]
    return first + [_person(person) for person in _people(working, text)]


def _people(among: Any, text: str) -> list[User]:
    found = find(text, among) if text.strip() else among.order_by("display_name")
    return list(found.select_related("department")[:MOST])


def _person(person: User) -> Option:
    department = person.department.name if person.department else ""
    hint = " · ".join(part for part in (department, person.job_title) if part)
    return {
        "value": person.pk,
        "label": person.name,
        "hint": hint or person.email,
        "avatar": person.pk,
    }


def _bilingual(rows: Any, text: str) -> Any:
    if not text.strip():
        return rows[:MOST]
    wanted = text.strip()
    return rows.filter(Q(name_ko__icontains=wanted) | Q(name_en__icontains=wanted))[:MOST]


def teams(text: str, user: User) -> list[Option]:
    rows = _bilingual(Team.objects.filter(is_active=True), text)
    return [{"value": row.pk, "label": row.name} for row in rows]


def services(text: str, user: User) -> list[Option]:
    rows = _bilingual(Service.objects.select_related("support_team"), text)
    return [
        {
            "value": row.pk,
            "label": row.name,
            "hint": row.support_team.name if row.support_team else "",
        }
        for row in rows
    ]


def categories(text: str, user: User) -> list[Option]:
    rows = _bilingual(Category.objects.filter(is_active=True).select_related("parent"), text)
    return [
        {"value": row.pk, "label": row.name, "hint": row.parent.name if row.parent else ""}
        for row in rows
    ]


def items(text: str, user: User) -> list[Option]:
    rows = ConfigurationItem.objects.filter(name__icontains=text.strip())[:MOST]
    return [{"value": row.pk, "label": row.name, "hint": row.get_type_display()} for row in rows]


def tickets(text: str, user: User) -> list[Option]:
    """Records by number, or by the words of their titles; the newest first."""
    visible = Ticket.objects.visible_to(user)
    numbers = candidates(text)
    if numbers:
        found = visible.filter(number__in=numbers)
    else:
        found = visible
        for word in text.split():
            found = found.filter(title__icontains=word)
    return [
        {"value": row.number, "label": f"{row.number} {row.title}", "hint": row.state.label}
        for row in found.order_by("-updated_at")[:MOST]
    ]


SOURCES = {
    "people": people,
    "agents": agents,
    "teams": teams,
    "services": services,
    "categories": categories,
    "items": items,
    "tickets": tickets,
}
