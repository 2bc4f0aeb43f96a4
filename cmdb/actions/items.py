"""Configuration items and relations between them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.enums import ItemStatus, ItemType, RelationType
from cmdb.models import ConfigurationItem, Relation
from core.errors import ActionError

FIELDS = ("name", "type", "status", "serial", "location", "owner", "support_team")


@transaction.atomic
def create_item(values: Mapping[str, Any], *, by: User | None) -> ConfigurationItem:
    """Add an item. `services` holds the services that run on it."""
    require_administrator(by)
    item = ConfigurationItem()
    changes = audit.put(item, _checked(item, values))
    item.save()
    changes |= _set_services(item, values)
    audit.record(item, AuditVerb.CREATED, by=by, changes=changes)
    return item


@transaction.atomic
def edit_item(
    item: ConfigurationItem, values: Mapping[str, Any], *, by: User | None
) -> ConfigurationItem:
    """Change an item. One that is gone is retired, not deleted."""
    require_administrator(by)
    item = ConfigurationItem.objects.select_for_update().get(pk=item.pk)
    changes = audit.put(item, _checked(item, values))
    if changes:
        item.save(update_fields=sorted(changes))
    changes |= _set_services(item, values)
    if changes:
        audit.record(item, AuditVerb.CHANGED, by=by, changes=changes)
    return item


@transaction.atomic
def relate(
    source: ConfigurationItem, kind: str, target: ConfigurationItem, *, by: User | None
) -> Relation:
    """Say that `source` depends on, runs on … `target`; saying it twice is saying it once."""
    require_administrator(by)
    if kind not in RelationType.values:
        raise ActionError(_("Choose one of the values offered."), field="type")
    if source.pk == target.pk:
        raise ActionError(_("An item is not related to itself."), field="target")
    relation, created = Relation.objects.get_or_create(source=source, target=target, type=kind)
    if created:
        audit.record(source, AuditVerb.CHANGED, by=by, changes={kind: [None, target.pk]})
    return relation


@transaction.atomic
def unrelate(relation: Relation, *, by: User | None) -> None:
    """Take a relation back."""
    require_administrator(by)
    source, kind, target_id = relation.source, relation.type, relation.target_id
    if Relation.objects.filter(pk=relation.pk).delete()[0]:
        audit.record(source, AuditVerb.CHANGED, by=by, changes={kind: [target_id, None]})


def _checked(item: ConfigurationItem, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - {*FIELDS, "services"}
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in values.items()
        if name != "services"
    }
    name = cleaned.get("name", item.name)
    if not name:
        raise ActionError(_("Enter the name."), field="name", code="required")
    if ConfigurationItem.objects.filter(name=name).exclude(pk=item.pk).exists():
        raise ActionError(_("Another item has this name."), field="name", code="taken")
    for field, value in cleaned.items():
        longest = getattr(ConfigurationItem._meta.get_field(field), "max_length", None)
        if isinstance(value, str) and longest and len(value) > longest:
            message = _("Shorten this to %(limit)s characters.") % {"limit": longest}
            raise ActionError(message, field=field, code="too_long")
    owner: Any = cleaned.get("owner")
    if owner is not None and owner.pk != item.owner_id and not owner.is_active:
        message = _("This person has left. Choose somebody else.")
        raise ActionError(message, field="owner", code="left")
    for field, choices in (("type", ItemType.values), ("status", ItemStatus.values)):
        if field in cleaned and cleaned[field] not in choices:
            raise ActionError(_("Choose one of the values offered."), field=field)
    return cleaned


def _set_services(item: ConfigurationItem, values: Mapping[str, Any]) -> audit.Changes:
    if "services" not in values:
        return {}
    wanted = sorted({service.pk for service in values["services"]})
    current = sorted(item.services.values_list("pk", flat=True))
    if wanted == current:
        return {}
    item.services.set(wanted)
    return {"services": [current, wanted]}
