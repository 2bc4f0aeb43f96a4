"""Who may ask for what, and who may change what is offered."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.reach import reach_of
from catalog.audience import may_ask
from catalog.models import Offering
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core.errors import NotAllowed, NotFound

# Offered now: published, not withdrawn, and not of a service that has ended.
OFFERED = Q(is_active=True, live__isnull=False) & ~Q(service__status=ServiceStatus.RETIRED)


def asked_by(user: User, slug: str) -> Offering:
    """An offering that the person may ask for, with its live version.

    NotFound when it isn't theirs to ask for: that looks the same as one that doesn't exist.
    """
    named = Offering.objects.filter(OFFERED, slug=slug)
    offering = named.select_related("live", "service__owner", "shelf").first()
    if offering is None or not can_ask(user, offering):
        raise NotFound(_("There is no such offering."))
    return offering


def can_ask(user: User, offering: Offering) -> bool:
    """Whether the person is among those the offering is for."""
    return may_ask(offering.audience, reach_of(user), departments_of(user), teams_of(user))


def departments_of(user: User) -> Collection[int]:
    """The person's department and those above it; kept on the person for one request."""
    known: Collection[int] | None = getattr(user, "_departments", None)
    if known is None:
        known = _line(user.department_id) if user.department_id else ()
        user._departments = known  # type: ignore[attr-defined]
    return known


def teams_of(user: User) -> Collection[int]:
    """The teams that the person is in, whether or not they work on the desk."""
    known: Collection[int] | None = getattr(user, "_team_ids", None)
    if known is None:
        known = frozenset(user.memberships.values_list("team_id", flat=True))
        user._team_ids = known  # type: ignore[attr-defined]
    return known


def _line(department_id: int) -> Collection[int]:
    parents: dict[int, Any] = dict(Department.objects.values_list("id", "parent_id"))
    found: list[int] = []
    at: int | None = department_id
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def may_edit(user: User | None, service: Service | None) -> bool:
    """Whether the person may change offerings of a service: its owner and administrators.

    None is the product itself. Without a service only administrators may.
    """
    if user is None or reach_of(user).administers:
        return True
    return user.is_active and service is not None and service.owner_id == user.pk


def editable(user: User) -> Any:
    """The offerings that the person may change."""
    if reach_of(user).administers:
        return Offering.objects.all()
    if not user.is_active:
        return Offering.objects.none()
    return Offering.objects.filter(service__owner=user)


def edits_any(user: User) -> bool:
    """Whether there is something in the catalog that the person may change, or add to."""
    return reach_of(user).administers or (
        user.is_active and Service.objects.filter(owner=user).exists()
    )


def edited_by(user: User, slug: str) -> Offering:
    """An offering for changing it; NotFound unless the person may."""
    found = editable(user).filter(slug=slug).select_related("live", "service", "shelf").first()
    if found is None:
        raise NotFound(_("There is no such offering."))
    return found


def require_editor(user: User | None, service: Service | None) -> None:
    """NotAllowed unless the person may change offerings of this service."""
    if not may_edit(user, service):
        raise NotAllowed(
            _("Offerings are changed by the owner of their service and by administrators.")
        )
