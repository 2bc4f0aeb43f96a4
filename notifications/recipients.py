"""Who is told of an event, and as what. Asks tickets.access for each: what a person may not see,
they are not told, and an internal note reaches nobody who may not read it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from accounts.models import User
from accounts.reach import reach_of, with_standing
from core.states import OPEN_PHASES, Phase
from notifications.enums import DEFAULTS, Audience, Channel, Reason, What
from tickets import access, decisions
from tickets.enums import TASK_ENDED, TaskState, Verb, Visibility
from tickets.models import Approval, Comment, Event, PendingReason, Task, Ticket, Watch
from tickets.rules import Facts

# Events that say by themselves who is told.
NAMING = frozenset(
    {
        *("Escalated", "MajorProposed", "MajorDeclared", "MajorUpdated"),
        *("ApprovalTurn", "ApprovalReminded", "ApprovalVoided"),
    }
)


@dataclass(frozen=True)
class Target:
    """One person who is told. `without`: channels by which they know it already.

    `because`: why they are told in no way at all, though the event would concern them.
    """

    user: User
    what: What
    audience: Audience
    allowed: bool
    without: frozenset[Channel] = frozenset()
    because: Reason | None = None


_TICKETS = Ticket.objects.select_related(
    "requester", "assignee", "team", "service", "pending_reason"
)
_EVENTS = Event.objects.select_related("actor", "comment__author")


@dataclass(frozen=True)
class News:
    """An event as its subscribers heard it: the class's name and its fields."""

    type: str
    ticket_id: int
    event_id: int
    actor_id: int | None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "News":
        rest = dict(payload)
        own = {name: rest.pop(name) for name in ("type", "ticket_id", "event_id", "actor_id")}
        return cls(**own, fields=rest)

    @classmethod
    def of_all(cls, payloads: Iterable[Mapping[str, Any]]) -> "list[News]":
        """Many at once, of which what clocks say asks nothing more by itself."""
        many = [cls.of(payload) for payload in payloads]
        keys = [news.ticket_id for news in many]
        tickets, events = _TICKETS.in_bulk(keys), _EVENTS.in_bulk([news.event_id for news in many])
        watchers: dict[int, set[int]] = defaultdict(set)
        for ticket, user in Watch.objects.filter(ticket__in=keys).values_list("ticket", "user"):
            watchers[ticket].add(user)
        for news in many:
            news.__dict__["ticket"] = tickets[news.ticket_id]
            news.__dict__["event"] = events[news.event_id]
            news.__dict__["watcher_ids"] = frozenset(watchers[news.ticket_id])
        return many

    @cached_property
    def ticket(self) -> Ticket:
        return _TICKETS.get(pk=self.ticket_id)

    @cached_property
    def event(self) -> Event:
        return _EVENTS.get(pk=self.event_id)

    @property
    def comment(self) -> Comment | None:
        return self.event.comment

    @cached_property
    def watcher_ids(self) -> frozenset[int]:
        watches = Watch.objects.filter(ticket_id=self.ticket_id)
        return frozenset(watches.values_list("user_id", flat=True))

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """Members of the team who take new work."""
        members = self.ticket.team.memberships.filter(is_available=True, user__is_active=True)
        return frozenset(members.values_list("user_id", flat=True))

    @cached_property
    def doers(self) -> frozenset[int]:
        """Who did it. What follows by itself from somebody's act is their act too."""
        if self.type == "ApprovalTurn":
            return frozenset()  # whoever decided the step before has the next one to decide, too
        if self.actor_id is not None:
            return frozenset({self.actor_id})
        if self.type in NAMING:
            return frozenset()
        return frozenset(pk for pk, _verb in self._causes)

    @property
    def is_approval(self) -> bool:
        """Whether it is told to those who decide, who may see the record because of that alone."""
        return self.type.startswith("Approval")

    @property
    def is_task(self) -> bool:
        """Whether it is told to those who have a task, who may see the record because of that."""
        return self.type.startswith("Task")

    @property
    def follows_a_comment(self) -> bool:
        """Whether it happened by itself because somebody wrote."""
        return self.actor_id is None and any(verb == Verb.COMMENTED for _pk, verb in self._causes)

    @cached_property
    def _causes(self) -> list[tuple[int, str]]:
        if self.actor_id is not None or not self.event.request_id or self.type == "Escalated":
            return []
        same = Event.objects.filter(
            ticket_id=self.ticket_id,
            request_id=self.event.request_id,
            pk__lt=self.event_id,
            actor__isnull=False,
        )
        return [(pk, verb) for pk, verb in same.values_list("actor_id", "verb") if pk]


Wanted = Iterable[tuple[int | None, What]]


