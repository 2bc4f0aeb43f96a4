"""Suppliers and their contracts: add and edit. By administrators."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.actions.teams import free_slug
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.models import Contract, Supplier
from core.errors import ActionError

SUPPLIER_FIELDS = frozenset(
    {"name_ko", "name_en", "contact_name", "email", "phone", "url", "note", "is_active"}
)
CONTRACT_FIELDS = frozenset(
    {
        "name_ko",
        "name_en",
        "number",
        "supplier",
        "starts_on",
        "ends_on",
        "terms",
        "owner",
        "is_active",
    }
)
COVERED = ("services", "items")


@transaction.atomic
def create_supplier(values: Mapping[str, Any], *, by: User | None) -> Supplier:
    """Add a supplier."""
    require_administrator(by)
    supplier = Supplier()
    changes = audit.put(supplier, _checked_supplier(supplier, values))
    supplier.slug = free_slug(Supplier, supplier.name_en or supplier.name_ko, 80)
    supplier.save()
    audit.record(supplier, AuditVerb.CREATED, by=by, changes=changes)
    return supplier


@transaction.atomic
def edit_supplier(supplier: Supplier, values: Mapping[str, Any], *, by: User | None) -> Supplier:
    """Change a supplier. One that is no longer used is switched off, not deleted."""
    require_administrator(by)
    supplier = Supplier.objects.select_for_update().get(pk=supplier.pk)
    changes = audit.put(supplier, _checked_supplier(supplier, values))
    if changes:
        supplier.save(update_fields=sorted(changes))
        audit.record(supplier, AuditVerb.CHANGED, by=by, changes=changes)
    return supplier


@transaction.atomic
def create_contract(values: Mapping[str, Any], *, by: User | None) -> Contract:
    """Add a contract. `services` and `items` hold what it covers."""
    require_administrator(by)
    contract = Contract()
    changes = audit.put(contract, _checked_contract(contract, values))
    contract.save()
    changes |= _set_covered(contract, values)
    audit.record(contract, AuditVerb.CREATED, by=by, changes=changes)
    return contract


@transaction.atomic
def edit_contract(contract: Contract, values: Mapping[str, Any], *, by: User | None) -> Contract:
    """Change a contract. One that was given up is ended or switched off, not deleted."""
    require_administrator(by)
    contract = Contract.objects.select_for_update().get(pk=contract.pk)
    changes = audit.put(contract, _checked_contract(contract, values))
    if changes:
        contract.save(update_fields=sorted(changes))
    changes |= _set_covered(contract, values)
    if changes:
        audit.record(contract, AuditVerb.CHANGED, by=by, changes=changes)
    return contract


def _checked_supplier(supplier: Supplier, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = _tidy(supplier, values, SUPPLIER_FIELDS)
    for name, check in (("email", validate_email), ("url", URLValidator(("http", "https")))):
        if cleaned.get(name):
            _check_address(name, cleaned[name], check)
    return cleaned


def _check_address(name: str, value: str, check: Any) -> None:
    try:
        check(value)
    except ValidationError as error:
        raise ActionError(str(error.messages[0]), field=name) from None


def _checked_contract(contract: Contract, values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in values.items() if name not in COVERED}
    cleaned = _tidy(contract, kept, CONTRACT_FIELDS)
    number = cleaned.get("number", contract.number)
    if not number:
        raise ActionError(_("Enter the contract number."), field="number", code="required")
    if Contract.objects.filter(number=number).exclude(pk=contract.pk).exists():
        raise ActionError(_("Another contract has this number."), field="number", code="taken")
    if cleaned.get("supplier", contract.supplier_id) is None:
        raise ActionError(_("Choose the supplier."), field="supplier", code="required")
    _check_days(
        cleaned.get("starts_on", contract.starts_on), cleaned.get("ends_on", contract.ends_on)
    )
    return cleaned


def _check_days(first: date | None, last: date | None) -> None:
    if first is None:
        raise ActionError(_("Enter the first day."), field="starts_on", code="required")
    if last is not None and last < first:
        raise ActionError(_("The last day is before the first one."), field="ends_on")


def _tidy(
    row: Supplier | Contract, values: Mapping[str, Any], fields: frozenset[str]
) -> dict[str, Any]:
    unknown = set(values) - fields
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
    if not any(cleaned.get(name, getattr(row, name)) for name in ("name_ko", "name_en")):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    return cleaned


def _set_covered(contract: Contract, values: Mapping[str, Any]) -> audit.Changes:
    changes: audit.Changes = {}
    for name in COVERED:
        if name not in values:
            continue
        rows = getattr(contract, name)
        wanted = sorted({row.pk for row in values[name]})
        current = sorted(rows.values_list("pk", flat=True))
        if wanted != current:
            rows.set(wanted)
            changes[name] = [current, wanted]
    return changes
