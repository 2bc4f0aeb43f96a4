"""Services: add and edit. By administrators; an owner edits their own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.actions.teams import free_slug
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.access import require_editor
from cmdb.actions.checking import checked
from cmdb.actions.needs import set_needs
from cmdb.actions.reviews import next_review
from cmdb.models import Service

# What its owner may not change: whom it belongs to, and how much it counts.
ADMINISTRATORS_ONLY = frozenset({"owner", "criticality"})
# Address parts that pages have.
RESERVED = frozenset({"new", "map"})


@transaction.atomic
def create_service(values: Mapping[str, Any], *, by: User | None) -> Service:
    """Add a service. `depends_on` holds the services it needs."""
    require_administrator(by)
    service = Service()
    changes = audit.put(service, checked(service, values))
    name = service.name_en or service.name_ko
    service.slug = free_slug(Service, name, 80)
    if service.slug in RESERVED:
        service.slug = free_slug(Service, f"{name} service", 80)
    service.review_due_on = next_review(timezone.localdate(), service.review_every)
    service.save()
    changes |= _set_needs(service, values)
    audit.record(service, AuditVerb.CREATED, by=by, changes=changes)
    return service


@transaction.atomic
def edit_service(service: Service, values: Mapping[str, Any], *, by: User | None) -> Service:
    """Change a service. Its address part (slug) stays, since people link to it.

    Another interval of reviews plans the next one anew, from the last one or else from today.
    """
    service = Service.objects.select_for_update().get(pk=service.pk)
    require_editor(by, service)
    if ADMINISTRATORS_ONLY & set(values):
        require_administrator(by)
    changes = audit.put(service, checked(service, values))
    if "review_every" in changes:
        last = service.reviewed_at
        start = timezone.localdate(last) if last else timezone.localdate()
        changes |= audit.put(service, {"review_due_on": next_review(start, service.review_every)})
    if changes:
        service.save(update_fields=sorted(changes))
    changes |= _set_needs(service, values)
    if changes:
        audit.record(service, AuditVerb.CHANGED, by=by, changes=changes)
    return service


def _set_needs(service: Service, values: Mapping[str, Any]) -> audit.Changes:
    return set_needs(service, values["depends_on"]) if "depends_on" in values else {}