def targets(many: Sequence[News]) -> list[list[Target]]:
    """For each of the news everybody whom it concerns, each once, with what concerns them most.

    Whoever did it is not told, and neither is somebody named whose role is never told of it; both
    are here with the reason.
    """
    wanted = [_wanted(news) for news in many]
    everybody = User.objects.filter(pk__in=set().union(*wanted))
    people = {user.pk: user for user in with_standing(everybody)}
    return [
        [
            target
            for pk in sorted(people.keys() & whats.keys())
            if (target := _target(news, people[pk], whats[pk])) is not None
        ]
        for news, whats in zip(many, wanted, strict=True)
    ]


def _wanted(news: News) -> dict[int, set[What]]:
    wanted: dict[int, set[What]] = defaultdict(set)
    for pk, what in _WANTED[news.type](news):
        if pk is not None:
            wanted[pk].add(what)
    return wanted


def _target(news: News, user: User, wanted: set[What]) -> Target | None:
    is_named = news.type in NAMING
    audience = audience_of(user, news.ticket, named=is_named)
    does = user.pk in news.doers
    if does and What.RECEIVED in wanted:
        wanted = {What.RECEIVED}
    offered = [what for what in What if what in wanted and what in DEFAULTS[audience]]
    if not offered:
        return _out(user, wanted, audience, Reason.NOT_CONCERNED) if is_named else None
    if does and What.RECEIVED not in wanted:
        return _out(user, set(offered), audience, Reason.DOER)
    by_part = news.is_approval or news.is_task
    watches = None if by_part else user.pk in news.watcher_ids
    facts = access.facts_for(user, news.ticket, is_watched=watches)
    without: set[Channel] = set()
    if does:
        without.add(Channel.IN_APP)  # a receipt by mail for what they did themselves
    if news.follows_a_comment:
        without.add(Channel.MAIL)  # the comment's own mail says it
    allowed = may_know(user, news.ticket, news.comment, facts)
    return Target(user, offered[0], audience, allowed, frozenset(without))


def _out(user: User, wanted: set[What], audience: Audience, because: Reason) -> Target:
    """Somebody who is told in no way."""
    what = next(what for what in What if what in wanted)
    return Target(user, what, audience, allowed=False, because=because)


def audience_of(user: User, ticket: Ticket, *, named: bool = False) -> Audience:
    """The requester of a record is its requester, whatever else they are.

    But who is told by name of a clock is told as somebody of the desk, if they are.
    """
    if user.pk == ticket.requester_id and not named:
        return Audience.REQUESTER
    # Somebody who left reaches nothing any more; what they are skipped for was the desk's.
    opens_desk = reach_of(user).opens_desk or not user.is_active
    return Audience.DESK if opens_desk else Audience.REQUESTER


def may_know(
    user: User, ticket: Ticket, comment: Comment | None, facts: Facts | None = None
) -> bool:
    """Whether the person may see the record, and read the comment if there is one."""
    facts = facts or access.facts_for(user, ticket)
    if not access.can(user, "view", ticket, facts):
        return False
    internal = comment is not None and comment.visibility != Visibility.PUBLIC
    return not internal or access.can(user, "read_notes", ticket, facts)


def _opened(news: News) -> Wanted:
    yield news.ticket.requester_id, What.RECEIVED
    if news.ticket.assignee_id is None:
        yield from ((pk, What.TEAM_WORK) for pk in news.team_ids)


def _assigned(news: News) -> Wanted:
    before, after = news.event.changes.get("assignee", [None, None])
    yield after, What.ASSIGNED
    yield before, What.UNASSIGNED
    if news.fields["team_changed"] and news.ticket.assignee_id is None:
        yield from ((pk, What.TEAM_WORK) for pk in news.team_ids)


def _commented(news: News) -> Wanted:
    comment = news.comment
    if comment is None or comment.retracted_at is not None:
        return
    yield from ((pk, What.MENTIONED) for pk in news.fields["mentions"])
    if not news.fields["public"]:
        what = What.NOTED
    else:
        what = What.ANSWERED if news.fields["by_requester"] else What.REPLIED
        yield news.ticket.requester_id, what
    yield from _workers(news, what)


def _workers(news: News, what: What) -> Wanted:
    """Whoever works on the record and whoever watches; without an assignee its team is told of
    what the requester says or does.
    """
    yield news.ticket.assignee_id, what
    yield from ((pk, what) for pk in news.watcher_ids)
    if news.ticket.assignee_id is None and what in (What.ANSWERED, What.REOPENED):
        yield from ((pk, what) for pk in news.team_ids)


def _transitioned(news: News) -> Wanted:
    what = _what_of_move(news)
    if not _follows_a_decision(news):
        yield news.ticket.requester_id, what
    yield from _workers(news, what)


def _follows_a_decision(news: News) -> bool:
    """Whether a round of approval moved it: its own notice says so, with the reason."""
    source = news.ticket.kind_info.machine.by_key.get(news.fields["source"])
    return news.actor_id is None and source is not None and source.decides


