"""Facts of records as rows: what the histories say, compared with what is kept."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from sla.book import Shelf
from sla.enums import ClockState, Metric
from sla.histories import histories
from sla.measures import Calendars, Measured, measure
from sla.models import Calendar, Clock, Figure, Promise, Spell
from sla.rows import instant
from sla.shelf import shelf
from sla.worktime import Calendar as Hours
from tickets import bulk, kinds
from tickets.models import Ticket

USUAL = "business"  # the key of the calendar for records that no agreement gave one
COLUMNS = (
    "pk", "kind", "service_id", "team_id", "priority", "category_id", "status",
    "pending_reason_id", "requester_id", "tags", "reassign_count",
)  # fmt: skip
_CLOCK = (
    "metric", "sequence", "policy_id", "team_id", "state", "started_at", "ended_at",
    "breached_at", "due_at", "book_id", "calendar_id",
)  # fmt: skip
Rows = dict[str, Any]


@dataclass
class Facts:
    """The rows of one record."""

    figure: Rows | None = None
    spells: list[Rows] = field(default_factory=list)
    promises: list[Rows] = field(default_factory=list)

    def days(self) -> Iterator[date]:
        """Every day that a sum of these facts is part of."""
        if self.figure is not None:
            yield from (self.figure[name] for name in ("opened_on", "resolved_on"))
        for row in self.spells:
            yield from (row["entered_on"], row["left_on"])
        for row in self.promises:
            yield from (row["started_on"], row["ended_on"], row["broke_on"])


@lru_cache(maxsize=1)
def zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)


def day_of(at: int | datetime | None) -> date | None:
    """The organisation's day of an instant."""
    if at is None:
        return None
    local = (
        at.astimezone(zone()) if isinstance(at, datetime) else datetime.fromtimestamp(at, zone())
    )
    return local.date()


def true_facts(ticket_ids: Collection[int]) -> dict[int, Facts]:
    """What the events of these records say. Five queries, however many they are."""
    tickets = list(Ticket.objects.filter(pk__in=ticket_ids).only(*COLUMNS))
    books = shelf()
    usual = Calendar.objects.filter(key=USUAL).values_list("pk", flat=True).first()
    clocks: dict[int, list[Rows]] = defaultdict(list)
    kept = Clock.objects.filter(ticket_id__in=ticket_ids).order_by("metric", "sequence")
    for row in kept.values("ticket_id", *_CLOCK):
        clocks[row["ticket_id"]].append(row)
    found = {}
    known = histories(tickets)
    for ticket in tickets:
        history = known.get(ticket.pk)
        if history is None:
            continue
        calendars = _calendars(clocks[ticket.pk], books, usual, history.opened)
        machine = kinds.get(ticket.kind).machine
        measured = measure(history, machine, books, calendars, ticket.reassign_count)
        found[ticket.pk] = Facts(
            _figure(ticket, measured),
            [
                {
                    "ticket_id": ticket.pk,
                    "sequence": number,
                    "entered_on": day_of(spell.entered),
                    "left_on": day_of(spell.left),
                }
                for number, spell in enumerate(measured.spells, 1)
            ],
            [_promise(ticket.pk, row) for row in clocks[ticket.pk]],
        )
    return found


def kept_facts(ticket_ids: Collection[int]) -> dict[int, Facts]:
    """What is kept of these records. Three queries."""
    found: dict[int, Facts] = defaultdict(Facts)
    for figure in Figure.objects.filter(pk__in=ticket_ids).values():
        found[figure["ticket_id"]].figure = dict(figure)
    for model, name in ((Spell, "spells"), (Promise, "promises")):
        rows = model._default_manager.filter(ticket_id__in=ticket_ids).order_by("pk").values()
        for row in rows:
            kept = {column: value for column, value in row.items() if column != "id"}
            getattr(found[row["ticket_id"]], name).append(kept)
    return found


def replace(wrong: Collection[int], facts: dict[int, Facts]) -> None:
    """Keep these facts instead of what is kept of the records named."""
    for model in (Promise, Spell, Figure):
        model._default_manager.filter(ticket_id__in=wrong).delete()
    insert([facts[pk] for pk in wrong if pk in facts])


def insert(facts: Collection[Facts]) -> None:
    """Add facts of records of which nothing is kept."""
    for model, rows in (
        (Figure, [each.figure for each in facts if each.figure is not None]),
        (Spell, [row for each in facts for row in each.spells]),
        (Promise, [row for each in facts for row in each.promises]),
    ):
        named = [{name.removesuffix("_id"): value for name, value in row.items()} for row in rows]
        bulk.copy(model, named, without_key=model is not Figure)


def _calendars(clocks: list[Rows], books: Shelf, usual: int | None, opened: int) -> Calendars:
    """The calendars of the record's clocks; else of the usual one, as the record's book has it."""
    by_book = {book.id: book for book in books.books}
    found = {row["metric"]: by_book[row["book_id"]].calendars[row["calendar_id"]] for row in clocks}
    response, resolution = found.get(Metric.FIRST_RESPONSE), found.get(Metric.RESOLUTION)
    if response is None and resolution is None:
        first, _later = books.for_record(opened)
        book = first or (books.books[0] if books.books else None)
        response = book.calendars.get(usual or 0) if book is not None else None
    chosen = resolution or response or Hours("UTC", always=True)
    return Calendars(response=response or chosen, resolution=chosen)


def _figure(ticket: Ticket, measured: Measured) -> Rows:
    return {
        "ticket_id": ticket.pk,
        "kind": ticket.kind,
        "service_id": ticket.service_id,
        "team_id": ticket.team_id,
        "priority": ticket.priority,
        "category_id": ticket.category_id,
        "opened_at": instant(measured.opened),
        "opened_on": day_of(measured.opened),
        "responded_at": instant(measured.responded),
        "responded_on": day_of(measured.responded),
        "resolved_at": instant(measured.resolved),
        "resolved_on": day_of(measured.resolved),
        "ack_clock": measured.ack_clock,
        "ack_work": measured.ack_work,
        "resolve_raw": measured.resolve_raw,
        "resolve_clock": measured.resolve_clock,
        "resolve_work": measured.resolve_work,
        "reopened": measured.reopened,
        "reassigned": ticket.reassign_count,
        "first_contact": measured.first_contact,
        "spent": dict(measured.spent),
    }


def _promise(ticket_id: int, row: Rows) -> Rows:
    ended = row["ended_at"]
    runs = row["state"] == ClockState.RUNNING
    return {
        "ticket_id": ticket_id,
        "metric": row["metric"],
        "sequence": row["sequence"],
        "policy_id": row["policy_id"],
        "team_id": row["team_id"],
        "state": row["state"],
        "started_on": day_of(row["started_at"]),
        "ended_on": day_of(ended),
        "broke_on": day_of(row["breached_at"]) if ended else None,
        "breaks_at": row["due_at"] if runs else row["breached_at"],
    }
