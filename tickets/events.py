"""Typed events: the only way anything above the kernel hears of a change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TicketEvent:
    """Base: `event_id` is the row of the append-only log that says the same."""

    ticket_id: int
    event_id: int
    actor_id: int | None


@dataclass(frozen=True)
class Opened(TicketEvent):
    """A record came into being."""


@dataclass(frozen=True)
class Transitioned(TicketEvent):
    """A record moved from one state to another."""

    name: str
    source: str
    target: str
    notify: bool = True


@dataclass(frozen=True)
class Assigned(TicketEvent):
    """Team or assignee changed."""

    team_changed: bool
    assignee_changed: bool


@dataclass(frozen=True)
class Commented(TicketEvent):
    """A public reply or an internal note was written."""

    comment_id: int
    public: bool
    by_requester: bool
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True)
class CommentRetracted(TicketEvent):
    """A comment was taken back before it went out."""

    comment_id: int


@dataclass(frozen=True)
class Edited(TicketEvent):
    """Fields other than status, team and assignee changed."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class PriorityChanged(TicketEvent):
    """The priority is another one now, computed or overridden."""

    old: int
    new: int


@dataclass(frozen=True)
class Linked(TicketEvent):
    """Two records were linked."""

    link_id: int


@dataclass(frozen=True)
class Merged(TicketEvent):
    """The record was merged into another one: it is closed, and goes on there."""

    target_id: int


@dataclass(frozen=True)
class Unmerged(TicketEvent):
    """A merge was undone: the record is what it was before."""

    target_id: int


@dataclass(frozen=True)
class Split(TicketEvent):
    """A comment of the record became a new one. `undone`: that was taken back."""

    comment_id: int
    new_id: int
    undone: bool = False


@dataclass(frozen=True)
class Watched(TicketEvent):
    """Somebody was made a watcher."""

    user_id: int


@dataclass(frozen=True)
class TaskChanged(TicketEvent):
    """A task was added, given to somebody, or moved on."""

    task_id: int
    assigned: bool


@dataclass(frozen=True)
class TaskReady(TicketEvent):
    """What a task waited for has ended: whoever has it can begin."""

    task_id: int


@dataclass(frozen=True)
class MajorProposed(TicketEvent):
    """Somebody, or a rule, thinks that an incident is a major one: those who decide are to look."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class MajorDeclared(TicketEvent):
    """An incident was declared a major one; `user_ids`: whoever should know at once."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class MajorUpdated(TicketEvent):
    """Stakeholders were told how a major incident stands.

    `update_id` is the notice; the event's own row keeps its public text in both languages
    (`text_ko`, `text_en`), which is all that may be told.
    """

    update_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class ApprovalAsked(TicketEvent):
    """A round of approval began."""

    approval_id: int


@dataclass(frozen=True)
class ApprovalTurn(TicketEvent):
    """It is these people's turn: a stage opened, or a seat was handed over."""

    approval_id: int
    seat_ids: tuple[int, ...]
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class ApprovalDecided(TicketEvent):
    """One seat was decided."""

    approval_id: int
    seat_id: int
    approved: bool


@dataclass(frozen=True)
class ApprovalEnded(TicketEvent):
    """A round is over. The process that asked goes on from here."""

    approval_id: int
    approved: bool
    reason: str = ""


@dataclass(frozen=True)
class ApprovalRecalled(TicketEvent):
    """Whoever asked took the question back before the first decision."""

    approval_id: int


@dataclass(frozen=True)
class ApprovalVoided(TicketEvent):
    """A round no longer counts; `user_ids`: those who still had it to decide."""

    approval_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class ApprovalReminded(TicketEvent):
    """A decision is awaited for some time; `overdue`: its deadline has passed."""

    approval_id: int
    seat_id: int
    user_ids: tuple[int, ...]
    overdue: bool


@dataclass(frozen=True)
class Marked(TicketEvent):
    """A milestone, or a step of a major incident, that promises are measured by."""


@dataclass(frozen=True)
class Written:
    """Records were put in with their whole past (imports, demo data); nobody is told of them."""

    ticket_ids: tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """Somebody opened a record and saw it as it is now. No change, so no row of the log."""

    ticket_id: int
    user_id: int
