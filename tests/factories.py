"""Makers of rows for tests: plain functions, sensible defaults, real actions where there is one."""

from datetime import date, time
from itertools import count
from typing import Any

from accounts.actions import rotas
from accounts.enums import Role, Scope
from accounts.models import Department, Membership, RoleGrant, Rota, Team, User
from cmdb.models import ConfigurationItem, Contract, Service, Supplier
from tickets import actions
from tickets.models import Category, CauseCategory, PendingReason, ResolutionCode, Ticket

_number = count(1)
PASSWORD = "correct horse battery"


def make_user(name: str = "", *, role: str = "", scope: str = Scope.ALL, **fields: Any) -> User:
    """A person who can sign in with PASSWORD; with `role` they hold that role."""
    number = next(_number)
    user = User(
        email=fields.pop("email", f"person{number}@example.org"),
        display_name=name or f"사람{number}",
        **fields,
    )
    user.set_password(PASSWORD)
    user.save()
    if role:
        RoleGrant.objects.create(user=user, role=role, scope=scope)
    return user


def make_team(name: str = "", *members: User, **fields: Any) -> Team:
    number = next(_number)
    team = Team.objects.create(
        slug=f"team-{number}",
        name_ko=name or f"{number}팀",
        name_en=name or f"Team {number}",
        **fields,
    )
    for member in members:
        join(team, member)
    return team


def join(team: Team, user: User, **fields: Any) -> Membership:
    return Membership.objects.create(team=team, user=user, **fields)


def make_agent(name: str = "", team: Team | None = None, **fields: Any) -> User:
    """Somebody who works on the desk, in `team` when given."""
    agent = make_user(name, role=fields.pop("role", Role.AGENT), **fields)
    if team is not None:
        join(team, agent)
    return agent


def make_rota(team: Team, *members: User, name: str = "", **layer: Any) -> Rota:
    """A rota in which the members (else the whole team) take turns of a week, from long ago on."""
    people = members or tuple(team.members.order_by("pk"))
    values = {"starts_on": date(2026, 1, 5), "hands_over": time(9), "every": 7, **layer}
    return rotas.create_rota(
        team,
        {"name_ko": name or "당직", "name_en": name or "On call", "zone": "Asia/Seoul"},
        [rotas.LayerValues(members=people, **values)],
        by=None,
    )


def make_department(name: str = "", **fields: Any) -> Department:
    return Department.objects.create(name_ko=name or "영업부", name_en=name or "Sales", **fields)


def make_service(name: str = "", team: Team | None = None, **fields: Any) -> Service:
    number = next(_number)
    names = {"name_ko": name or f"서비스 {number}", "name_en": name or f"Service {number}"}
    values = {"slug": f"service-{number}", "support_team": team, **names, **fields}
    return Service.objects.create(**values)


def make_item(name: str = "", **fields: Any) -> ConfigurationItem:
    return ConfigurationItem.objects.create(name=name or f"host-{next(_number)}", **fields)


def make_supplier(name: str = "", **fields: Any) -> Supplier:
    number = next(_number)
    label = name or f"Supplier {number}"
    return Supplier.objects.create(
        slug=f"supplier-{number}", name_ko=label, name_en=label, **fields
    )


def make_contract(*services: Service, supplier: Supplier | None = None, **fields: Any) -> Contract:
    """A contract that covers these services, in force since 2026 unless `fields` say otherwise."""
    number = next(_number)
    label = fields.pop("name", f"Contract {number}")
    made = Contract.objects.create(
        number=fields.pop("number", f"C-{number}"),
        name_ko=label,
        name_en=label,
        supplier=supplier or make_supplier(),
        starts_on=fields.pop("starts_on", date(2026, 1, 1)),
        **fields,
    )
    made.services.set(services)
    return made


def make_category(name: str = "", **fields: Any) -> Category:
    number = next(_number)
    label = name or f"Category {number}"
    return Category.objects.create(key=f"category-{number}", name_en=label, name_ko=label, **fields)


def waiting_for_requester() -> PendingReason:
    reason, _created = PendingReason.objects.get_or_create(
        key="test-requester",
        defaults={
            "name_en": "Waiting for requester",
            "name_ko": "요청자 회신 대기",
            "waits_for": PendingReason.WaitsFor.REQUESTER,
            "pauses_clocks": True,
        },
    )
    return reason


def waiting_for_supplier() -> PendingReason:
    reason, _created = PendingReason.objects.get_or_create(
        key="test-supplier",
        defaults={
            "name_en": "Waiting for supplier",
            "name_ko": "공급업체 대기",
            "waits_for": PendingReason.WaitsFor.SUPPLIER,
        },
    )
    return reason


def resolution(**fields: Any) -> dict[str, Any]:
    """What resolving an incident asks for."""
    code, _created = ResolutionCode.objects.get_or_create(
        key="test-fixed", defaults={"name_en": "Fixed", "name_ko": "조치 완료"}
    )
    cause, _created = CauseCategory.objects.get_or_create(
        key="test-software", defaults={"name_en": "Software", "name_ko": "소프트웨어"}
    )
    answers = {
        "resolution_code": code,
        "resolution": "Restarted the VPN gateway.",
        "cause_category": cause,
    }
    return {**answers, **fields}


def open_incident(
    title: str = "VPN drops every hour", *, by: User | None = None, **fields: Any
) -> Ticket:
    """An open incident; a team is made when there is none."""
    if not Team.objects.exists():
        make_team()
    return actions.open_ticket("incident", by=by or make_user(), title=title, **fields)
