"""The rows that figures count, as querysets: what a number opens is what it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from sla.enums import ClockState
from sla.models import Figure, Promise, Spell
from sla.models.figures import DIMENSIONS
from sla.queries.extent import Extent
from sla.queries.sums import Filters
from tickets.models import Ticket


@dataclass(frozen=True)
class Records:
    """`rows` are those that the reader may see, each with its `ticket`; `hidden` others count."""

    rows: QuerySet[Any]
    total: int
    hidden: int


@dataclass(frozen=True)
class _Span:
    """Days [first, until), and the instant at which it is asked what is breached."""

    first: date
    until: date
    end: datetime

    def on(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self.first, f"{column}__lt": self.until})

    def open_at_end(self, begins: str, ends: str) -> Q:
        open_still = Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": self.until})
        return Q(**{f"{begins}__lt": self.until}) & open_still


def _late(span: _Span) -> Q:
    still = Q(ended_on__isnull=True, breaks_at__lt=span.end)
    return still | Q(broke_on__lt=span.until, ended_on__gte=span.until)


def _ended(span: _Span, *states: str) -> Q:
    return span.on("ended_on") & Q(state__in=states)


_BUILD: dict[str, tuple[Any, Callable[[_Span], Q]]] = {
    "opened": (Figure, lambda span: span.on("opened_on")),
    "responded": (Figure, lambda span: span.on("opened_on") & Q(ack_clock__isnull=False)),
    "resolved": (Figure, lambda span: span.on("resolved_on")),
    "reopened": (Figure, lambda span: span.on("resolved_on") & Q(reopened__gt=0)),
    "first_contact": (Figure, lambda span: span.on("resolved_on") & Q(first_contact=True)),
    "backlog": (Spell, lambda span: span.open_at_end("entered_on", "left_on")),
    "met": (Promise, lambda span: _ended(span, ClockState.MET)),
    "missed": (Promise, lambda span: _ended(span, ClockState.MISSED)),
    "ended": (Promise, lambda span: _ended(span, ClockState.MET, ClockState.MISSED)),
    "open_breached": (Promise, _late),
    "open_clocks": (Promise, lambda span: span.open_at_end("started_on", "ended_on")),
    "attainment": (
        Promise,
        lambda span: _ended(span, ClockState.MET, ClockState.MISSED) | _late(span),
    ),
}
POPULATIONS = tuple(_BUILD)


def population(
    name: str, first: date, until: date, end: datetime, filters: Filters, extent: Extent
) -> QuerySet[Any]:
    """The rows that are counted. ValueError for a name that is not one of POPULATIONS."""
    if name not in _BUILD:
        raise ValueError(f"no population {name!r}")
    model, condition = _BUILD[name]
    prefix = "" if model is Figure else "ticket__figure__"
    rows = model.objects.filter(condition(_Span(first, until, end)))
    team = f"{prefix}team_id"
    if model is Promise:
        rows = rows.annotate(team_of=Coalesce("team_id", F(team)))
        team = "team_of"
        for column, chosen in (("metric", filters.metric), ("policy_id", filters.policy)):
            if chosen:
                rows = rows.filter(**{f"{column}__in": chosen})
    if filters.kind:
        rows = rows.filter(**{f"{prefix}kind": filters.kind})
    for dimension in DIMENSIONS:
        chosen = getattr(filters, dimension)
        column = team if dimension == "team" else f"{prefix}{dimension}"
        if chosen:
            wanted = Q(**{f"{column}__in": chosen})
            rows = rows.filter(wanted | Q(**{f"{column}__isnull": True}) if 0 in chosen else wanted)
    if not extent.everything:
        teams = Q(**{f"{team}__in": extent.teams})
        rows = rows.filter(teams | Q(**{f"{prefix}service_id__in": extent.services}))
    return rows


def records(rows: QuerySet[Any], reader: User) -> Records:
    """What of the rows the reader may see, and how many they may not."""
    seen = rows.filter(ticket__in=Ticket.objects.visible_to(reader).order_by().values("pk"))
    total, visible = rows.count(), seen.count()
    return Records(seen, total, total - visible)
