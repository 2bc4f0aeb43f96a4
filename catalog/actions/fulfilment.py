"""From an accepted request to a fulfilled one: its tasks are made, handed on, and followed."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Team
from catalog import plan
from catalog.actions import bundles, costs
from catalog.definition import Definition, parse, shown
from catalog.enums import Fulfil
from catalog.models import Request
from catalog.queries import times
from core.states import OPEN_PHASES
from tickets import actions as kernel
from tickets.actions.base import lock
from tickets.actions.readiness import tell_ready
from tickets.actions.tasks import add_task, skip_open
from tickets.enums import TaskState
from tickets.models import Task, Ticket

UNBEGUN = ("submitted", "approved")


@transaction.atomic
def accept(ticket: Ticket) -> Ticket:
    """Nothing stands in the way (any more).

    Effects in order: the request counts as approved; its cost is booked; the tasks of its plan are
    made; whoever has a task that can begin is told.
    """
    ticket = kernel.transition(ticket, "accept", by=None)
    request = Request.objects.select_related("made_with", "beneficiary").get(pk=ticket.pk)
    costs.book(request)
    if request.made_with is None:
        return ticket
    definition = parse(request.made_with.data)
    asked = shown(definition, request.answers, timezone.localdate())
    tasks = _make_tasks(ticket, definition, asked)
    ticket = lock(ticket)
    tell_ready(ticket, [task for task, after in tasks if not after])
    return ticket


def _make_tasks(
    ticket: Ticket, definition: Definition, asked: dict[str, Any]
) -> list[tuple[Task, tuple[str, ...]]]:
    """The tasks of the plan with what each waits for, planned as if none were late."""
    work = plan.chosen(definition.tasks, asked, timezone.localdate())
    if not work:
        return []
    teams = Team.objects.filter(is_active=True).in_bulk([w.task.team for w in work if w.task.team])
    calendar = times.calendar_of(ticket.pk)
    now = timezone.now()
    made: dict[str, Task] = {}
    ends: dict[str, datetime] = {}
    for each in work:
        start = max((ends[key] for key in each.after), default=now)
        hours = each.task.hours
        ends[each.task.key] = times.later(start, hours, calendar) if hours else start
        with override(ticket.requester.language or settings.LANGUAGE_CODE):
            made[each.task.key] = add_task(
                ticket,
                str(each.task.title),
                by=None,
                description=str(each.task.description),
                team=teams.get(each.task.team or 0),
                planned_start=start if hours else None,
                planned_end=ends[each.task.key] if hours else None,
                depends_on=[made[key] for key in each.after],
            )
    return [(made[each.task.key], each.after) for each in work]


@transaction.atomic
def begin_term(task_id: int) -> None:
    """A task of a request can begin: its hours count from now, however late those before were."""
    task = Task.objects.filter(pk=task_id, ticket__kind="request").first()
    if task is None or task.planned_start is None or task.planned_end is None:
        return
    calendar = times.calendar_of(task.ticket_id)
    hours = times.hours_between(task.planned_start, task.planned_end, calendar)
    task.planned_start = timezone.now()
    task.planned_end = times.later(task.planned_start, hours, calendar)
    task.save(update_fields=["planned_start", "planned_end"])


@transaction.atomic
def follow(ticket_id: int) -> None:
    """Bring a request along after one of its tasks or parts moved.

    Effects in order: how much is delivered; it is in progress once anything is; when all has
    ended well it is fulfilled by itself, if its offering says so or it is a bundle; when every
    part of a bundle was withdrawn, so is the bundle. Whatever happens at once happens once: the
    request's row is locked.
    """
    request = Request.objects.select_related("made_with").filter(pk=ticket_id).first()
    if request is None:
        return
    ticket = lock(request.ticket)
    if ticket.phase not in OPEN_PHASES:
        return
    parts = bundles.standing(ticket)
    tasks = list(Task.objects.filter(ticket=ticket).order_by("position", "pk"))
    states = [task.state for task in tasks] + parts
    Request.objects.filter(pk=ticket.pk).update(delivered=plan.delivered(states))
    if ticket.status in UNBEGUN and plan.has_begun(states):
        ticket = kernel.transition(ticket, "begin", by=None)
    if ticket.status in UNBEGUN or ticket.state.decides:
        return
    if plan.is_complete(states) and (parts or _by_itself(request)):
        kernel.transition(ticket, "fulfil", by=None, fulfilment=_told(ticket, tasks))
    elif parts and set(states) == {TaskState.SKIPPED}:
        kernel.transition(ticket, "cancel", by=None, reason=_("None of its parts goes on."))


def _by_itself(request: Request) -> bool:
    return request.made_with is not None and (parse(request.made_with.data).fulfil == Fulfil.AUTO)


def _told(ticket: Ticket, tasks: list[Task]) -> str:
    """What was delivered, told by the work that was done."""
    lines = [task.title for task in tasks if task.state == TaskState.DONE]
    lines += bundles.delivered_titles(ticket)
    return "\n".join(f"- {line}" for line in lines)


@transaction.atomic
def wind_up(ticket_id: int, target: str, event_id: int) -> None:
    """A request moved. What is left of a withdrawn one is skipped and its cost taken back; the one
    above hears of it; of a bundle that was confirmed the parts are.
    """
    request = Request.objects.filter(pk=ticket_id).first()
    if request is None:
        return
    ticket = request.ticket
    if ticket.kind_info.machine.by_key[target].withdrawn:
        skip_open(ticket)
        costs.reverse(request)
    bundles.tell_parent(ticket, event_id)
    if target == "closed":
        bundles.close_parts(ticket)
