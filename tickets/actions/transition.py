"""The one door through which a record changes state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core import options
from core.errors import ActionError, NotAllowed
from core.events import emit
from core.states import IllegalTransition, Phase, State, Transition
from core.workdays import add_workdays
from tickets import access, events
from tickets.actions.base import lock, put, record
from tickets.actions.checks import limited_text
from tickets.enums import TASK_ENDED, LinkType, Verb
from tickets.models import ChecklistItem, Task, Ticket

TEXTS = frozenset({"reason", "resolution"})
ON_TICKET = frozenset({"pending_reason", "resume_at"})


def allowed(ticket: Ticket, user: User | None) -> list[Transition]:
    """The transitions the person may do now, in the table's order: buttons and API read this."""
    leaving = ticket.kind_info.machine.from_state(ticket.status)
    offered = [transition for transition in leaving if not transition.automatic]
    if user is None:
        return offered
    able = access.abilities(user, ticket)
    return [transition for transition in offered if able["view"] and able[transition.rule]]


@transaction.atomic
def transition(
    ticket: Ticket,
    name: str,
    *,
    by: User | None,
    anyway: bool = False,
    children: bool = False,
    notify: bool = True,
    **data: Any,
) -> Ticket:
    """Move a record along one transition of its table.

    Effects in order: lock; legal from here? permitted? data complete? the kind's guard; open
    tasks (refused unless `anyway`); columns and the kind's row; the event; subscribers; then
    children follow (`copies_down` always, others when `children`), skipping those that can't.
    """
    ticket = lock(ticket)
    move = _find(ticket, name, by)
    access.require(by, move.rule, ticket)
    data = _clean(move, data)
    kind = ticket.kind_info
    if kind.guard is not None:
        kind.guard(ticket, name, data)
    target = kind.machine.phase(move.target)
    if target in (Phase.RESOLVED, Phase.CLOSED) and move.rule != "cancel" and not anyway:
        _refuse_open_work(ticket)
    source = ticket.status
    changes = put(ticket, _columns(ticket, move, data, by))
    kept, extra = _instants(ticket, target, kind.machine.by_key[source])
    changes |= _write_detail(ticket, move, data)
    event = record(
        ticket,
        Verb.TRANSITIONED,
        by=by,
        changes=changes,
        data={"name": name, **extra, **({"reason": data["reason"]} if data.get("reason") else {})},
        save=(*kept, "phase"),
    )
    emit(
        events.Transitioned(
            ticket.pk, event.pk, by.pk if by else None, name, source, move.target, notify
        )
    )
    if move.copies_down or children:
        _copy_down(ticket, move, by, data)
    return ticket


def _find(ticket: Ticket, name: str, by: User | None) -> Transition:
    access.require(by, "view", ticket)
    try:
        move = ticket.kind_info.machine.find(ticket.status, name)
    except IllegalTransition:
        raise ActionError(
            _("%(number)s is “%(state)s” now, so this is not possible. Reload the page.")
            % {"number": ticket.number, "state": ticket.state.label},
            code="illegal_transition",
        ) from None
    if move.automatic and by is not None:
        raise NotAllowed(_("This happens by itself."), code="automatic")
    return move


def _clean(move: Transition, data: Mapping[str, Any]) -> dict[str, Any]:
    """The transition's own data, checked: unknown names refused, required ones present."""
    unknown = set(data) - set(move.data)
    if unknown:
        raise ActionError(
            _("This step does not take: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned: dict[str, Any] = {}
    missing: dict[str, Any] = {}
    for name in move.data:
        value = data.get(name)
        if name in TEXTS:
            value = limited_text(name, value or "")
        if value in (None, "") and name in move.required:
            missing[name] = _("Fill this in.")
        cleaned[name] = value
    if missing:
        raise ActionError(_("Some answers are missing."), code="required", errors=missing)
    _check_resume(cleaned.get("resume_at"))
    return cleaned


def _check_resume(instant: datetime | None) -> None:
    if instant is not None and instant <= timezone.now():
        raise ActionError(_("Choose a time in the future."), field="resume_at")


def _refuse_open_work(ticket: Ticket) -> None:
    tasks = Task.objects.filter(ticket=ticket).exclude(state__in=TASK_ENDED).count()
    lines = ChecklistItem.objects.filter(ticket=ticket, done_at=None).count()
    if tasks or lines:
        raise ActionError(
            _("Still open: %(tasks)s tasks, %(lines)s checklist lines. Finish them or confirm.")
            % {"tasks": tasks, "lines": lines},
            code="open_work",
            field="anyway",
        )


def _columns(
    ticket: Ticket, move: Transition, data: Mapping[str, Any], by: User | None
) -> dict[str, Any]:
    columns: dict[str, Any] = {name: data[name] for name in ON_TICKET if data.get(name)}
    columns["status"] = move.target
    if ticket.kind_info.machine.phase(move.target) != Phase.WAITING:
        columns |= {"pending_reason": None, "resume_at": None}
    if move.claims and ticket.assignee_id is None and by is not None and reach_of(by).works:
        columns["assignee"] = by
    return columns


def _instants(ticket: Ticket, target: Phase, source: State) -> tuple[list[str], dict[str, Any]]:
    """Set the instants that follow from the phase; (columns touched, data for the event).

    What comes back although it ended without its purpose (sent in again after a rejection) was
    never done: that is no reopening.
    """
    now = timezone.now()
    was = Phase(ticket.phase)
    ticket.phase = target
    if target == Phase.RESOLVED and was != Phase.RESOLVED:
        ticket.resolved_at = now
        ticket.responded_at = ticket.responded_at or now
        ticket.requester_waits = False
        ticket.auto_close_at = _auto_close_at(now)
        return ["resolved_at", "responded_at", "requester_waits", "auto_close_at"], {}
    if target == Phase.CLOSED:
        ticket.closed_at, ticket.auto_close_at, ticket.requester_waits = now, None, False
        return ["closed_at", "auto_close_at", "requester_waits"], {}
    if source.withdrawn:
        ticket.closed_at, ticket.requester_waits = None, True
        return ["closed_at", "requester_waits"], {}
    if was in (Phase.RESOLVED, Phase.CLOSED):
        before = ticket.resolved_at
        ticket.reopen_count += 1
        ticket.resolved_at = ticket.closed_at = ticket.auto_close_at = None
        columns = ["reopen_count", "resolved_at", "closed_at", "auto_close_at"]
        return columns, {"resolved_at": before.isoformat() if before else None}
    return [], {}


def _auto_close_at(now: datetime) -> datetime | None:
    days = options.get("auto_close_days")
    if not days:
        return None
    zone = settings.DEFAULT_USER_TIME_ZONE
    return add_workdays(now, days, zone, options.get("holiday_country"))


def _write_detail(
    ticket: Ticket, move: Transition, data: Mapping[str, Any]
) -> dict[str, list[Any]]:
    values = {name: data[name] for name in move.detail if name in data}
    if not values:
        return {}
    row = ticket.kind_info.detail_model.objects.get(pk=ticket.pk)
    changes = put(row, values)
    if changes:
        row.save_base(raw=True, update_fields=sorted(changes), force_update=True)
    return changes


def _copy_down(ticket: Ticket, move: Transition, by: User | None, data: Mapping[str, Any]) -> None:
    """Children follow their parent where their own table allows it; the rest stay as they are."""
    links = ticket.links_out.filter(type=LinkType.PARENT_OF).select_related("target")
    for link in links.order_by("target_id"):
        try:
            with transaction.atomic():
                transition(link.target, move.name, by=by, anyway=True, notify=True, **data)
        except ActionError:
            continue
