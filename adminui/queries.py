"""What the administration's lists show, as flat rows read in a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import Department, RoleGrant, Team, User
from cmdb.models import ConfigurationItem, Contract, Service, Supplier
from tickets.models import Ticket

PAGE = 50


@dataclass(frozen=True)
class Slice:
    """One page of rows, and the key that the next one starts after (empty at the end)."""

    rows: list[Any]
    after: str


def by_key(rows: QuerySet[Any], order: tuple[str, ...], after: str, size: int = PAGE) -> Slice:
    """A page of `rows` in `order` (all ascending or all with "-"), beginning after a key."""
    names = [name.lstrip("-") for name in order]
    sign = "lt" if order[0].startswith("-") else "gt"
    key = _read_key(after, len(names))
    if key:
        condition = Q()
        for index, name in enumerate(names):
            same = {names[n]: key[n] for n in range(index)}
            condition |= Q(**same, **{f"{name}__{sign}": key[index]})
        rows = rows.filter(condition)
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    shown = found[:size]
    last = [getattr(shown[-1], name) for name in names] if more else []
    return Slice(shown, _write_key(last) if more else "")


def _write_key(values: list[Any]) -> str:
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    return signing.dumps(plain, salt="adminui.page")


def _read_key(text: str, length: int) -> list[Any]:
    try:
        values = signing.loads(text, salt="adminui.page") if text else []
    except signing.BadSignature:
        return []
    return values if len(values) == length else []


def people(wanted: Mapping[str, Any], after: str) -> Slice:
    """People who fit the filter, by name, each with department, roles and teams."""
    rows = _state(User.objects.all(), wanted.get("state", ""))
    text = (wanted.get("q") or "").strip()
    if text:
        rows = rows.filter(
            Q(display_name__icontains=text)
            | Q(roman_name__icontains=text)
            | Q(email__icontains=text)
            | Q(employee_no__istartswith=text)
        )
    if wanted.get("role"):
        rows = rows.filter(pk__in=RoleGrant.objects.filter(role=wanted["role"]).values("user_id"))
    if wanted.get("team"):
        rows = rows.filter(memberships__team=wanted["team"])
    rows = rows.select_related("department").prefetch_related("grants", "teams")
    return by_key(rows, ("display_name", "id"), after)


def _state(rows: QuerySet[User], state: str) -> QuerySet[User]:
    if state == "inactive":
        return rows.filter(is_active=False)
    if state == "machine":
        return rows.filter(is_machine=True)
    return rows if state == "all" else rows.filter(is_active=True, is_machine=False)


def teams() -> list[Team]:
    """All teams with their number of members and of open records; switched-off ones last."""
    load = dict(Ticket.objects.open().order_by().values_list("team_id").annotate(count=Count("pk")))
    rows = Team.objects.select_related("lead").annotate(size=Count("memberships"))
    found: list[Any] = list(rows.order_by("-is_active", "name_en", "name_ko"))
    for team in found:
        team.load = load.get(team.pk, 0)
    return found


def members(team: Team) -> list[Any]:
    """A team's members with what they have in hand."""
    members_by_name = team.memberships.select_related("user").order_by("user__display_name")
    rows: list[Any] = list(members_by_name)
    open_now = Ticket.objects.open().filter(assignee__in=[row.user_id for row in rows])
    load = dict(open_now.order_by().values_list("assignee_id").annotate(count=Count("pk")))
    for row in rows:
        row.load = load.get(row.user_id, 0)
    return rows


def departments() -> list[Department]:
    """All departments, each below the one it belongs to; `depth` says how deep."""
    rows = Department.objects.select_related("manager").annotate(
        size=Count("members", filter=Q(members__is_active=True))
    )
    below: dict[int | None, list[Department]] = {}
    for row in rows.order_by("name_en", "name_ko"):
        below.setdefault(row.parent_id, []).append(row)
    ordered: list[Department] = []

    def add(parent: int | None, depth: int) -> None:
        for row in below.get(parent, []):
            row.depth = min(depth, 5)  # type: ignore[attr-defined]
            ordered.append(row)
            add(row.pk, depth + 1)

    add(None, 0)
    return ordered


def services(text: str, after: str) -> Slice:
    """Services by name, with team, owner and number of items."""
    rows = Service.objects.select_related("support_team", "owner").annotate(
        sort=Coalesce(NullIf("name_en", Value("")), "name_ko"), size=Count("items")
    )
    if text.strip():
        wanted = text.strip()
        rows = rows.filter(Q(name_ko__icontains=wanted) | Q(name_en__icontains=wanted))
    return by_key(rows, ("sort", "id"), after)


def items(text: str, after: str) -> Slice:
    """Configuration items by name."""
    rows = ConfigurationItem.objects.select_related("owner", "support_team")
    if text.strip():
        rows = rows.filter(Q(name__icontains=text.strip()) | Q(serial__icontains=text.strip()))
    return by_key(rows, ("name", "id"), after)


def suppliers(text: str, after: str) -> Slice:
    """Suppliers by name, with the number of their contracts."""
    rows = Supplier.objects.annotate(
        sort=Coalesce(NullIf("name_en", Value("")), "name_ko"), size=Count("contracts")
    )
    if text.strip():
        wanted = text.strip()
        rows = rows.filter(Q(name_ko__icontains=wanted) | Q(name_en__icontains=wanted))
    return by_key(rows, ("sort", "id"), after)


def contracts(text: str, after: str, today: date) -> Slice:
    """Contracts by number; `state` is what each of them is today."""
    rows = Contract.objects.select_related("supplier", "owner").prefetch_related("services")
    if text.strip():
        wanted = text.strip()
        names = Q(name_ko__icontains=wanted) | Q(name_en__icontains=wanted)
        firm = Q(supplier__name_ko__icontains=wanted) | Q(supplier__name_en__icontains=wanted)
        rows = rows.filter(Q(number__icontains=wanted) | names | firm)
    page = by_key(rows, ("number", "id"), after)
    for row in page.rows:
        row.state = row.state_on(today)
    return page


def contracts_of_supplier(supplier: Supplier, today: date) -> list[Any]:
    """A supplier's contracts, newest first, with what each is today."""
    rows: list[Any] = list(supplier.contracts.order_by("-starts_on", "number")[:PAGE])
    for row in rows:
        row.state = row.state_on(today)
    return rows


def role_holders() -> dict[str, int]:
    """How many active people hold each role."""
    grants = RoleGrant.objects.filter(user__is_active=True).order_by()
    return dict(grants.values_list("role").annotate(count=Count("user", distinct=True)))
