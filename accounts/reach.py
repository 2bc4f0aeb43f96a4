"""What a person's roles reach: read once a request, then asked by every permission rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.enums import DESK_ROLES, LEADING_ROLES, WORKING_ROLES, Role, Scope
from accounts.models import Delegation, Department, Membership, RoleGrant, User


@dataclass(frozen=True)
class Reach:
    """A person's standing. `reads_all` and `works_all` never include restricted records.

    `stands_in_for`: people whose approvals they decide now, while those are away.
    """

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
    stands_in_for: frozenset[int] = frozenset()

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
_ANY_TIME = datetime(1, 1, 2, tzinfo=UTC)  # and this for the instant
NOBODY = Reach(0, frozenset(), frozenset(), None, False, False, False, False, False, False)


def reach_of(user: User) -> Reach:
    """The person's reach, kept on the user object for as long as it lives (one request)."""
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        known = _read(user)
        user._reach = known  # type: ignore[attr-defined]
    return known


def with_standing(users: QuerySet[User], *, compiled: bool = False) -> QuerySet[User]:
    """Fetch the people together with what reach_of needs, so that it asks nothing more."""
    grants = RoleGrant.objects.filter(user=OuterRef("pk")).order_by("pk")
    pairs = grants.annotate(pair=Concat("role", Value("/"), "scope")).values("pair")
    teams = Membership.objects.filter(user=OuterRef("pk")).order_by("pk").values("team_id")
    shared = Department.objects.filter(pk=OuterRef("department_id"), shares_records=True)
    now = _ANY_TIME if compiled else timezone.now()
    absent = Delegation.objects.in_force(now)
    # Whoever stands in for somebody who stands in for a third one, decides for that one too.
    theirs = absent.filter(to=OuterRef(OuterRef("pk"))).values("user_id")
    away = absent.filter(Q(to=OuterRef("pk")) | Q(to__in=theirs))
    return users.annotate(
        standing_absent=ArraySubquery(away.order_by("pk").values("user_id")),
        standing_grants=ArraySubquery(pairs),
        standing_teams=ArraySubquery(teams),
        standing_shares=Exists(shared),
    )


def person_with_standing(pk: int) -> User | None:
    """One person with their standing. Every request asks for this, so it is compiled once."""
    statement, values = _statement()
    now = timezone.now()
    given = [pk if value == _ANYBODY else now if value == _ANY_TIME else value for value in values]
    return next(iter(User.objects.raw(statement, given)), None)


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    query = with_standing(User.objects.filter(pk=_ANYBODY), compiled=True).query
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
        stands_in_for=frozenset(known.standing_absent),
    )


def _holds(grants: Iterable[Any], roles: frozenset[Role], scope: Scope) -> bool:
    return any(role in roles and held == scope for role, held in grants)
