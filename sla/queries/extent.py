"""Whose figures a person may read."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Role, Scope
from accounts.models import RoleGrant, User
from accounts.reach import reach_of
from cmdb.models import Service
from core.errors import NotAllowed

READERS = frozenset(
    {Role.MANAGER, Role.TEAM_LEAD, Role.SERVICE_OWNER, Role.AUDITOR, Role.ADMINISTRATOR}
)


@dataclass(frozen=True)
class Extent:
    """Everything, or these teams and services."""

    everything: bool
    teams: tuple[int, ...] = ()
    services: tuple[int, ...] = ()

    @property
    def dimensions(self) -> set[str]:
        if self.everything:
            return set()
        found = {"team"} if self.teams else set()
        return found | ({"service"} if self.services or not found else set())


def may_read(user: User) -> bool:
    """Whether any of the person's roles reads figures."""
    return bool(reach_of(user).roles & READERS)


def extent_of(user: User) -> Extent:
    """What the person's reading roles reach. NotAllowed without such a role."""
    if not may_read(user):
        raise NotAllowed(
            _("Figures are for managers, team leads, service owners, auditors and administrators.")
        )
    grants = RoleGrant.objects.filter(user=user, role__in=READERS)
    scopes = set(grants.values_list("scope", flat=True))
    if Scope.ALL in scopes:
        return Extent(True)
    teams = sorted(reach_of(user).team_ids) if Scope.TEAMS in scopes else ()
    owned = Service.objects.filter(owner=user).order_by("pk").values_list("pk", flat=True)
    return Extent(False, tuple(teams), tuple(owned) if Scope.SERVICES in scopes else ())
