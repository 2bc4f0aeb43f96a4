"""Roles: given and taken by administrators, never to or from oneself."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb, Role, Scope
from accounts.models import RoleGrant, User
from core.errors import ActionError, NotAllowed


@transaction.atomic
def grant(user: User, role: str, scope: str, *, by: User | None) -> RoleGrant:
    """Give a role; giving it twice is giving it once."""
    _require_other(user, by)
    if role not in Role.values:
        raise ActionError(_("Choose one of the values offered."), field="role")
    if scope not in Scope.values:
        raise ActionError(_("Choose one of the values offered."), field="scope")
    if role == Role.ADMINISTRATOR and scope != Scope.ALL:
        raise ActionError(_("An administrator's role reaches everything."), field="scope")
    if not user.is_active:
        raise ActionError(_("This account is not active."))
    given, created = RoleGrant.objects.get_or_create(user=user, role=role, scope=scope)
    if created:
        changes = {"role": [None, role], "scope": [None, scope]}
        audit.record(user, AuditVerb.GRANTED, by=by, changes=changes)
    return given


@transaction.atomic
def revoke(given: RoleGrant, *, by: User | None) -> None:
    """Take a role away. The last administrator keeps theirs."""
    user = given.user
    _require_other(user, by)
    if given.role == Role.ADMINISTRATOR:
        keep_an_administrator(without=user)
    if RoleGrant.objects.filter(pk=given.pk).delete()[0]:
        changes = {"role": [given.role, None], "scope": [given.scope, None]}
        audit.record(user, AuditVerb.REVOKED, by=by, changes=changes)


def keep_an_administrator(*, without: User) -> None:
    """ActionError when nobody else could administer.

    Locks every administrator's grant, so that two of them can't remove each other at once.
    """
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").select_for_update()
    holders = {grant.user_id for grant in grants}
    others = User.objects.filter(pk__in=holders - {without.pk}, is_active=True, is_machine=False)
    if without.pk in holders and not others.exists():
        raise ActionError(
            _("This is the last administrator. Make somebody else one first."),
            code="last_administrator",
        )


def _require_other(user: User, by: User | None) -> None:
    require_administrator(by)
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("Nobody changes their own roles."))
