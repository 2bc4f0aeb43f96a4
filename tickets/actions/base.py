"""What every action does the same: lock the row, note what changed, write the event."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from core import context
from tickets.enums import Channel, Verb
from tickets.models import Comment, Event, Ticket

Changes = dict[str, list[Any]]


def lock(ticket: Ticket) -> Ticket:
    """The row as it is now, locked until the transaction ends."""
    related = Ticket.objects.select_related("requester", "team", "service", "assignee", "category")
    return related.select_for_update(of=("self",)).get(pk=ticket.pk)


def lock_both(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both rows locked in order of id, so that two who lock crosswise don't wait for each other."""
    related = Ticket.objects.select_related("requester", "team", "service", "assignee", "category")
    pair = related.filter(pk__in=[one.pk, other.pk]).select_for_update(of=("self",)).order_by("pk")
    rows = {row.pk: row for row in pair}
    return rows[one.pk], rows[other.pk]


def stored(value: Any) -> Any:
    """The form in which an event keeps a value: ids for rows, ISO text for instants."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value


def put(row: models.Model, values: Mapping[str, Any]) -> Changes:
    """Set attributes that differ and say which did: {field: [old, new]}. Saves nothing."""
    changes: Changes = {}
    for name, value in values.items():
        field = row._meta.get_field(name)
        old = getattr(row, getattr(field, "attname", name))
        new = stored(value)
        if stored(old) != new:
            changes[name] = [stored(old), new]
            setattr(row, name, value)
    return changes


def record(
    ticket: Ticket,
    verb: Verb,
    *,
    by: User | None,
    changes: Changes | None = None,
    data: Mapping[str, Any] | None = None,
    comment: Comment | None = None,
    save: tuple[str, ...] = (),
) -> Event:
    """Write the event, count the versions, and save the changed columns of the locked row."""
    changes = changes or {}
    now = timezone.now()
    ticket.version += 1
    ticket.updated_at = now
    for name in changes:
        ticket.field_versions[name] = ticket.field_versions.get(name, 0) + 1
    columns = {field.name for field in ticket._meta.concrete_fields}
    touched = (set(changes) & columns) | set(save) | {"version", "updated_at", "field_versions"}
    ticket.save(update_fields=sorted(touched))
    return Event.objects.create(
        ticket=ticket,
        at=now,
        actor=by,
        verb=verb,
        changes=changes,
        data=dict(data or {}),
        comment=comment,
        channel=current_channel(),
        request_id=context.request_id.get(),
    )


def current_channel() -> str:
    """The channel of the current work, as events and comments keep it."""
    via = context.channel.get()
    return via if via in Channel.values else Channel.SYSTEM
