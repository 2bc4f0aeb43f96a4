"""The categories of the catalog, by administrators. At most two levels; hidden, never deleted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.actions.teams import free_slug
from accounts.enums import AuditVerb
from accounts.models import User
from catalog.models import Shelf
from core.errors import ActionError

FIELDS = ("name_ko", "name_en", "parent", "icon")
LONGEST_SLUG = 80


@transaction.atomic
def create(values: Mapping[str, Any], *, by: User | None) -> Shelf:
    """Add a category at the end of its level."""
    require_administrator(by)
    shelf = Shelf()
    changes = audit.put(shelf, _checked(shelf, values))
    shelf.slug = free_slug(Shelf, shelf.name_en or shelf.name_ko, LONGEST_SLUG)
    beside = Shelf.objects.filter(parent=shelf.parent)
    shelf.position = (beside.aggregate(last=Max("position"))["last"] or 0) + 1
    shelf.save()
    audit.record(shelf, AuditVerb.CREATED, by=by, changes=changes)
    return shelf


@transaction.atomic
def edit(shelf: Shelf, values: Mapping[str, Any], *, by: User | None) -> Shelf:
    """Change a category. Its slug, which files know it by, stays."""
    require_administrator(by)
    shelf = Shelf.objects.select_for_update(of=("self",)).get(pk=shelf.pk)
    changes = audit.put(shelf, _checked(shelf, values))
    if changes:
        shelf.save(update_fields=sorted(changes))
        audit.record(shelf, AuditVerb.CHANGED, by=by, changes=changes)
    return shelf


@transaction.atomic
def switch(shelf: Shelf, active: bool, *, by: User | None) -> None:
    """Show a category with what stands in it, or not."""
    require_administrator(by)
    shelf = Shelf.objects.select_for_update(of=("self",)).get(pk=shelf.pk)
    if shelf.is_active != active:
        shelf.is_active = active
        shelf.save(update_fields=["is_active"])
        verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
        audit.record(shelf, verb, by=by)


@transaction.atomic
def move(shelf: Shelf, step: int, *, by: User | None) -> None:
    """Move a category up (-1) or down (+1) among those beside it."""
    require_administrator(by)
    beside = Shelf.objects.select_for_update(of=("self",)).filter(parent=shelf.parent_id)
    ordered = list(beside.order_by("position", "id"))
    at = next(index for index, other in enumerate(ordered) if other.pk == shelf.pk)
    to = min(max(at + step, 0), len(ordered) - 1)
    if at == to:
        return
    ordered.insert(to, ordered.pop(at))
    for position, other in enumerate(ordered, 1):
        other.position = position
    Shelf.objects.bulk_update(ordered, ["position"])
    audit.record(shelf, AuditVerb.CHANGED, by=by, changes={"position": [at + 1, to + 1]})


def _checked(shelf: Shelf, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: values[name] for name in FIELDS if name in values}
    names = [cleaned.get(name, getattr(shelf, name)) for name in ("name_ko", "name_en")]
    if not any(str(name).strip() for name in names):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    parent = cleaned.get("parent")
    if parent is not None:
        if parent.parent_id:
            raise ActionError(
                _("Categories have two levels. Choose one of the first."), field="parent"
            )
        if shelf.pk and (parent.pk == shelf.pk or shelf.children.exists()):
            raise ActionError(
                _("This category has others below it and can't go below one itself."),
                field="parent",
            )
    return cleaned
