"""The priority matrix: what a new one would do, saving it, and applying it to open records."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from cmdb.enums import Criticality
from core import options, outbox
from core.errors import ActionError
from core.events import emit
from tickets import events, priority
from tickets.actions.base import lock, put, record
from tickets.enums import Verb
from tickets.models import PriorityCell, PriorityLevel, Ticket

APPLY_TOPIC = "tickets.apply_matrix"
BATCH = 500
RAISES = ("raise_for_vip", "raise_for_criticality")
Names = Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """A matrix with the two ways of raising what it says by one."""

    cells: priority.Matrix
    raise_for_vip: bool
    raise_for_criticality: bool

    def level(self, impact: int, urgency: int, *, vip: bool, critical: bool) -> int:
        """What a record with these facts would have."""
        level = self.cells[(impact, urgency)]
        raised = (vip and self.raise_for_vip) or (critical and self.raise_for_criticality)
        return max(1, level - 1) if raised else level


@dataclass(frozen=True)
class Shift:
    """So many open records would go from one level to another."""

    old: int
    new: int
    count: int


@dataclass(frozen=True)
class Preview:
    """`kept` keep their level; `overridden` keep it because somebody set it by hand."""

    shifts: list[Shift]
    before: dict[int, int]
    after: dict[int, int]
    kept: int
    overridden: int

    @property
    def moved(self) -> int:
        return sum(shift.count for shift in self.shifts)


def current_plan() -> Plan:
    """What is in force now."""
    return Plan(priority.matrix(), *(bool(options.get(key)) for key in RAISES))


def preview(plan: Plan) -> Preview:
    """What the plan would make of the records open now, by one query.

    Restricted records are in the numbers, since the plan reaches them too; nothing else of them
    is told.
    """
    groups = (
        Ticket.objects.open()
        .order_by()
        .values_list("impact", "urgency", "priority", "priority_overridden", "requester__is_vip")
        .annotate(
            critical=Count("pk", filter=Q(service__criticality=Criticality.BUSINESS_CRITICAL)),
            count=Count("pk"),
        )
    )
    moves: Counter[tuple[int, int]] = Counter()
    overridden = 0
    for impact, urgency, old, by_hand, vip, critical, count in groups:
        for is_critical, some in ((True, critical), (False, count - critical)):
            wanted = plan.level(impact, urgency, vip=vip, critical=is_critical)
            moves[(old, old if by_hand else wanted)] += some
        overridden += count if by_hand else 0
    return _summed(moves, overridden)


def _summed(moves: Counter[tuple[int, int]], overridden: int) -> Preview:
    before = dict.fromkeys(priority.LEVELS, 0)
    after = dict.fromkeys(priority.LEVELS, 0)
    for (old, new), count in moves.items():
        before[old] += count
        after[new] += count
    shifts = [Shift(old, new, n) for (old, new), n in sorted(moves.items()) if old != new and n]
    moved = sum(shift.count for shift in shifts)
    return Preview(shifts, before, after, sum(before.values()) - moved, overridden)


@transaction.atomic
def save(plan: Plan, names: Names, *, by: User | None, apply_to_open: bool) -> None:
    """Put a matrix, its raises and the names of its levels in force.

    Records opened or edited from now on follow it. With `apply_to_open` those open now follow in
    the background, each with an event of its own; levels set by hand stay.
    """
    require_administrator(by)
    _check(plan, names)
    changes = _save_cells(plan) | _save_names(names) | _save_raises(plan)
    if changes:
        audit.write("tickets.prioritycell", "", "", AuditVerb.CHANGED, by=by, changes=changes)
    if apply_to_open:
        _promise(str(uuid4()), by.pk if by else None, after=0)
        audit.write("tickets.prioritycell", "", "", AuditVerb.APPLIED, by=by, changes={})


def _check(plan: Plan, names: Names) -> None:
    if set(plan.cells) != set(priority.default_matrix()):
        raise ActionError(_("Fill in every cell."), code="required")
    if not set(plan.cells.values()) <= set(priority.LEVELS):
        raise ActionError(_("Choose one of the values offered."))
    for level in priority.LEVELS:
        if not any(text.strip() for text in names.get(level, ("", ""))):
            raise ActionError(
                _("Enter the name in at least one language."), field=f"name_en_{level}"
            )


def _save_cells(plan: Plan) -> audit.Changes:
    old = priority.matrix()
    changed = {cell: level for cell, level in plan.cells.items() if old[cell] != level}
    for (impact, urgency), level in changed.items():
        PriorityCell.objects.update_or_create(
            impact=impact, urgency=urgency, defaults={"priority": level}
        )
    return {f"{i}×{u}": [old[(i, u)], level] for (i, u), level in changed.items()}


def _save_names(names: Names) -> audit.Changes:
    changes: audit.Changes = {}
    for level, (name_ko, name_en) in names.items():
        row = PriorityLevel.objects.filter(level=level).first() or PriorityLevel(level=level)
        own = audit.put(row, {"name_ko": name_ko.strip(), "name_en": name_en.strip()})
        if own:
            row.save()
            changes |= {f"P{level} {name}": pair for name, pair in own.items()}
    return changes


def _save_raises(plan: Plan) -> audit.Changes:
    changes: audit.Changes = {}
    for key in RAISES:
        old, new = bool(options.get(key)), getattr(plan, key)
        if old != new:
            options.put(key, new)
            changes[key] = [old, new]
    return changes


def _promise(run: str, by_id: int | None, *, after: int) -> None:
    payload = {"run": run, "by": by_id, "after": after}
    outbox.put(APPLY_TOPIC, payload, key=f"{APPLY_TOPIC}:{run}:{after}")


def go_on(payload: Mapping[str, Any]) -> None:
    """Do the batch that a promise names, and promise the next one."""
    by = User.objects.filter(pk=payload["by"]).first()
    after = apply_batch(by, payload["after"])
    if after is not None:
        _promise(payload["run"], payload["by"], after=after)


def apply_batch(by: User | None, after: int) -> int | None:
    """Bring one batch of open records, with ids above `after`, to the matrix in force.

    The id to go on after, or None when all are done. Safe to run twice.
    """
    plan = current_plan()
    rows = list(
        Ticket.objects.open()
        .filter(pk__gt=after, priority_overridden=False)
        .order_by("pk")
        .values_list(
            "pk", "impact", "urgency", "priority", "requester__is_vip", "service__criticality"
        )[:BATCH]
    )
    for pk, impact, urgency, level, vip, criticality in rows:
        critical = criticality == Criticality.BUSINESS_CRITICAL
        if plan.level(impact, urgency, vip=vip, critical=critical) != level:
            _apply(pk, plan, by)
    return rows[-1][0] if len(rows) == BATCH else None


@transaction.atomic
def _apply(pk: int, plan: Plan, by: User | None) -> None:
    ticket = lock(Ticket(pk=pk))
    if not ticket.is_open or ticket.priority_overridden:
        return
    service = ticket.service
    critical = service is not None and service.criticality == Criticality.BUSINESS_CRITICAL
    old = ticket.priority
    level = plan.level(
        ticket.impact, ticket.urgency, vip=ticket.requester.is_vip, critical=critical
    )
    changes = put(ticket, {"priority": level})
    if not changes:
        return
    event = record(ticket, Verb.EDITED, by=by, changes=changes, data={"cause": "matrix"})
    emit(events.Edited(ticket.pk, event.pk, event.actor_id, ("priority",)))
    emit(events.PriorityChanged(ticket.pk, event.pk, event.actor_id, old, level))
