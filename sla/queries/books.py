"""What the pages about publishing show: effects in words, records that move, the history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from core import formats
from sla.enums import Metric, Reach
from sla.models import Book
from sla.queries.words import length_of
from sla.rows import instant
from tickets.models import Ticket
from tickets.models.ticket import OPEN

# In the order of sla.actions.impact.EFFECTS, the worst first.
EFFECTS: dict[str, Any] = {
    "newly_breached": gettext_lazy("newly breached"),
    "earlier": gettext_lazy("due earlier"),
    "later": gettext_lazy("due later"),
    "taken_back": gettext_lazy("breach taken back"),
    "cancelled": gettext_lazy("no longer measured"),
    "new": gettext_lazy("newly measured"),
    "unchanged": gettext_lazy("unchanged"),
}


def effects(counts: Mapping[str, int]) -> list[tuple[str, Any, str]]:
    """(effect, what it is called, how many clocks)."""
    return [(key, label, f"{counts.get(key, 0):,}") for key, label in EFFECTS.items()]


def moves(rows: Sequence[Mapping[str, Any]], user: User) -> list[dict[str, Any]]:
    """The clocks that move, on records that the person may see."""
    keys = {row["ticket"] for row in rows}
    seen = Ticket.objects.visible_to(user).filter(pk__in=keys).only("number", "kind")
    tickets = {ticket.pk: ticket for ticket in seen}
    return [
        {
            "number": tickets[row["ticket"]].number,
            "url": tickets[row["ticket"]].get_absolute_url(),
            "metric": Metric(row["metric"]).label,
            "effect": EFFECTS[row["effect"]],
            "is_bad": row["effect"] == "newly_breached",
            "old": _stand(row["old"]),
            "new": _stand(row["new"]),
        }
        for row in rows
        if row["ticket"] in tickets
    ]


def _stand(stand: Mapping[str, Any] | None) -> str:
    if stand is None:
        return "–"
    if stand["due"] is not None:
        due = instant(stand["due"])
        return formats.moment(due) if due else ""
    left = stand["left"] or 0
    if left < 0:
        return _("over by %(time)s, standing still") % {"time": length_of(-left)}
    return _("%(time)s left, standing still") % {"time": length_of(left)}


def book_rows(books: Iterable[Book]) -> list[dict[str, Any]]:
    """Publishings as the history shows them. One query for all that people are called."""
    books = list(books)
    people = User.objects.in_bulk({book.published_by_id for book in books} - {None})
    last = _last(books)
    return [
        {
            "pk": book.pk,
            "at": book.published_at,
            "by": people[book.published_by_id].name if book.published_by_id else "Maru",
            "reach": Reach(book.reach).label,
            "note": book.note,
            "is_done": book.recomputed_at is not None,
            "done_at": book.recomputed_at,
            "percent": min(99, book.recomputed_to * 100 // last) if last else 0,
            "state": _("done") if book.recomputed_at else pgettext("progress", "under way"),
        }
        for book in books
    ]


def _last(books: Sequence[Book]) -> int:
    """The last key that a recomputation goes to; only asked while one is under way."""
    if all(book.recomputed_at for book in books):
        return 0
    open_only = any(book.reach == Reach.OPEN and not book.recomputed_at for book in books)
    rows = Ticket.objects.filter(OPEN) if open_only else Ticket.objects.all()
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0
