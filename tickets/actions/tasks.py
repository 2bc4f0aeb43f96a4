"""Tasks and checklists of a record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from core.errors import ActionError
from core.events import emit
from tickets import access, events
from tickets.actions.base import Changes, lock, put, record
from tickets.actions.checks import check_assignee, check_not_closed, limited_text, required_line
from tickets.actions.readiness import tell_ready, waiting_for
from tickets.enums import TASK_ENDED, TaskState, Verb
from tickets.models import ChecklistItem, Task, Ticket, WorkTemplate
from tickets.numbering import TASK_SEQUENCE, next_serial

EDITABLE = frozenset(
    {"title", "description", "state", "team", "assignee", "planned_start", "planned_end"}
)


@transaction.atomic
def add_task(
    ticket: Ticket,
    title: str,
    *,
    by: User | None,
    description: str = "",
    team: Team | None = None,
    assignee: User | None = None,
    planned_start: Any = None,
    planned_end: Any = None,
    depends_on: Iterable[Task] = (),
    after_close: bool = False,
) -> Task:
    """Add a task to a record; it may wait for other tasks of the same record.

    `after_close`: also to a closed one, which stays closed. Only the product itself does that,
    for work that follows from the closing, such as from a low score in a survey.
    """
    ticket = lock(ticket)
    access.require(by, "task", ticket)
    if not (after_close and by is None):
        check_not_closed(ticket)
    check_assignee(assignee)
    _check_times(planned_start, planned_end)
    before = list(depends_on)
    if any(task.ticket_id != ticket.pk for task in before):
        raise ActionError(
            _("A task can wait for tasks of the same record only."), field="depends_on"
        )
    task = Task.objects.create(
        number=f"TSK-{next_serial(TASK_SEQUENCE)}",
        ticket=ticket,
        title=required_line("title", title),
        description=limited_text("description", description),
        team=team or ticket.team,
        assignee=assignee,
        planned_start=planned_start,
        planned_end=planned_end,
        position=_next_position(Task, ticket),
    )
    task.depends_on.set(before)
    _tell(ticket, task, Verb.TASK_ADDED, by, {}, assigned=assignee is not None)
    return task


@transaction.atomic
def change_task(task: Task, values: Mapping[str, Any], *, by: User | None) -> Task:
    """Change a task. It starts when what it waits for has ended; ending sets its end instant."""
    ticket = lock(task.ticket)
    task = Task.objects.select_for_update().get(pk=task.pk)
    access.require(by, "task", ticket)
    if not _came_after_closing(task, ticket):
        check_not_closed(ticket)
    unknown = set(values) - EDITABLE
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    values = dict(values)
    if "title" in values:
        values["title"] = required_line("title", values["title"])
    check_assignee(values.get("assignee"))
    _check_times(
        values.get("planned_start", task.planned_start), values.get("planned_end", task.planned_end)
    )
    changes = put(task, values)
    if not changes:
        return task
    saved = set(changes) | _follow_state(task, changes)
    task.save(update_fields=sorted(saved))
    _tell(ticket, task, Verb.TASK_CHANGED, by, changes, assigned="assignee" in changes)
    if "state" in changes:
        tell_ready(ticket, waiting_for(task))
    return task


@transaction.atomic
def skip_open(ticket: Ticket) -> None:
    """Skip what is left of a record that ended without its purpose: nobody is to do it any more."""
    ticket = lock(ticket)
    left = Task.objects.select_for_update().filter(ticket=ticket).exclude(state__in=TASK_ENDED)
    for task in left.order_by("position", "pk"):
        changes = put(task, {"state": TaskState.SKIPPED, "ended_at": timezone.now()})
        task.save(update_fields=sorted(changes))
        told = {"state": changes["state"]}
        _tell(ticket, task, Verb.TASK_CHANGED, None, told, assigned=False)


def _came_after_closing(task: Task, ticket: Ticket) -> bool:
    """Whether the task was put onto the closed record: it is done there."""
    return ticket.closed_at is not None and task.created_at >= ticket.closed_at


def _follow_state(task: Task, changes: Changes) -> set[str]:
    if "state" not in changes:
        return set()
    if task.state not in TaskState.values:
        raise ActionError(_("Choose one of the values offered."), field="state")
    waiting = task.depends_on.exclude(state__in=TASK_ENDED).values_list("number", flat=True)
    if task.state in (TaskState.IN_PROGRESS, TaskState.DONE) and waiting:
        raise ActionError(
            _("It waits for %(numbers)s.") % {"numbers": ", ".join(waiting)},
            field="state",
            code="waits",
        )
    now = timezone.now()
    if task.state == TaskState.OPEN:
        task.started_at = task.ended_at = None
    else:
        task.started_at = task.started_at or now
        task.ended_at = now if task.state in TASK_ENDED else None
    return {"started_at", "ended_at"}


def _check_times(start: Any, end: Any) -> None:
    if start and end and end < start:
        raise ActionError(_("It ends before it starts."), field="planned_end")


def _next_position(model: Any, ticket: Ticket) -> int:
    return (model.objects.filter(ticket=ticket).aggregate(top=Max("position"))["top"] or 0) + 1


def _tell(
    ticket: Ticket, task: Task, verb: Verb, by: User | None, changes: Changes, *, assigned: bool
) -> None:
    data = {"task": task.pk, "number": task.number, "title": task.title, "changes": changes}
    event = record(ticket, verb, by=by, data=data)
    emit(events.TaskChanged(ticket.pk, event.pk, by.pk if by else None, task.pk, assigned))


@transaction.atomic
def add_check(ticket: Ticket, text: str, *, by: User | None) -> ChecklistItem:
    """Add a line to the checklist."""
    ticket = lock(ticket)
    access.require(by, "task", ticket)
    check_not_closed(ticket)
    line = ChecklistItem.objects.create(
        ticket=ticket,
        text=required_line("text", text),
        position=_next_position(ChecklistItem, ticket),
    )
    record(ticket, Verb.CHECKED, by=by, data={"line": line.text, "did": "added"})
    return line


@transaction.atomic
def tick(line: ChecklistItem, done: bool, *, by: User | None) -> ChecklistItem:
    """Tick a line off, or open it again."""
    ticket = lock(line.ticket)
    access.require(by, "task", ticket)
    check_not_closed(ticket)
    line = ChecklistItem.objects.select_for_update().get(pk=line.pk)
    if (line.done_at is not None) != done:
        line.done_at = timezone.now() if done else None
        line.done_by = by if done else None
        line.save(update_fields=["done_at", "done_by"])
        did = "done" if done else "reopened"
        record(ticket, Verb.CHECKED, by=by, data={"line": line.text, "did": did})
    return line


@transaction.atomic
def drop_check(line: ChecklistItem, *, by: User | None) -> None:
    """Take a line off the list; the history keeps it."""
    ticket = lock(line.ticket)
    access.require(by, "task", ticket)
    check_not_closed(ticket)
    record(ticket, Verb.CHECKED, by=by, data={"line": line.text, "did": "removed"})
    line.delete()


@transaction.atomic
def apply_template(ticket: Ticket, template: WorkTemplate, *, by: User | None) -> int:
    """Put a template's tasks and lines on a record; the number added."""
    access.require(by, "task", ticket)
    if template.kind and template.kind != ticket.kind:
        raise ActionError(_("This template is for another kind of record."), field="template")
    teams = Team.objects.in_bulk([line["team"] for line in template.lines if line.get("team")])
    for line in template.lines:
        if line["type"] == "task":
            add_task(ticket, line["title"], by=by, team=teams.get(line.get("team")))
        else:
            add_check(ticket, line["title"], by=by)
    return len(template.lines)
