"""Figures brought up to date, made anew, and proved. One at a time; a kill leaves nothing half."""

from collections.abc import Collection, Iterator
from datetime import date

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from sla.actions.counting import Facts, insert, kept_facts, replace, true_facts
from sla.actions.sums import sum_days, wrong_sums
from sla.models import Counted, Figure, Promise, Spell, Stale
from tickets.models import Ticket

BATCH = 1000
LOCK = 0x66696775  # the advisory lock under which figures are written


def mark_stale(ticket_ids: Collection[int]) -> None:
    """Name records whose figures are to be counted anew."""
    Stale.objects.bulk_create([Stale(ticket_id=pk) for pk in ticket_ids], batch_size=2000)


@transaction.atomic
def roll_up(limit: int = BATCH) -> int:
    """Count the records named since the last time anew; the number of names dealt with.

    Effects in order, in one transaction: facts of the records replaced; the days they touched
    before or touch now summed anew; the names taken away; the instant noted when none is left.
    Does nothing while another run is at it.
    """
    if not _alone(wait=False):
        return 0
    now = timezone.now()
    names = list(Stale.objects.order_by("pk").values_list("pk", "ticket_id")[:limit])
    if names:
        sum_days(_count({ticket_id for _pk, ticket_id in names}))
        Stale.objects.filter(pk__in=[pk for pk, _ticket in names]).delete()
    if len(names) < limit:
        Counted.objects.update_or_create(pk=1, defaults={"at": now})
    return len(names)


@transaction.atomic
def rebuild_figures() -> int:
    """Make all figures anew from the events; the number of records. Until then the old are read."""
    _alone(wait=True)
    now, number = timezone.now(), 0
    for model in (Promise, Spell, Figure):
        model._default_manager.all().delete()
    days: set[date] = set(_summed_days())
    for batch in _batches():
        facts = true_facts(batch)
        insert(list(facts.values()))
        days |= _days(facts.values())
        number += len(facts)
    _analyze()
    for month in sorted({day.replace(day=1) for day in days}):
        sum_days({day for day in days if day.replace(day=1) == month})
    Counted.objects.update_or_create(pk=1, defaults={"at": now})
    return number


def check_figures() -> Iterator[str]:
    """A line for each fact or sum that is not what the events say. Writes nothing.

    Records that wait to be counted are left aside, as their figures are not due yet.
    """
    waiting = set(Stale.objects.values_list("ticket_id", flat=True))
    days: set[date] = set()
    for batch in _batches():
        keys = [pk for pk in batch if pk not in waiting]
        true, kept = true_facts(keys), kept_facts(keys)
        for pk in _wrong(true, kept):
            yield f"record {pk}: {_told(true.get(pk), kept.get(pk))}"
        days |= _days(kept_facts(batch).values())
    yield from wrong_sums(days | set(_summed_days()))


def _count(ticket_ids: Collection[int]) -> set[date]:
    """Replace what is kept of these records where it is wrong; the days that this concerns."""
    true, kept = true_facts(ticket_ids), kept_facts(ticket_ids)
    wrong = _wrong(true, kept)
    replace(wrong, true)
    return _days(facts[pk] for facts in (true, kept) for pk in wrong if pk in facts)


def _wrong(true: dict[int, Facts], kept: dict[int, Facts]) -> list[int]:
    return sorted(pk for pk in {*true, *kept} if true.get(pk, Facts()) != kept.get(pk, Facts()))


def _told(true: Facts | None, kept: Facts | None) -> str:
    return f"is {kept}, should be {true}"


def _days(facts: "Collection[Facts] | Iterator[Facts]") -> set[date]:
    return {day for each in facts for day in each.days() if day is not None}


def _batches() -> Iterator[list[int]]:
    after, last = 0, Ticket.objects.aggregate(last=Max("pk"))["last"] or 0
    while after < last:
        keys = Ticket.objects.filter(pk__gt=after, pk__lte=last).order_by("pk")
        batch = list(keys.values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield batch
        after = batch[-1]


def _summed_days() -> Iterator[date]:
    """Days that have sums, whether or not they should."""
    with connection.cursor() as cursor:
        for table in ("sla_flow", "sla_attainment", "sla_spent", "sla_spread"):
            cursor.execute(f"SELECT DISTINCT day FROM {table} WHERE grain = 0")  # noqa: S608
            yield from (day for (day,) in cursor.fetchall())


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sla_figure, sla_spell, sla_promise")


def _alone(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])
