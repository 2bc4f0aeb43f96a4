"""Delegations as pages and the API show them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Delegation, User

MOST_PAST = 30
MOST_READ = 100


@dataclass(frozen=True)
class Line:
    """One delegation and whether it holds now, comes, is over or was taken back."""

    row: Delegation
    state: str

    @property
    def is_ahead(self) -> bool:
        """Whether it holds now or is still to come."""
        return self.state in ("now", "ahead")


def of(user: User) -> QuerySet[Delegation]:
    """Those that name the person, from either end, newest first."""
    rows = Delegation.objects.filter(Q(user=user) | Q(to=user))
    return rows.select_related("user", "to").order_by("-starts_at", "-id")


def given_by(user: User) -> list[Line]:
    """Who stands in for the person, newest first."""
    return [_line(row) for row in of(user).filter(user=user)[:MOST_READ]]


def held_by(user: User) -> list[Line]:
    """Whom the person stands in for, newest first."""
    return [_line(row) for row in of(user).filter(to=user)[:MOST_READ]]


def _line(row: Delegation) -> Line:
    return Line(row, state_of(row))


def state_of(row: Delegation) -> str:
    """now, ahead, over or cancelled."""
    now = timezone.now()
    if row.cancelled_at is not None:
        return "cancelled"
    if row.ends_at <= now:
        return "over"
    return "now" if row.starts_at <= now else "ahead"