def _what_of_move(news: News) -> What:
    machine = news.ticket.kind_info.machine
    source = machine.phase(news.fields["source"])
    target = machine.phase(news.fields["target"])
    if target == Phase.RESOLVED:
        return What.RESOLVED
    if target == Phase.CLOSED:
        return What.CLOSED if source == Phase.RESOLVED else What.CANCELLED
    if source not in OPEN_PHASES:
        return What.REOPENED
    reason = news.event.changes.get("pending_reason", [None, None])[1]
    waits = PendingReason.objects.filter(pk=reason, waits_for=PendingReason.WaitsFor.REQUESTER)
    return What.WAITING if target == Phase.WAITING and waits.exists() else What.STATUS


def _merged(news: News) -> Wanted:
    """The requester reads where it goes on; whoever had it in hand, that it is gone."""
    yield news.ticket.requester_id, What.MERGED
    yield news.ticket.assignee_id, What.MERGED


def _priority_changed(news: News) -> Wanted:
    yield from _workers(news, What.PRIORITY)


def _watched(news: News) -> Wanted:
    yield news.fields["user_id"], What.WATCHING


def _task_changed(news: News) -> Wanted:
    task = Task.objects.filter(pk=news.fields["task_id"]).first()
    if task is None:
        return
    if news.fields["assigned"]:
        yield task.assignee_id, What.TASK
    if news.event.verb == Verb.TASK_ADDED or task.state in TASK_ENDED:
        yield news.ticket.assignee_id, What.TASK_CHANGED
    if task.state == TaskState.FAILED and news.ticket.assignee_id is None:
        yield from ((pk, What.TASK_CHANGED) for pk in news.team_ids)


def _task_ready(news: News) -> Wanted:
    """Whoever has the task, or the team that is to do it."""
    task = Task.objects.select_related("team").filter(pk=news.fields["task_id"]).first()
    if task is None:
        return
    if task.assignee_id is not None or task.team is None:
        yield task.assignee_id, What.TASK
        return
    members = task.team.memberships.filter(is_available=True, user__is_active=True)
    yield from ((pk, What.TASK) for pk in members.values_list("user_id", flat=True))


def _escalated(news: News) -> Wanted:
    """Those whom the agreement names; what is repeated after the breach is an escalation."""
    repeated = "+" in news.fields["step"]
    late = What.ESCALATED if repeated else What.SLA_BREACH
    what = late if news.fields["breach"] else What.SLA_WARNING
    yield from ((pk, what) for pk in news.fields["user_ids"])


def _major(news: News) -> Wanted:
    yield from ((pk, _MAJOR[news.type]) for pk in news.fields["user_ids"])


def _approval_turn(news: News) -> Wanted:
    """Those whose turn it is and who stands in for them; never somebody who is involved."""
    yield from ((pk, What.APPROVAL_ASKED) for pk in _deciders(news))


def _deciders(news: News) -> set[int]:
    approval = Approval.objects.filter(pk=news.fields["approval_id"]).first()
    people = set(news.fields["user_ids"])
    people = people.union(*decisions.substitutes(people).values())
    return people - decisions.involved(approval, news.ticket) if approval else people


def _approval_reminded(news: News) -> Wanted:
    overdue = news.fields["overdue"]
    what = What.APPROVAL_OVERDUE if overdue else What.APPROVAL_REMIND
    yield from ((pk, what) for pk in _deciders(news))
    if overdue:
        approval = Approval.objects.filter(pk=news.fields["approval_id"]).first()
        asker = approval.asked_by_id if approval else None
        yield asker or news.ticket.requester_id, what


def _approval_ended(news: News) -> Wanted:
    approval = Approval.objects.filter(pk=news.fields["approval_id"]).first()
    yield news.ticket.requester_id, What.APPROVAL_DECIDED
    yield (approval.asked_by_id if approval else None), What.APPROVAL_DECIDED


def _approval_voided(news: News) -> Wanted:
    yield from ((pk, What.APPROVAL_VOIDED) for pk in _deciders(news))


_MAJOR = {
    "MajorProposed": What.MAJOR_PROPOSED,
    "MajorDeclared": What.MAJOR_DECLARED,
    "MajorUpdated": What.MAJOR_UPDATE,
}


_WANTED = {
    "Escalated": _escalated,
    **dict.fromkeys(_MAJOR, _major),
    "Opened": _opened,
    "Merged": _merged,
    "Assigned": _assigned,
    "Commented": _commented,
    "Transitioned": _transitioned,
    "PriorityChanged": _priority_changed,
    "Watched": _watched,
    "ApprovalTurn": _approval_turn,
    "ApprovalReminded": _approval_reminded,
    "ApprovalEnded": _approval_ended,
    "ApprovalVoided": _approval_voided,
    "TaskChanged": _task_changed,
    "TaskReady": _task_ready,
}
