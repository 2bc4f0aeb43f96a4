"""Handing tasks on: whoever has a task hears that what it waited for has ended."""

from collections.abc import Iterable

from core.events import emit
from tickets import events
from tickets.actions.base import record
from tickets.enums import TaskState, Verb
from tickets.models import Task, Ticket

# After a task that failed nothing goes on by itself: its team decides.
ENDED_WELL = (TaskState.DONE, TaskState.SKIPPED)


def waiting_for(task: Task) -> list[Task]:
    """The open tasks that waited for this one, and now for nothing more."""
    if task.state not in ENDED_WELL:
        return []
    held = Task.depends_on.through.objects.exclude(to_task__state__in=ENDED_WELL)
    return list(
        task.dependents.filter(state=TaskState.OPEN)
        .exclude(pk__in=held.values("from_task_id"))
        .order_by("position", "pk")
    )


def tell_ready(ticket: Ticket, tasks: Iterable[Task]) -> None:
    """Say of tasks of a locked record that they can begin."""
    for task in tasks:
        data = {"task": task.pk, "number": task.number, "title": task.title, "ready": True}
        event = record(ticket, Verb.TASK_CHANGED, by=None, data=data)
        emit(events.TaskReady(ticket.pk, event.pk, None, task.pk))
