"""What agreements want done when a clock reaches a step: telling people, and deeds.

Deeds are done for every step that passed, once; people are told, and webhooks called, for the
step that is announced. Each deed stands alone: what an action refuses is noted in the record's
history and stops nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.queries import on_duty_many
from core import context, outbox
from core.errors import ActionError
from core.events import emit
from core.states import OPEN_PHASES
from sla.book import Policy, Shelf, Step
from sla.enums import ClockState, Metric
from sla.events import CandidateMajor, Escalated, EscalatedTogether, WebhookAsked
from sla.models import Clock
from sla.shelf import shelf
from tickets import actions
from tickets.enums import Channel, Verb
from tickets.models import Event, Ticket

TOPIC = "sla.escalate"
# So many clocks of which people are only told go into one message.
TOGETHER = 100
BREACH = 100
SPOKEN = ("notify", "webhook")
RUNS = (ClockState.RUNNING, ClockState.PAUSED)
Action = Mapping[str, Any]


@dataclass(frozen=True)
class Due:
    """A step of a clock that is announced by `event`; `passed` are all that are new, lowest first.

    `book` and `policy` are those that counted when the step was reached.
    """

    clock: int
    ticket: int
    event: int
    cycle: int
    metric: str
    step: str
    passed: tuple[str, ...]
    book: int
    policy: int

    @property
    def is_breach(self) -> bool:
        return self.step.startswith(str(BREACH))

    @property
    def announced(self) -> tuple[str, ...]:
        """A breach is not passed over in silence when a repeat was reached meanwhile."""
        breaches = tuple(step for step in self.passed if step.startswith(str(BREACH)))
        return breaches if self.is_breach else (self.step,)


def concerned(policy: Policy | None, metric: str, reached: Iterable[str]) -> list[Step]:
    """The policy's steps that these steps of a clock belong to, each once, lowest first."""
    found = []
    for step in policy.steps if policy else ():
        repeats = {f"{BREACH}+{n}" for n in range(1, step.repeat_limit + 1)}
        own = {str(step.percent), *(repeats if step.percent == BREACH else ())}
        if step.concerns(metric) and own & set(reached):
            found.append(step)
    return sorted(found, key=lambda step: (step.percent, step.id))


def policy_of(due: Due, books: Shelf) -> Policy | None:
    book = next((book for book in books.books if book.id == due.book), None)
    return book.policy(due.policy) if book else None


# Promising ---------------------------------------------------------------------------------------


def promise(dues: Sequence[Due], books: Shelf) -> None:
    """Promise, in the caller's transaction, what the agreements want, if they want anything.

    What only tells people goes together; what does more has a message of its own, so that one that
    fails is tried again without the others.
    """
    alone: list[Due] = []
    together: list[Due] = []
    for due in dues:
        policy = policy_of(due, books)
        if _deeds(concerned(policy, due.metric, due.passed)):
            alone.append(due)
        elif _words(concerned(policy, due.metric, due.announced)):
            together.append(due)
    batches = [together[i : i + TOGETHER] for i in range(0, len(together), TOGETHER)]
    outbox.put_many(
        TOPIC,
        {
            f"{TOPIC}:{batch[0].event}": {"due": [asdict(due) for due in batch]}
            for batch in [*([due] for due in alone), *batches]
        },
    )


def _words(steps: Iterable[Step]) -> list[Action]:
    return [action for step in steps for action in step.actions if action["do"] in SPOKEN]


def _deeds(steps: Iterable[Step]) -> list[Action]:
    return [action for step in steps for action in step.actions if action["do"] not in SPOKEN]


# Doing -------------------------------------------------------------------------------------------


def escalate(payload: Mapping[str, Any]) -> None:
    """Do what was promised. Its writes are kept together with the message being done.

    A warning about a clock that has ended since, or begun anew, is dropped; a breach is told.
    """
    dues = [Due(**{**each, "passed": tuple(each["passed"])}) for each in payload["due"]]
    clocks = Clock.objects.in_bulk([due.clock for due in dues])
    live = [due for due in dues if due.is_breach or _runs(clocks.get(due.clock), due)]
    books = shelf()
    for due in live:
        for action in _deeds(concerned(policy_of(due, books), due.metric, due.passed)):
            _do(due, action)
    related = Ticket.objects.select_related("assignee", "service", "team")
    tickets = related.in_bulk([due.ticket for due in live])
    people = People(tickets.values())
    said: list[Escalated] = []
    for due in live:
        words = _words(concerned(policy_of(due, books), due.metric, due.announced))
        told = [action for action in words if action["do"] == "notify"]
        if told:
            users = {pk for action in told for pk in people.of(tickets[due.ticket], action)}
            said.append(_escalated(due, users))
        _call(due, words)
    if said:
        emit(EscalatedTogether(tuple(said)))


def _runs(clock: Clock | None, due: Due) -> bool:
    return clock is not None and clock.cycle == due.cycle and clock.state in RUNS


