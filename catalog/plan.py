"""The plan that fulfils a request: which work it needs, what is ready, what is delivered. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.conditions import truth
from catalog.definition import PlannedTask
from catalog.enums import Delivered
from tickets.enums import TASK_ENDED, TaskState

# What waits for a task goes on when it was done, or left out on purpose; not when it failed.
ENDED_WELL = frozenset({TaskState.DONE, TaskState.SKIPPED})


@dataclass(frozen=True)
class Work:
    """A task to make, and the keys of those to make before it."""

    task: PlannedTask
    after: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """A task of a request as it is now. `after`: the tasks it waits for."""

    pk: int
    state: str
    after: frozenset[int] = frozenset()


def chosen(tasks: Sequence[PlannedTask], answers: Mapping[str, Any], today: date) -> list[Work]:
    """The tasks whose condition holds, each behind those it waits for.

    What waited for a task that is left out waits for what that one waited for. `answers`: only
    those of questions that were asked.
    """
    by_key = {task.key: task for task in tasks}
    kept = {task.key for task in tasks if truth(task.condition, answers, today)}
    ordered: list[Work] = []
    placed: set[str] = set()

    def place(task: PlannedTask, above: frozenset[str]) -> None:
        if task.key in placed or task.key in above:
            return
        after = _before(task, by_key, kept)
        for key in after:
            place(by_key[key], above | {task.key})
        placed.add(task.key)
        # Only a circle, which is never published, could leave something out here.
        ordered.append(Work(task, tuple(key for key in after if key in placed - {task.key})))

    for task in tasks:
        if task.key in kept:
            place(task, frozenset())
    return ordered


def _before(
    task: PlannedTask, by_key: Mapping[str, PlannedTask], kept: set[str]
) -> tuple[str, ...]:
    """The kept tasks that this one waits for, straight or through some that are left out."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(reversed(task.after))
    while waiting:
        key = waiting.pop()
        if key in seen or key not in by_key or key == task.key:
            continue
        seen.add(key)
        if key in kept:
            found[key] = None
        else:
            waiting.extend(reversed(by_key[key].after))
    return tuple(found)


def ready(tasks: Iterable[Standing]) -> list[int]:
    """The open tasks that nothing holds back."""
    tasks = list(tasks)
    well = {task.pk for task in tasks if task.state in ENDED_WELL}
    return [task.pk for task in tasks if task.state == TaskState.OPEN and task.after <= well]


def delivered(states: Iterable[str]) -> Delivered:
    """How much there is: nothing, a part, or all that was planned."""
    states = list(states)
    if is_complete(states):
        return Delivered.ALL
    return Delivered.PART if TaskState.DONE in states else Delivered.NOTHING


def is_complete(states: Iterable[str]) -> bool:
    """Whether every task ended, none of them failed, and at least one was done."""
    states = list(states)
    return TaskState.DONE in states and all(state in ENDED_WELL for state in states)


def has_begun(states: Iterable[str]) -> bool:
    """Whether somebody has taken a task up."""
    return any(state == TaskState.IN_PROGRESS or state in TASK_ENDED for state in states)
