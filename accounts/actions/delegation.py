"""Naming somebody who decides in one's place while one is away (대결), and taking it back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import Delegation, User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed

LONGEST = timedelta(days=366)


@transaction.atomic
def delegate(
    user: User,
    to: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    *,
    by: User | None,
) -> Delegation:
    """`to` decides for `user` from one instant until before the other. By themselves or an admin.

    Refused: oneself, people who left, times in the past or too long, two at the same time, and
    circles (A for B while B is away for A): then nobody would be there.
    """
    _require_keeper(user, by)
    # Two who name each other at once come one after the other.
    list(User.objects.select_for_update().filter(pk__in=[user.pk, to.pk]).order_by("pk"))
    if to.pk == user.pk:
        raise ActionError(_("Choose somebody else."), field="to")
    if not to.is_active or to.is_machine:
        raise ActionError(_("This person can’t stand in: they have left."), field="to")
    if ends_at <= starts_at:
        raise ActionError(_("It ends before it starts."), field="ends_at")
    if ends_at <= timezone.now():
        raise ActionError(_("Choose a time in the future."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise ActionError(_("Choose at most a year."), field="ends_at")
    meanwhile = Delegation.objects.filter(
        cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if meanwhile.filter(user=user).exists():
        raise ActionError(
            _("Somebody already stands in at that time. Take that back first."), field="starts_at"
        )
    _refuse_circle(user, to, dict(meanwhile.values_list("user_id", "to_id")))
    given = Delegation.objects.create(
        user=user, to=to, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()[:200]
    )
    changes: audit.Changes = {
        "to": [None, to.pk],
        "starts_at": [None, starts_at.isoformat()],
        "ends_at": [None, ends_at.isoformat()],
    }
    audit.record(given, AuditVerb.CREATED, by=by, changes=changes)
    return given


def _refuse_circle(user: User, to: User, away: dict[int, int]) -> None:
    current, seen = to.pk, set()
    while current in away and current not in seen:
        seen.add(current)
        current = away[current]
        if current == user.pk:
            raise ActionError(
                _("%(name)s is away at that time, and you would stand in: choose somebody else.")
                % {"name": to.name},
                field="to",
                code="circle",
            )


@transaction.atomic
def cancel(delegation: Delegation, *, by: User | None) -> Delegation:
    """Take it back. What was decided meanwhile stays decided."""
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    _require_keeper(delegation.user, by)
    if delegation.cancelled_at is None:
        delegation.cancelled_at = timezone.now()
        delegation.save(update_fields=["cancelled_at"])
        audit.record(delegation, AuditVerb.REMOVED, by=by)
    return delegation


def _require_keeper(user: User, by: User | None) -> None:
    if by is None or by.pk == user.pk or reach_of(by).administers:
        return
    raise NotAllowed(_("People name who stands in for them themselves."))