def _escalated(due: Due, users: Iterable[int]) -> Escalated:
    return Escalated(
        ticket_id=due.ticket,
        event_id=due.event,
        actor_id=None,
        firing_id=due.event,
        metric=due.metric,
        step=due.step,
        user_ids=tuple(sorted(users)),
        breach=due.is_breach,
    )


def _call(due: Due, words: Sequence[Action]) -> None:
    for hook in sorted({action["webhook"] for action in words if action["do"] == "webhook"}):
        emit(WebhookAsked(due.ticket, due.event, None, hook, due.step, due.metric))


def _do(due: Due, action: Action) -> None:
    """One deed on a record that is still open. A refusal is noted."""
    ticket = Ticket.objects.select_for_update().get(pk=due.ticket)
    if ticket.phase not in OPEN_PHASES:
        return
    try:
        with transaction.atomic():
            DEEDS[action["do"]](ticket, due, action)
    except ActionError as refusal:
        Event.objects.create(
            ticket=ticket,
            at=timezone.now(),
            verb=Verb.ESCALATED,
            data={
                "metric": due.metric,
                "step": due.step,
                "do": action["do"],
                "refused": str(refusal.message),
            },
            channel=Channel.SYSTEM,
            request_id=context.request_id.get(),
        )


def _reassign(ticket: Ticket, due: Due, action: Action) -> None:
    if action["team"] == ticket.team_id:
        return
    team = Team.objects.filter(pk=action["team"]).first()
    if team is None:
        raise ActionError(_("This team is no longer active."), field="team")
    actions.assign(ticket, by=None, team=team, reason=reason(due))


def _raise_priority(ticket: Ticket, due: Due, _action: Action) -> None:
    if ticket.priority > 1:
        actions.override_priority(ticket, ticket.priority - 1, by=None, reason=reason(due))


def _candidate_major(ticket: Ticket, due: Due, _action: Action) -> None:
    emit(CandidateMajor(ticket.pk, due.event, None, reason(due)))


DEEDS: dict[str, Callable[[Ticket, Due, Action], None]] = {
    "reassign": _reassign,
    "raise_priority": _raise_priority,
    "candidate_major": _candidate_major,
}


def reason(due: Due) -> str:
    """Why Maru does it, for the history."""
    metric = Metric(due.metric).label
    if due.is_breach:
        return _("Target missed: %(metric)s") % {"metric": metric}
    return _("%(percent)s%% of the target used: %(metric)s") % {
        "percent": due.step,
        "metric": metric,
    }


# People ------------------------------------------------------------------------------------------


class People:
    """Whom an agreement means, for many records with as many queries as for one.

    assignee: who works on it; while nobody does, whoever is on duty in its team, else the team ·
    team: its members who take work · lead: of the team · owner: of the service · manager: of the
    team's lead, else of the assignee; without a manager of their own, their department's ·
    duty: whoever is on duty in the team now, else its members who take work.
    """

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        tickets = list(tickets)
        self.teams = {ticket.team_id: ticket.team for ticket in tickets}
        self.answering = {pk for ticket in tickets if (pk := _answering(ticket))}

    def of(self, ticket: Ticket, action: Action) -> set[int]:
        """The people one `notify` names."""
        found = set(action.get("people", ()))
        for who in action.get("who", ()):
            found |= getattr(self, f"_{who}")(ticket)
        return found

    def _assignee(self, ticket: Ticket) -> set[int]:
        return {ticket.assignee_id} if ticket.assignee_id else self._duty(ticket)

    def _team(self, ticket: Ticket) -> set[int]:
        return self._members[ticket.team_id]

    def _lead(self, ticket: Ticket) -> set[int]:
        return _known(ticket.team.lead_id)

    def _owner(self, ticket: Ticket) -> set[int]:
        return _known(ticket.service.owner_id if ticket.service else None)

    def _manager(self, ticket: Ticket) -> set[int]:
        person = _answering(ticket)
        return _known(self._managers.get(person)) - _known(person)

    def _duty(self, ticket: Ticket) -> set[int]:
        return self._on_duty[ticket.team_id] or self._team(ticket)

    @cached_property
    def _members(self) -> dict[int, set[int]]:
        rows = Membership.objects.filter(
            team__in=self.teams, is_available=True, user__is_active=True
        )
        found: dict[int, set[int]] = defaultdict(set)
        for team, user in rows.values_list("team_id", "user_id"):
            found[team].add(user)
        return found

    @cached_property
    def _on_duty(self) -> dict[int, set[int]]:
        duty = on_duty_many(self.teams.values(), timezone.now())
        return {team: {user.pk for user in users} for team, users in duty.items()}

    @cached_property
    def _managers(self) -> dict[int | None, int | None]:
        people = User.objects.filter(pk__in=self.answering)
        rows = people.values_list("pk", "manager_id", "department__manager_id")
        return {pk: own or department for pk, own, department in rows}


def _answering(ticket: Ticket) -> int | None:
    return ticket.team.lead_id or ticket.assignee_id


def _known(pk: int | None) -> set[int]:
    return {pk} if pk else set()
