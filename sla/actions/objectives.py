"""Objectives of services, and the samples that measure performance."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.models import Service
from core.errors import ActionError, NotAllowed
from sla.actions.outages import LENIENT, may_keep
from sla.enums import ObjectiveKind
from sla.models import Objective, Sample

FIELDS = frozenset(
    {"service", "kind", "target", "calendar", "metric", "threshold", "unit", "starts_on",
     "is_active"}
)  # fmt: skip
MOST_SAMPLES = 5000
OLDEST_SAMPLE = timedelta(days=366 * 3)


@transaction.atomic
def save_objective(
    objective: Objective | None, values: Mapping[str, Any], *, by: User | None
) -> Objective:
    """Add an objective, or change one."""
    require_administrator(by)
    unknown = set(values) - FIELDS
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    row = objective or Objective()
    changes = audit.put(row, _clean(row, values))
    _refuse_double(row)
    if changes:
        row.save()
        if "target" in changes:
            changes["target"] = [None if x is None else str(x) for x in changes["target"]]
        verb = AuditVerb.CREATED if objective is None else AuditVerb.CHANGED
        audit.record(row, verb, by=by, changes=changes)
    return row


def _clean(row: Objective, values: Mapping[str, Any]) -> dict[str, Any]:
    merged = {name: values.get(name, getattr(row, name, None)) for name in FIELDS - {"service"}}
    errors: dict[str, Any] = {}
    target = merged["target"]
    if target is None or not Decimal(0) < Decimal(str(target)) <= 100:
        errors["target"] = _("Enter a share of more than 0 and at most 100.")
    if merged["kind"] == ObjectiveKind.PERFORMANCE:
        if not merged["metric"]:
            errors["metric"] = _("Name what is sampled.")
        if merged["threshold"] is None:
            errors["threshold"] = _("Say within what a sample is good.")
    calendar = merged["calendar"]
    if calendar is not None and not calendar.is_active:
        errors["calendar"] = _("Choose a calendar that is in use.")
    if errors:
        raise ActionError(_("Some values can't be used."), errors=errors)
    if merged["kind"] == ObjectiveKind.AVAILABILITY:
        return {**values, "metric": ""}  # a service is available or not, whatever is sampled
    return dict(values)


def _refuse_double(row: Objective) -> None:
    Service.objects.select_for_update().get(pk=row.service_id)
    same = Objective.objects.filter(
        service=row.service_id, kind=row.kind, metric=row.metric, is_active=True
    ).exclude(pk=row.pk)
    if row.is_active and same.exists():
        raise ActionError(_("This service has such an objective already."), code="double")


@transaction.atomic
def push_samples(
    service: Service, metric: str, rows: Iterable[tuple[datetime, float]], *, by: User | None
) -> int:
    """Keep measured values; how many. What was sent before is kept once.

    ActionError for a value that is no number or an instant in the future or long ago.
    """
    if not may_keep(by, service):
        raise NotAllowed(_("Only the owner and the team of the service send its samples."))
    now = timezone.now()
    samples = []
    for number, (at, value) in enumerate(rows):
        if number >= MOST_SAMPLES:
            raise ActionError(
                _("Send at most %(limit)s samples at once.") % {"limit": MOST_SAMPLES},
                field="samples",
            )
        if not isfinite(value) or not now - OLDEST_SAMPLE < at <= now + LENIENT:
            raise ActionError(
                _("Sample %(n)s has no usable value or instant.") % {"n": number + 1},
                field="samples",
            )
        samples.append(Sample(service=service, metric=metric, at=at, value=value))
    Sample.objects.bulk_create(samples, ignore_conflicts=True, batch_size=1000)
    return len(samples)
