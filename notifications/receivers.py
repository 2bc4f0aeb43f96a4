"""What notifications listens to: each receiver makes one action call."""

from accounts.events import PersonAnonymised
from cmdb.events import ReviewDue
from core.events import subscribe
from knowledge import events as knowledge
from notifications import actions
from sla.events import Escalated, EscalatedTogether, WebhookAsked
from tickets import events


def announce(event: events.TicketEvent) -> None:
    actions.announce(event)


def announce_together(event: EscalatedTogether) -> None:
    actions.announce_together(event)


def withdraw(event: events.CommentRetracted) -> None:
    actions.withdraw(event.comment_id)


def read(event: events.Seen) -> None:
    actions.mark_read(by=event.user_id, tickets=[event.ticket_id])


def call(event: WebhookAsked) -> None:
    actions.ask(event)


def remind(event: ReviewDue) -> None:
    actions.remind_of_review(event)


def remind_of_article(event: knowledge.ReviewDue) -> None:
    actions.remind_of_article(event)


def forget(event: PersonAnonymised) -> None:
    actions.forget_person(event.user_id)


TOLD = (
    events.Opened,
    events.Transitioned,
    events.Merged,
    events.Assigned,
    events.Commented,
    events.PriorityChanged,
    events.Watched,
    events.TaskChanged,
    events.TaskReady,
    events.MajorProposed,
    events.MajorDeclared,
    events.MajorUpdated,
    events.ApprovalTurn,
    events.ApprovalReminded,
    events.ApprovalEnded,
    events.ApprovalVoided,
    Escalated,
)


def connect() -> None:
    """Called in apps.ready."""
    for event in TOLD:
        subscribe(event, announce)
    subscribe(EscalatedTogether, announce_together)
    subscribe(events.CommentRetracted, withdraw)
    subscribe(events.Seen, read)
    subscribe(WebhookAsked, call)
    subscribe(ReviewDue, remind)
    subscribe(knowledge.ReviewDue, remind_of_article)
    subscribe(PersonAnonymised, forget)
