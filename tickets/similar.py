"""Records like this one: for the agent beside the page, and as proposals for a new record.

Likeness is trigram similarity of the decomposed titles (so that Korean endings count little),
plus a bonus for the same service. Only the newest records are compared: it is for now, not for
history, and its price doesn't grow with the table.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, FloatField, Func, QuerySet, Value, When
from django.db.models.functions import Lower

from accounts.models import User
from cmdb.models import Service
from tickets.models import Category, Ticket
from tickets.models.ticket import OPEN

WINDOW = 3000
ALIKE = 0.35
SAME_SERVICE = 0.15
NEIGHBOURS = 15


class Decomposed(Func):
    """The text in lower case with each Hangul syllable split into its letters."""

    function = "NORMALIZE"
    template = "%(function)s(%(expressions)s, NFD)"


def _likeness(title: str, service: Service | None) -> Any:
    text = Func(
        Decomposed(Lower("title")),
        Decomposed(Lower(Value(title))),
        function="SIMILARITY",
        output_field=FloatField(),
    )
    if service is None:
        return text
    bonus = Case(When(service=service, then=Value(SAME_SERVICE)), default=Value(0.0))
    return text + bonus


def _ranked(
    tickets: QuerySet[Ticket], title: str, service: Service | None, exclude: int
) -> QuerySet[Ticket]:
    newest = tickets.exclude(pk=exclude).order_by("-opened_at", "-id").values("pk")[:WINDOW]
    return (
        Ticket.objects.filter(pk__in=newest)
        .annotate(likeness=_likeness(title, service))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "-id")
    )


def similar_open(
    user: User, title: str, *, service: Service | None = None, exclude: int = 0, limit: int = 5
) -> list[Ticket]:
    """The open records most like `title` that the person may see, best first."""
    visible = Ticket.objects.visible_to(user).filter(OPEN)
    return list(_ranked(visible, title, service, exclude)[:limit])


@dataclass(frozen=True)
class Proposal:
    """What similar records suggest; `based_on` says how many of them agreed on the service."""

    service: Service | None
    category: Category | None
    impact: int | None
    urgency: int | None
    based_on: int


def propose(user: User, kind: str, title: str) -> Proposal:
    """What a new record with this title is probably about, from similar visible ones.

    A value is proposed only when more than half of the similar records share it.
    """
    visible = Ticket.objects.visible_to(user).of_kind(kind)
    rows = list(
        _ranked(visible, title, None, 0).values(
            service_key=F("service_id"),
            category_key=F("category_id"),
            i=F("impact"),
            u=F("urgency"),
        )[:NEIGHBOURS]
    )
    service, agreed = _common(rows, "service_key")
    category, _count = _common(rows, "category_key")
    return Proposal(
        Service.objects.filter(pk=service).first() if service else None,
        Category.objects.filter(pk=category, is_active=True).first() if category else None,
        _common(rows, "i")[0],
        _common(rows, "u")[0],
        agreed,
    )


def _common(rows: Sequence[Mapping[str, Any]], name: str) -> tuple[Any, int]:
    if not rows:
        return None, 0
    value, count = Counter(row[name] for row in rows).most_common(1)[0]
    return (value, count) if value is not None and count * 2 > len(rows) else (None, 0)
