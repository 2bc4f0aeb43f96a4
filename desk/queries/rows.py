"""Rows of the queue: flat, of ready-made strings, the same for one row and for a list."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from desk import columns
from desk.columns import Column, Context
from sla.queries.faces import nearest
from tickets import kinds
from tickets.models import Ticket
from tickets.queries import with_reader


def fields_of(shown: list[Column]) -> tuple[str, ...]:
    """The values that these columns are made from."""
    needed = {name for column in shown for name in column.needs}
    return (*columns.BASE, *sorted(needed - set(columns.BASE)), "seen", "has_draft")


def some(ids: list[int], tickets: Any, user: User, shown: list[Column]) -> list[dict[str, Any]]:
    """The rows of these ids, where they (still) belong to `tickets`."""
    found = with_reader(tickets.filter(pk__in=ids), user).values(*fields_of(shown))
    return ready(list(found), shown, user)


def one(ticket: Ticket, user: User, shown: list[Column]) -> dict[str, Any]:
    """The row of one record that the person may see."""
    return some([ticket.pk], Ticket.objects.all(), user, shown)[0]


def ready(found: list[dict[str, Any]], shown: list[Column], user: User) -> list[dict[str, Any]]:
    """What the row template prints."""
    context = Context(timezone.now(), user.pk)
    if any(column.key == "sla" for column in shown):
        context.clocks = nearest((row["id"] for row in found), context.now)
    return [_row(row, shown, context) for row in found]


def _row(row: dict[str, Any], shown: list[Column], context: Context) -> dict[str, Any]:
    row["url"] = f"/{kinds.get(row['kind']).path}/{row['number']}/"
    row["unseen"] = (row["seen"] or 0) < row["version"]
    return {
        "id": row["id"],
        "number": row["number"],
        "version": row["version"],
        "markup": columns.markup(row, shown, context),
    }
