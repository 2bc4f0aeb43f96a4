"""Answering and moving a record on in one go: both happen, or neither."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import ActionError
from knowledge.actions import unreadable
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import Visibility
from tickets.models import Comment, PendingReason, Ticket


@transaction.atomic
def reply_and_wait(
    ticket: Ticket,
    body: str,
    *,
    by: User,
    files: Sequence[Upload] = (),
    last_seen: int | None,
    sure: bool = False,
) -> Comment:
    """Answer the requester and put the record on hold until they reply. `sure`: as in `say`."""
    _warn_of_unreadable(ticket, body, sure)
    reasons = PendingReason.objects.filter(is_active=True)
    reason = reasons.filter(waits_for=PendingReason.WaitsFor.REQUESTER).first()
    if reason is None:
        raise ActionError(_("There is no pending reason that waits for the requester."))
    said = actions.comment(ticket, body, by=by, files=files, last_seen=last_seen)
    actions.transition(ticket, "pend", by=by, pending_reason=reason)
    actions.drop_draft(draft_slot(ticket, "reply"), by=by)
    return said


@transaction.atomic
def say(
    ticket: Ticket,
    body: str,
    *,
    by: User,
    memo: bool,
    files: Sequence[Upload] = (),
    last_seen: int | None = None,
    sure: bool = False,
) -> Comment:
    """Write a public reply or an internal note, and forget its draft.

    A reply that names an article which its requester may not read is refused with code
    "unreadable", unless the writer is `sure`.
    """
    if not memo:
        _warn_of_unreadable(ticket, body, sure)
    visibility = Visibility.INTERNAL if memo else Visibility.PUBLIC
    said = actions.comment(
        ticket,
        body,
        by=by,
        visibility=visibility,
        files=files,
        last_seen=None if memo else last_seen,
    )
    actions.drop_draft(draft_slot(ticket, "memo" if memo else "reply"), by=by)
    return said


@transaction.atomic
def move(
    ticket: Ticket,
    name: str,
    answers: dict[str, Any],
    *,
    by: User,
    reply: str = "",
    anyway: bool = False,
    children: bool = False,
    sure: bool = False,
) -> Comment | None:
    """Take a transition, with a reply to the requester when there is one; `sure`: as in `say`."""
    said = None
    if reply.strip():
        said = say(ticket, reply, by=by, memo=False, sure=sure)
    actions.transition(ticket, name, by=by, anyway=anyway, children=children, **answers)
    return said


@transaction.atomic
def take_back(said: Comment, *, by: User) -> None:
    """Undo a comment within its seconds; its text becomes the draft again."""
    actions.retract(said, by=by)
    mode = "memo" if said.visibility == Visibility.INTERNAL else "reply"
    slot = draft_slot(said.ticket, mode)
    actions.save_draft(slot, {"body": said.body}, by=by, ticket=said.ticket)


def _warn_of_unreadable(ticket: Ticket, body: str, sure: bool) -> None:
    hidden = [] if sure else unreadable(body, ticket)
    if hidden:
        raise ActionError(
            ngettext(
                "The requester may not read %(articles)s. Take it out, or send it anyway.",
                "The requester may not read %(articles)s. Take them out, or send it anyway.",
                len(hidden),
            )
            % {"articles": ", ".join(article.number for article in hidden)},
            field="reply",
            code="unreadable",
        )


def draft_slot(ticket: Ticket, mode: str) -> str:
    return f"{ticket.number}:{mode}"
