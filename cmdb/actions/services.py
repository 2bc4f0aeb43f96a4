"""Services: add and edit. By administrators; an owner edits their own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.actions.teams import free_slug
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.enums import Criticality, ServiceStatus
from cmdb.models import Service
from core.errors import ActionError

FIELDS = (
    "name_ko",
    "name_en",
    "summary_ko",
    "summary_en",
    "status",
    "criticality",
    "owner",
    "support_team",
)
# What its owner may not change: whom it belongs to, and how much it counts.
ADMINISTRATORS_ONLY = frozenset({"owner", "criticality"})


@transaction.atomic
def create_service(values: Mapping[str, Any], *, by: User | None) -> Service:
    """Add a service. `depends_on` holds the services it needs."""
    require_administrator(by)
    service = Service()
    changes = audit.put(service, _checked(service, values))
    service.slug = free_slug(Service, service.name_en or service.name_ko, 80)
    service.save()
    changes |= _set_needs(service, values)
    audit.record(service, AuditVerb.CREATED, by=by, changes=changes)
    return service


@transaction.atomic
def edit_service(service: Service, values: Mapping[str, Any], *, by: User | None) -> Service:
    """Change a service. Its address part (slug) stays, since people link to it."""
    service = Service.objects.select_for_update().get(pk=service.pk)
    owns = by is not None and service.owner_id == by.pk
    if not owns or ADMINISTRATORS_ONLY & set(values):
        require_administrator(by)
    changes = audit.put(service, _checked(service, values))
    if changes:
        service.save(update_fields=sorted(changes))
    changes |= _set_needs(service, values)
    if changes:
        audit.record(service, AuditVerb.CHANGED, by=by, changes=changes)
    return service


def _checked(service: Service, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - {*FIELDS, "depends_on"}
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in values.items()
        if name != "depends_on"
    }
    if not any(cleaned.get(name, getattr(service, name)) for name in ("name_ko", "name_en")):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    for name, choices in (
        ("status", ServiceStatus.values),
        ("criticality", Criticality.values),
    ):
        if name in cleaned and cleaned[name] not in choices:
            raise ActionError(_("Choose one of the values offered."), field=name)
    return cleaned


def _set_needs(service: Service, values: Mapping[str, Any]) -> audit.Changes:
    if "depends_on" not in values:
        return {}
    wanted = sorted({needed.pk for needed in values["depends_on"]})
    current = sorted(service.depends_on.values_list("pk", flat=True))
    if wanted == current:
        return {}
    if service.pk in wanted:
        raise ActionError(_("A service does not depend on itself."), field="depends_on")
    service.depends_on.set(wanted)
    return {"depends_on": [current, wanted]}
