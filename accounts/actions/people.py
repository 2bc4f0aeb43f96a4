"""People: create, edit, deactivate, reactivate, anonymise. By administrators only."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit, passwords, roles, sessions, tokens
from accounts.enums import AuditVerb
from accounts.events import PersonAnonymised, PersonLeaving
from accounts.models import Membership, QuietHours, RoleGrant, RotaOverride, User
from core.errors import ActionError
from core.events import emit

FIELDS = (
    "email",
    "display_name",
    "roman_name",
    "employee_no",
    "job_title",
    "job_grade",
    "department",
    "manager",
    "phone",
    "extension",
    "location",
    "is_vip",
    "language",
    "time_zone",
)


@transaction.atomic
def create_person(
    values: Mapping[str, Any], *, by: User | None, is_machine: bool = False, invite: bool = True
) -> User:
    """Add somebody who can be given work or ask for it; they choose a password by a mailed link.

    A machine account never has a password and never gets mail.
    """
    require_administrator(by)
    user = User(is_machine=is_machine, mail_notices=not is_machine)
    changes = audit.put(user, _cleaned(user, values))
    user.set_unusable_password()
    user.save()
    audit.record(user, AuditVerb.CREATED, by=by, changes=changes)
    if invite and not is_machine:
        passwords.ask_link(user.email)
    return user


@transaction.atomic
def edit_person(user: User, values: Mapping[str, Any], *, by: User | None) -> User:
    """Change a person's data. An anonymised person stays as they are."""
    require_administrator(by)
    user = _locked(user)
    if user.anonymised_at:
        raise ActionError(_("An anonymised person can't be changed."), code="anonymised")
    changes = audit.put(user, _cleaned(user, values))
    if "email" in changes:
        sessions.end_all(user, by=by)
    if changes:
        user.save(update_fields=sorted(changes))
        audit.record(user, AuditVerb.CHANGED, by=by, changes=changes)
    return user


@transaction.atomic
def deactivate(user: User, *, by: User | None) -> User:
    """Shut somebody out. Refused while they hold work, for oneself, and for the last administrator.

    Effects in order: subscribers of PersonLeaving may refuse, account closed, sessions ended,
    tokens revoked, no new work from any team.
    """
    require_administrator(by)
    user = _locked(user)
    if by is not None and by.pk == user.pk:
        raise ActionError(_("You can't deactivate your own account."), code="oneself")
    if not user.is_active:
        return user
    roles.keep_an_administrator(without=user)
    emit(PersonLeaving(user.pk, by.pk if by else None))
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user, by=by)
    tokens.revoke_all(user, by=by)
    Membership.objects.filter(user=user).update(is_available=False)
    audit.record(user, AuditVerb.SWITCHED_OFF, by=by)
    return user


@transaction.atomic
def reactivate(user: User, *, by: User | None) -> User:
    """Let somebody in again, with the roles and teams they had. Tokens stay revoked."""
    require_administrator(by)
    user = _locked(user)
    if user.anonymised_at:
        raise ActionError(_("An anonymised person can't be changed."), code="anonymised")
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(user, AuditVerb.SWITCHED_ON, by=by)
    return user


@transaction.atomic
def anonymise(user: User, *, by: User | None) -> User:
    """Take away for good what tells who somebody was. Records, events and statistics stay.

    Only of a deactivated account. Effects in order: name, address, contacts and preferences
    emptied; roles, memberships, quiet hours and reasons of their changes of duty dropped;
    subscribers drop what else names the person.
    """
    require_administrator(by)
    user = _locked(user)
    if user.is_active:
        raise ActionError(_("Deactivate the account first."), code="active")
    if user.anonymised_at:
        return user
    user.display_name = f"익명 {user.pk}"
    user.roman_name = f"Anonymous {user.pk}"
    user.email = f"anonymous-{user.pk}@anonymised.invalid"
    for name in ("employee_no", "job_title", "job_grade", "phone", "extension", "location"):
        setattr(user, name, "")
    user.language = user.time_zone = ""
    user.columns = {}
    user.manager = None
    user.is_vip = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.anonymised_at = timezone.now()
    user.set_unusable_password()
    user.save()
    RoleGrant.objects.filter(user=user).delete()
    Membership.objects.filter(user=user).delete()
    QuietHours.objects.filter(user=user).delete()
    RotaOverride.objects.filter(Q(user=user) | Q(instead_of=user)).update(reason="")
    emit(PersonAnonymised(user.pk, by.pk if by else None))
    audit.record(user, AuditVerb.ANONYMISED, by=by)
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _cleaned(user: User, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
    if not cleaned.get("display_name", user.display_name):
        raise ActionError(_("Enter the name."), field="display_name", code="required")
    if "email" in cleaned or not user.pk:
        cleaned["email"] = _free_address(user, cleaned.get("email", ""))
    if user.pk and cleaned.get("manager") == user:
        raise ActionError(_("Nobody is their own manager."), field="manager")
    return cleaned


def _free_address(user: User, email: str) -> str:
    email = email.lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ActionError(error.messages[0], field="email") from None
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise ActionError(_("Somebody else has this address."), field="email", code="taken")
    return email
