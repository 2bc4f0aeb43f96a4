"""A request as pages and the API show it: what was asked, what it costs, how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from catalog.definition import Definition, parse
from catalog.enums import CostKind, Delivered
from catalog.models import Cost, Request
from catalog.plan import ENDED_WELL
from catalog.queries.answered import Told, told
from catalog.wording import money, price_words
from core.states import OPEN_PHASES
from tickets import access
from tickets.enums import TASK_ENDED, LinkType, TaskState
from tickets.models import Link, Task, Ticket

PLAIN = {
    TaskState.OPEN: gettext_lazy("Next"),
    TaskState.IN_PROGRESS: gettext_lazy("Being done"),
    TaskState.DONE: pgettext_lazy("task", "Done"),
    TaskState.FAILED: gettext_lazy("Could not be done; the team looks for another way"),
    TaskState.SKIPPED: gettext_lazy("Not needed"),
}
WAITS = gettext_lazy("Waits for its turn")


@dataclass(frozen=True)
class Row:
    """One task of the plan. `waits_for`: what has to end first; `plain`: a requester's word."""

    pk: int
    number: str
    title: str
    state: str
    label: Any
    plain: Any
    team: str
    assignee: str
    due_at: datetime | None
    ended_at: datetime | None
    is_late: bool
    waits_for: tuple[str, ...]
    step: int


@dataclass(frozen=True)
class Part:
    """A record below a bundle, as far as the reader may know of it."""

    number: str
    title: str
    state: Any
    plain: Any
    phase: str
    status: str
    is_there: bool


@dataclass(frozen=True)
class Sheet:
    """All of it. `steps`: the plan, what can be done side by side in one step."""

    offering: str
    slug: str
    is_offered: bool
    version: int
    is_newest: bool
    beneficiary: User | None
    answers: Sequence[Told]
    price: str
    is_free: bool
    booked: Sequence[tuple[Any, str, str]]
    promised_at: datetime | None
    is_late: bool
    delivered: str
    delivered_label: Any
    fulfilment: str
    tasks: Sequence[Row]
    parts: Sequence[Part]
    hidden_parts: int
    definition: Definition

    @property
    def steps(self) -> list[list[Row]]:
        """The plan from its beginning to its end."""
        last = max((row.step for row in self.tasks), default=-1)
        return [[row for row in self.tasks if row.step == step] for step in range(last + 1)]

    @property
    def done(self) -> int:
        """How many tasks and parts are there."""
        ended = sum(row.state in ENDED_WELL for row in self.tasks)
        return ended + sum(part.is_there for part in self.parts)

    @property
    def planned(self) -> int:
        return len(self.tasks) + len(self.parts) + self.hidden_parts


def sheet(ticket: Ticket, reader: User, *, costs: bool = True) -> Sheet | None:
    """The sheet of a request made with an offering; None for any other record.

    So many statements, however many tasks, answers and parts there are.
    """
    if ticket.kind != "request":
        return None
    related = Request.objects.select_related("offering", "made_with", "beneficiary")
    request = related.filter(pk=ticket.pk).first()
    if request is None or request.made_with is None or request.offering is None:
        return None
    definition = parse(request.made_with.data)
    parts, hidden = _parts(ticket, reader)
    now = timezone.now()
    return Sheet(
        offering=str(definition.name) or request.offering.name,
        slug=request.offering.slug,
        is_offered=request.offering.is_active and request.offering.live_id is not None,
        version=request.made_with.number,
        is_newest=request.made_with_id == request.offering.live_id,
        beneficiary=request.beneficiary,
        answers=told(definition, request.answers),
        price=price_words(request.amount, request.currency, request.period),
        is_free=not request.amount,
        booked=_booked(request) if costs and request.amount else (),
        promised_at=request.promised_at,
        is_late=bool(request.promised_at and ticket.is_open and request.promised_at < now),
        delivered=request.delivered,
        delivered_label=Delivered(request.delivered).label,
        fulfilment=request.fulfilment,
        tasks=_told_tasks(ticket, reader, definition, now),
        parts=parts,
        hidden_parts=hidden,
        definition=definition,
    )


def _told_tasks(ticket: Ticket, reader: User, definition: Definition, now: datetime) -> list[Row]:
    """The plan; what the desk added to it for itself is told to the desk only."""
    rows = plan_of(ticket, now)
    if not rows or access.can(reader, "read_notes", ticket):
        return rows
    planned = {text for task in definition.tasks for text in (task.title.ko, task.title.en)}
    return [row for row in rows if row.title in planned]


def plan_of(ticket: Ticket, now: datetime | None = None) -> list[Row]:
    """The tasks of a record in their order, with what each waits for; two statements."""
    now = now or timezone.now()
    tasks = list(
        Task.objects.filter(ticket=ticket)
        .select_related("team", "assignee")
        .order_by("position", "pk")
    )
    by_id = {task.pk: task for task in tasks}
    through = Task.depends_on.through.objects
    pairs = through.filter(from_task__ticket=ticket).values_list("from_task_id", "to_task_id")
    before: dict[int, list[int]] = {pk: [] for pk in by_id}
    for later, earlier in pairs if tasks else ():
        if earlier in by_id:
            before[later].append(earlier)
    steps: dict[int, int] = {}

    def step_of(pk: int, above: frozenset[int] = frozenset()) -> int:
        if pk not in steps:
            deeper = [step_of(one, above | {pk}) for one in before[pk] if one not in above]
            steps[pk] = 1 + max(deeper, default=-1)
        return steps[pk]

    return [
        _row(task, [by_id[one] for one in before[task.pk]], step_of(task.pk), now) for task in tasks
    ]


def _row(task: Task, before: list[Task], step: int, now: datetime) -> Row:
    waits = tuple(one.number for one in before if one.state not in ENDED_WELL)
    waits = waits if task.state == TaskState.OPEN else ()
    state = TaskState(task.state)
    return Row(
        pk=task.pk,
        number=task.number,
        title=task.title,
        state=task.state,
        label=state.label,
        plain=WAITS if waits else PLAIN[state],
        team=task.team.name if task.team else "",
        assignee=task.assignee.name if task.assignee else "",
        due_at=task.planned_end,
        ended_at=task.ended_at,
        is_late=bool(task.planned_end and task.state not in TASK_ENDED and task.planned_end < now),
        waits_for=waits,
        step=step,
    )


def _parts(ticket: Ticket, reader: User) -> tuple[list[Part], int]:
    """The parts of a bundle that the reader may know of, and how many there are besides."""
    links = Link.objects.filter(source=ticket, type=LinkType.PARENT_OF).order_by("id")
    ids = list(links.values_list("target_id", flat=True))
    if not ids:
        return [], 0
    found = Ticket.objects.visible_to(reader).in_bulk(ids)
    parts = [_part(found[pk]) for pk in ids if pk in found]
    return parts, len(ids) - len(parts)


def _part(ticket: Ticket) -> Part:
    state = ticket.state
    ended = ticket.phase not in OPEN_PHASES
    return Part(
        number=ticket.number,
        title=ticket.title,
        state=state.label,
        plain=state.plain or state.label,
        phase=ticket.phase,
        status=ticket.status,
        is_there=ended and not state.withdrawn,
    )


def _booked(request: Request) -> list[tuple[Any, str, str]]:
    """What stands in the books of it: (kind, department, amount)."""
    rows = Cost.objects.filter(request=request).select_related("department").order_by("id")
    return [
        (
            CostKind(row.kind).label,
            row.department.name if row.department else _("No department"),
            money(row.amount, row.currency),
        )
        for row in rows
    ]
