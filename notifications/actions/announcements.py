"""Announcements: kept by administrators, put away by those who have read them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core.errors import ActionError, NotFound
from notifications.enums import AnnouncementLevel, ShownTo
from notifications.models import Announcement, Dismissal
from notifications.queries import announcements
from tickets.actions.checks import limited_text

TEXTS = {"title_ko": 160, "title_en": 160, "body_ko": 4000, "body_en": 4000}
FIELDS = (*TEXTS, "level", "audience", "pinned", "starts_at", "ends_at")


@transaction.atomic
def save_announcement(
    values: Mapping[str, Any], *, by: User | None, row: Announcement | None = None
) -> Announcement:
    """Add an announcement, or change one. What is missing in `values` stays as it is."""
    require_administrator(by)
    if row is None:
        held = Announcement(created_by=by)
    else:
        held = Announcement.objects.select_for_update().get(pk=row.pk)
    values = dict(values)
    departments = values.pop("departments", None)
    _refuse_unknown(values)
    changes = audit.put(held, {name: _tidy(name, value) for name, value in values.items()})
    _check(held, departments)
    held.save()
    if departments is not None:
        changes |= _set_departments(held, departments)
    if changes:
        verb = AuditVerb.CREATED if row is None else AuditVerb.CHANGED
        audit.record(held, verb, by=by, changes=changes)
    return held


def _refuse_unknown(values: Mapping[str, Any]) -> None:
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(unknown)},
            code="unknown_field",
        )


def _tidy(name: str, value: Any) -> Any:
    if name == "starts_at":
        return value or timezone.now()
    return limited_text(name, value, limit=TEXTS[name]) if name in TEXTS else value


def _check(row: Announcement, departments: Any) -> None:
    if not row.title_ko and not row.title_en:
        raise ActionError(
            _("Enter the title in at least one language."), field="title_ko", code="required"
        )
    if row.level not in AnnouncementLevel.values:
        raise ActionError(_("Choose one of the values offered."), field="level")
    if row.audience not in ShownTo.values:
        raise ActionError(_("Choose one of the values offered."), field="audience")
    if row.ends_at is not None and row.ends_at < row.starts_at:
        raise ActionError(_("It ends before it starts."), field="ends_at")
    if row.audience == ShownTo.DEPARTMENTS:
        kept = departments if departments is not None else row.pk and row.departments.exists()
        if not kept:
            raise ActionError(
                _("Choose the departments that see it."), field="departments", code="required"
            )


def _set_departments(row: Announcement, departments: Any) -> audit.Changes:
    before = sorted(row.departments.values_list("pk", flat=True))
    wanted = departments if row.audience == ShownTo.DEPARTMENTS else []
    row.departments.set(wanted)
    after = sorted(each.pk for each in wanted)
    return {"departments": [before, after]} if before != after else {}


@transaction.atomic
def end_announcement(row: Announcement, *, by: User | None) -> Announcement:
    """Show it no longer, as of now."""
    require_administrator(by)
    held = Announcement.objects.select_for_update().get(pk=row.pk)
    now = timezone.now()
    if held.ends_at is not None and held.ends_at <= now:
        return held
    changes = audit.put(held, {"starts_at": min(held.starts_at, now), "ends_at": now})
    held.save(update_fields=["starts_at", "ends_at"])
    audit.record(held, AuditVerb.SWITCHED_OFF, by=by, changes=changes)
    return held


@transaction.atomic
def dismiss(announcement_id: int, *, by: User) -> None:
    """Put an announcement away for oneself; only one that one is shown, and not a pinned one."""
    if Dismissal.objects.filter(announcement=announcement_id, user=by).exists():
        return
    shown = next((row for row in announcements(by) if row.pk == announcement_id), None)
    if shown is None:
        raise NotFound(_("There is no such announcement."))
    if shown.pinned:
        raise ActionError(_("A pinned announcement stays until it ends."), code="pinned")
    Dismissal.objects.get_or_create(announcement=shown, user=by)
