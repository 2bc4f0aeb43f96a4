"""What a person's roles reach: read once a request, then asked by every permission rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from accounts.enums import DESK_ROLES, LEADING_ROLES, WORKING_ROLES, Role, Scope
from accounts.models import Department, Membership, RoleGrant, User


@dataclass(frozen=True)
class Reach:
    """A person's standing. `reads_all` and `works_all` never include restricted records."""

    user_id: int
    roles: frozenset[str]
    team_ids: frozenset[int]
    department_id: int | None
    shares_department: bool
    reads_all: bool
    works_all: bool
    works_teams: bool
    reads_services: bool
    works_services: bool

    @property
    def opens_desk(self) -> bool:
        return bool(self.roles & DESK_ROLES)

    @property
    def works(self) -> bool:
        return bool(self.roles & WORKING_ROLES)

    @property
    def leads(self) -> bool:
        return bool(self.roles & LEADING_ROLES)

    @property
    def administers(self) -> bool:
        return Role.ADMINISTRATOR in self.roles


_ANYBODY = -1  # stands for the id in the compiled statement
NOBODY = Reach(0, frozenset(), frozenset(), None, False, False, False, False, False, False)


def reach_of(user: User) -> Reach:
    """The person's reach, kept on the user object for as long as it lives (one request)."""
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        known = _read(user)
        user._reach = known  # type: ignore[attr-defined]
    return known


def with_standing(users: QuerySet[User]) -> QuerySet[User]:
    """Fetch the people together with what reach_of needs, so that it asks nothing more."""
    grants = RoleGrant.objects.filter(user=OuterRef("pk")).order_by("pk")
    pairs = grants.annotate(pair=Concat("role", Value("/"), "scope")).values("pair")
    teams = Membership.objects.filter(user=OuterRef("pk")).order_by("pk").values("team_id")
    shared = Department.objects.filter(pk=OuterRef("department_id"), shares_records=True)
    return users.annotate(
        standing_grants=ArraySubquery(pairs),
        standing_teams=ArraySubquery(teams),
        standing_shares=Exists(shared),
    )


def person_with_standing(pk: int) -> User | None:
    """One person with their standing. Every request asks for this, so it is compiled once."""
    statement, values = _statement()
    return next(
        iter(User.objects.raw(statement, [pk if v == _ANYBODY else v for v in values])), None
    )


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    query = with_standing(User.objects.filter(pk=_ANYBODY)).query
    statement, values = query.sql_with_params()
    return statement, tuple(values)


def _read(user: User) -> Reach:
    if not user.is_active or user.pk is None:
        return NOBODY
    known: Any = user
    if not hasattr(user, "standing_grants"):
        known = with_standing(User.objects.filter(pk=user.pk)).first()
        if known is None:
            return NOBODY
    grants = [tuple(pair.split("/")) for pair in known.standing_grants]
    return Reach(
        user_id=user.pk,
        roles=frozenset(role for role, _scope in grants),
        team_ids=frozenset(known.standing_teams if grants else ()),
        department_id=user.department_id,
        shares_department=known.standing_shares,
        reads_all=_holds(grants, DESK_ROLES, Scope.ALL),
        works_all=_holds(grants, WORKING_ROLES, Scope.ALL),
        works_teams=bool({role for role, _scope in grants} & WORKING_ROLES),
        reads_services=_holds(grants, DESK_ROLES, Scope.SERVICES),
        works_services=_holds(grants, WORKING_ROLES, Scope.SERVICES),
    )


def _holds(grants: Iterable[Any], roles: frozenset[Role], scope: Scope) -> bool:
    return any(role in roles and held == scope for role, held in grants)
