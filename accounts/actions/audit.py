"""The audit log: one row for each change that an administrator may have to account for."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import models

from accounts.enums import AuditVerb
from accounts.models import AuditEvent, User
from core import context

Changes = dict[str, list[Any]]

# Never written into the log with their values: they would outlive an anonymised person.
PERSONAL = frozenset(
    {
        "email",
        "display_name",
        "roman_name",
        "employee_no",
        "job_title",
        "job_grade",
        "phone",
        "extension",
        "location",
    }
)


def record(
    row: models.Model, verb: AuditVerb, *, by: User | None, changes: Changes | None = None
) -> AuditEvent:
    """Write one line of the log about a row, in the transaction of the change itself."""
    person = isinstance(row, User)
    kept = dict(changes or {})
    if person:
        kept = {name: [None, None] if name in PERSONAL else pair for name, pair in kept.items()}
    label = "" if person else str(row)
    return write(row._meta.label_lower, row.pk, label, verb, by=by, changes=kept)


def write(
    kind: str, key: Any, label: str, verb: AuditVerb, *, by: User | None, changes: Changes
) -> AuditEvent:
    """Write one line about something that is not one row: a matrix, an option."""
    return AuditEvent.objects.create(
        actor=by,
        verb=verb,
        object_type=kind,
        object_id=str(key),
        object_label=label[:160],
        changes=changes,
        channel=context.channel.get(),
        request_id=context.request_id.get(),
    )


def put(row: models.Model, values: Mapping[str, Any]) -> Changes:
    """Set attributes that differ and say which did: {field: [old, new]}. Saves nothing."""
    changes: Changes = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        old, new = _stored(getattr(row, getattr(field, "attname", name))), _stored(value)
        if old != new:
            changes[name] = [old, new]
            setattr(row, name, value)
    return changes


def _stored(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Enum):
        return value.value
    return value
