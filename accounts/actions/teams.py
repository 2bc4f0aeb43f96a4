"""Teams and departments: by administrators; a lead or the member sets who takes new work."""

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.events import TeamClosing
from accounts.models import Department, Membership, Team, User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed
from core.events import emit

TEAM_FIELDS = ("name_ko", "name_en", "email", "lead", "routing")
DEPARTMENT_FIELDS = ("name_ko", "name_en", "parent", "manager", "shares_records")


@transaction.atomic
def create_team(values: Mapping[str, Any], *, by: User | None) -> Team:
    """Add a team that work can be given to."""
    require_administrator(by)
    team = Team()
    changes = audit.put(team, _named(team, values, TEAM_FIELDS))
    team.slug = free_slug(Team, team.name_en or team.name_ko, 60)
    team.save()
    audit.record(team, AuditVerb.CREATED, by=by, changes=changes)
    return team


@transaction.atomic
def edit_team(team: Team, values: Mapping[str, Any], *, by: User | None) -> Team:
    """Change a team's name, address, lead or way of giving out work."""
    require_administrator(by)
    return _save_changes(team, _named(team, values, TEAM_FIELDS), by=by)


@transaction.atomic
def set_team_active(team: Team, active: bool, *, by: User | None) -> Team:
    """Switch a team on or off. Subscribers of TeamClosing may refuse while it has records."""
    require_administrator(by)
    if team.is_active == active:
        return team
    if not active:
        if not Team.objects.filter(is_active=True).exclude(pk=team.pk).exists():
            raise ActionError(_("This is the last team: a record always belongs to one."))
        emit(TeamClosing(team.pk, by.pk if by else None))
    team.is_active = active
    team.save(update_fields=["is_active"])
    verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
    audit.record(team, verb, by=by)
    return team


@transaction.atomic
def add_member(team: Team, user: User, *, by: User | None) -> Membership:
    """Put somebody into a team; doing it twice is doing it once."""
    require_administrator(by)
    if not user.is_active:
        raise ActionError(_("This account is not active."), field="user")
    member, created = Membership.objects.get_or_create(team=team, user=user)
    if created:
        audit.record(team, AuditVerb.CHANGED, by=by, changes={"members": [None, user.pk]})
    return member


@transaction.atomic
def remove_member(member: Membership, *, by: User | None) -> None:
    """Take somebody out of a team. Records assigned to them stay with them."""
    require_administrator(by)
    if Membership.objects.filter(pk=member.pk).delete()[0]:
        changes = {"members": [member.user_id, None]}
        audit.record(member.team, AuditVerb.CHANGED, by=by, changes=changes)


@transaction.atomic
def set_available(member: Membership, available: bool, *, by: User | None) -> Membership:
    """Whether the team gives new work to this member: themselves, the lead, administrators."""
    allowed = by is None or by.pk in (member.user_id, member.team.lead_id)
    if not allowed and not reach_of(by).administers:  # type: ignore[arg-type]
        raise NotAllowed(_("Only the member, the team lead or an administrator may do this."))
    if member.is_available != available:
        member.is_available = available
        member.save(update_fields=["is_available"])
        changes: audit.Changes = {
            "member": [member.user_id] * 2,
            "is_available": [not available, available],
        }
        audit.record(member.team, AuditVerb.CHANGED, by=by, changes=changes)
    return member


@transaction.atomic
def create_department(values: Mapping[str, Any], *, by: User | None) -> Department:
    """Add a department."""
    require_administrator(by)
    department = Department()
    changes = audit.put(department, _named(department, values, DEPARTMENT_FIELDS))
    department.save()
    audit.record(department, AuditVerb.CREATED, by=by, changes=changes)
    return department


@transaction.atomic
def edit_department(
    department: Department, values: Mapping[str, Any], *, by: User | None
) -> Department:
    """Change a department. It can't lie inside itself."""
    require_administrator(by)
    above = values.get("parent")
    while above is not None:
        if above.pk == department.pk:
            raise ActionError(_("A department can't lie inside itself."), field="parent")
        above = above.parent
    return _save_changes(department, _named(department, values, DEPARTMENT_FIELDS), by=by)


def free_slug(model: Any, name: str, longest: int) -> str:
    """A slug made of `name` that no other row has."""
    base = slugify(name, allow_unicode=True)[: longest - 4] or "x"
    taken = set(model.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, 1000))
    return next(slug for slug in candidates if slug not in taken)


def _named(row: models.Model, values: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    unknown = set(values) - set(known)
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
    names = [cleaned.get(name, getattr(row, name)) for name in ("name_ko", "name_en")]
    if not any(names):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    return cleaned


def _save_changes(row: Any, values: Mapping[str, Any], *, by: User | None) -> Any:
    changes = audit.put(row, values)
    if changes:
        row.save(update_fields=sorted(changes))
        audit.record(row, AuditVerb.CHANGED, by=by, changes=changes)
    return row
