"""Changing fields: by field version, so that nobody's change is lost; and the priority."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cmdb.enums import Criticality
from core.errors import ActionError, Clash, Conflict
from core.events import emit
from tickets import access, events, fields, priority
from tickets.actions.base import Changes, lock, put, record, stored
from tickets.actions.checks import (
    check_not_closed,
    check_offered,
    clean_tags,
    limited_text,
    required_line,
    required_text,
)
from tickets.enums import Verb
from tickets.models import Event, Ticket, TicketItem

PRIORITY_INPUTS = frozenset({"impact", "urgency", "service", "requester"})


@transaction.atomic
def edit(
    ticket: Ticket,
    values: Mapping[str, Any],
    *,
    by: User | None,
    seen: Mapping[str, int] | None = None,
) -> Ticket:
    """Set fields of a record (on the base or on the kind's own row).

    `seen` is {field: the field version the person looked at}. A field that changed since, to a
    value other than the wanted one, raises Conflict with both values, and nothing is written.
    Effects in order: lock, permission, conflict check, fields, priority recomputed when its
    inputs changed and it is not overridden, event, subscribers.
    """
    ticket = lock(ticket)
    access.require(by, "edit", ticket)
    check_not_closed(ticket)
    kind = ticket.kind_info
    editable = {name for name, field in fields.BASE.items() if field.editable}
    unknown = set(values) - editable - {d.name for d in kind.details if d.editable}
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    values = _clean(values)
    detail = (
        kind.detail_model.objects.get(pk=ticket.pk) if set(values) & kind.detail_names else None
    )
    _refuse_conflicts(ticket, detail, values, seen or {})
    _refuse_withdrawn(ticket, values)
    own = {name: value for name, value in values.items() if name in kind.detail_names}
    base = {n: v for n, v in values.items() if n not in own and n != "items"}
    changes = put(ticket, base)
    if detail is not None and own:
        detail_changes = put(detail, own)
        if detail_changes:
            detail.save_base(raw=True, update_fields=sorted(detail_changes), force_update=True)
        changes |= detail_changes
        if kind.opens_restricted and kind.opens_restricted({n: getattr(detail, n) for n in own}):
            changes |= put(ticket, {"restricted": True})
    if "items" in values:
        changes |= _set_items(ticket, values["items"])
    old = ticket.priority
    if PRIORITY_INPUTS & set(changes) and not ticket.priority_overridden:
        changes |= put(ticket, {"priority": computed_priority(ticket)})
    if changes:
        event = record(ticket, Verb.EDITED, by=by, changes=changes, data=_standing(ticket, changes))
        _tell(ticket, event, changes, old)
    return ticket


def _standing(ticket: Ticket, changes: Changes) -> dict[str, Any]:
    """What agreements ask of another requester, as it is now: people change, events don't."""
    if "requester" not in changes:
        return {}
    return {"department": ticket.requester.department_id, "vip": ticket.requester.is_vip}


def _refuse_withdrawn(ticket: Ticket, values: Mapping[str, Any]) -> None:
    """A record may keep a retired service or an old category, but not get one."""
    service, category = values.get("service"), values.get("category")
    check_offered(
        service if service and service.pk != ticket.service_id else None,
        category if category and category.pk != ticket.category_id else None,
    )


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(values)
    if "title" in cleaned:
        cleaned["title"] = required_line("title", cleaned["title"])
    if "description" in cleaned:
        cleaned["description"] = limited_text("description", cleaned["description"])
    if "tags" in cleaned:
        cleaned["tags"] = clean_tags(cleaned["tags"])
    for name, words in (("impact", (1, 2, 3)), ("urgency", (1, 2, 3))):
        if name in cleaned and cleaned[name] not in words:
            raise ActionError(_("Choose one of the values offered."), field=name)
    requester = cleaned.get("requester")
    if "requester" in cleaned and (requester is None or not requester.is_active):
        raise ActionError(_("Choose somebody who still works here."), field="requester")
    return cleaned


def _refuse_conflicts(
    ticket: Ticket, detail: Any, values: Mapping[str, Any], seen: Mapping[str, int]
) -> None:
    clashes = []
    for name, version in seen.items():
        if name not in values or ticket.field_versions.get(name, 0) == version:
            continue
        current = _current(ticket, detail, name)
        if current == stored(values[name]):
            continue
        last = Event.objects.filter(ticket=ticket, changes__has_key=name).order_by("-id").first()
        change = last.changes[name] if last else [None, current]
        clashes.append(
            Clash(name, change[0], current, stored(values[name]), last.actor_id if last else None)
        )
    if clashes:
        raise Conflict(_("Somebody changed this first. Choose which value to keep."), clashes)


def _current(ticket: Ticket, detail: Any, name: str) -> Any:
    if name == "items":
        return sorted(ticket.ticket_items.values_list("item_id", flat=True))
    row = detail if name in ticket.kind_info.detail_names else ticket
    return stored(getattr(row, name))


def _set_items(ticket: Ticket, items: Any) -> Changes:
    wanted = sorted({item.pk for item in items})
    current = sorted(ticket.ticket_items.values_list("item_id", flat=True))
    if wanted == current:
        return {}
    TicketItem.objects.filter(ticket=ticket).exclude(item_id__in=wanted).delete()
    added = [TicketItem(ticket=ticket, item_id=pk) for pk in wanted if pk not in current]
    TicketItem.objects.bulk_create(added)
    return {"items": [current, wanted]}


def computed_priority(ticket: Ticket) -> int:
    """What the matrix says for the record as it is now."""
    critical = bool(ticket.service and ticket.service.criticality == Criticality.BUSINESS_CRITICAL)
    return priority.compute(
        ticket.impact, ticket.urgency, vip=ticket.requester.is_vip, critical=critical
    )


@transaction.atomic
def override_priority(
    ticket: Ticket, level: int | None, *, by: User | None, reason: str, seen: int | None = None
) -> Ticket:
    """Set the priority by hand, or with None give it back to the matrix. Needs right and reason."""
    ticket = lock(ticket)
    access.require(by, "override_priority", ticket)
    check_not_closed(ticket)
    if level is not None and level not in priority.LEVELS:
        raise ActionError(_("Choose one of the values offered."), field="priority")
    reason = required_text("reason", reason, limit=2000)
    wanted = computed_priority(ticket) if level is None else level
    if seen is not None:
        _refuse_conflicts(ticket, None, {"priority": wanted}, {"priority": seen})
    old = ticket.priority
    changes = put(ticket, {"priority": wanted, "priority_overridden": level is not None})
    if changes:
        event = record(ticket, Verb.EDITED, by=by, changes=changes, data={"reason": reason})
        _tell(ticket, event, changes, old)
    return ticket


def _tell(ticket: Ticket, event: Event, changes: Changes, old_priority: int) -> None:
    emit(events.Edited(ticket.pk, event.pk, event.actor_id, tuple(changes)))
    if "priority" in changes:
        emit(
            events.PriorityChanged(
                ticket.pk, event.pk, event.actor_id, old_priority, ticket.priority
            )
        )
