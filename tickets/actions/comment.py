"""Public replies and internal notes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed
from core.events import emit
from core.states import IllegalTransition, Phase
from tickets import access, events
from tickets.actions.attach import Upload, store
from tickets.actions.base import current_channel, lock, record
from tickets.actions.checks import required_text
from tickets.actions.open import follow_up
from tickets.actions.transition import transition
from tickets.enums import Verb, Visibility
from tickets.models import Comment, PendingReason, Ticket

# How long a reply can be taken back. Mails leave after it; a response counts from the click.
UNDO_SECONDS = 10


@transaction.atomic
def comment(
    ticket: Ticket,
    body: str,
    *,
    by: User,
    visibility: str = Visibility.PUBLIC,
    files: Sequence[Upload] = (),
    mentions: Sequence[User] = (),
    last_seen: int | None = None,
) -> Comment:
    """Say something on a record.

    `last_seen` is the newest comment id the writer saw: a reply that crossed another person's
    is refused with code "crossed", so that it can be read and sent again.
    By the requester: resumes a record waiting for them, reopens a resolved one, and on a closed
    one opens a linked follow-up (the returned comment is on that one).
    By the desk, public: the first one is the response; the requester no longer waits.
    """
    ticket = lock(ticket)
    public = visibility == Visibility.PUBLIC
    access.require(by, "reply" if public else "note", ticket)
    body = required_text("body", body)
    by_requester = public and by.pk in (ticket.requester_id, ticket.opened_by_id)
    if reach_of(by).works and by.pk != ticket.requester_id:
        by_requester = False
    if ticket.phase == Phase.CLOSED and public:
        if not by_requester:
            raise ActionError(
                _("%(number)s is closed. Open a follow-up instead.") % {"number": ticket.number},
                code="closed",
            )
        ticket = lock(follow_up(ticket, by=by, body=body))
    _refuse_crossed(ticket, by, last_seen)
    said = Comment.objects.create(
        ticket=ticket,
        author=by,
        body=body,
        visibility=visibility,
        channel=current_channel(),
        by_requester=by_requester,
    )
    for upload in files:
        store(ticket, upload, by=by, comment=said, visibility=visibility)
    columns = _follow(ticket, by, public, by_requester, said)
    data: dict[str, Any] = {"visibility": str(visibility), "by_requester": by_requester}
    data["by_desk"] = reach_of(by).works and by.pk != ticket.requester_id
    event = record(ticket, Verb.COMMENTED, by=by, data=data, comment=said, save=columns)
    people = tuple(user.pk for user in mentions)
    emit(events.Commented(ticket.pk, event.pk, by.pk, said.pk, public, by_requester, people))
    if by_requester:
        _wake(ticket)
    return said


def _refuse_crossed(ticket: Ticket, by: User, last_seen: int | None) -> None:
    if last_seen is None:
        return
    newer = access.comments(by, ticket).filter(pk__gt=last_seen).exclude(author=by)
    if newer.exists():
        raise ActionError(
            _("Somebody wrote meanwhile. Read the new message, then send yours again."),
            code="crossed",
            field="body",
        )


def _follow(
    ticket: Ticket, by: User, public: bool, by_requester: bool, said: Comment
) -> tuple[str, ...]:
    if not public:
        return ()
    ticket.replied_at = said.created_at
    if by_requester:
        ticket.requester_waits = True
        return ("replied_at", "requester_waits")
    if not reach_of(by).works:
        return ("replied_at",)
    ticket.requester_waits = False
    ticket.responded_at = ticket.responded_at or said.created_at
    return ("replied_at", "requester_waits", "responded_at")


def _wake(ticket: Ticket) -> None:
    """The requester's answer puts the record back to work, by the kind's own table."""
    waits = ticket.phase == Phase.WAITING and (
        ticket.pending_reason is not None
        and ticket.pending_reason.waits_for == PendingReason.WaitsFor.REQUESTER
    )
    name = "resume" if waits else "reopen" if ticket.phase == Phase.RESOLVED else ""
    if not name:
        return
    try:
        ticket.kind_info.machine.find(ticket.status, name)
    except IllegalTransition:
        return
    transition(ticket, name, by=None)


@transaction.atomic
def retract(said: Comment, *, by: User) -> None:
    """Take one's own comment back within UNDO_SECONDS: it was never sent and no longer counts."""
    ticket = lock(said.ticket)
    access.require(by, "view", ticket)
    said = Comment.objects.select_for_update().get(pk=said.pk)
    if said.author_id != by.pk:
        raise NotAllowed(_("Only its author can take a comment back."))
    if said.retracted_at is not None:
        return
    now = timezone.now()
    if now > said.created_at + timedelta(seconds=UNDO_SECONDS):
        raise ActionError(_("Too late: it has been sent."), code="sent")
    said.retracted_at = now
    said.save(update_fields=["retracted_at"])
    columns = _forget(ticket, said)
    event = record(ticket, Verb.RETRACTED, by=by, comment=said, save=columns)
    emit(events.CommentRetracted(ticket.pk, event.pk, by.pk, said.pk))


def _forget(ticket: Ticket, said: Comment) -> tuple[str, ...]:
    """Put back what the comment had set, from the comments that remain."""
    if said.visibility != Visibility.PUBLIC:
        return ()
    remaining = Comment.objects.filter(
        ticket=ticket, visibility=Visibility.PUBLIC, retracted_at=None
    ).order_by("id")
    last = remaining.last()
    ticket.replied_at = last.created_at if last else None
    ticket.requester_waits = ticket.is_open and (last is None or last.by_requester)
    if ticket.responded_at == said.created_at:
        first = remaining.filter(by_requester=False).exclude(author=ticket.requester).first()
        ticket.responded_at = first.created_at if first else None
    return ("replied_at", "requester_waits", "responded_at")
