"""What a requester does with a request: answer, confirm, reopen, withdraw, take it up again."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.actions.changes import ask_to_cancel
from core.errors import ActionError
from portal.actions.drafts import discard
from portal.actions.files import hand_over, unstage_all, uploads
from portal.actions.once import once
from tickets import access, actions
from tickets.models import Ticket


def slot_of(ticket: Ticket) -> str:
    """The name of the record's reply box, for its draft and its files."""
    return f"portal:reply:{ticket.number}"


@transaction.atomic
def reply(
    ticket: Ticket,
    text: str,
    *,
    by: User,
    last_seen: int | None = None,
    token: UUID | None = None,
) -> Ticket:
    """Answer on a record, with the files of the reply box. Files alone are an answer too.

    The kernel resumes what waits for the requester and reopens what was solved.
    """
    return once(token, by, lambda: _say(ticket, text, by, last_seen))


@transaction.atomic
def reopen(
    ticket: Ticket,
    text: str,
    *,
    by: User,
    last_seen: int | None = None,
    token: UUID | None = None,
) -> Ticket:
    """Say that it is not solved. What is still wrong may be told, and shown by files."""

    def do() -> Ticket:
        access.require(by, "reopen", ticket)
        if text.strip() or uploads(slot_of(ticket), by=by):
            return _say(ticket, text, by, last_seen)
        if ticket.kind == "request":
            raise ActionError(
                _("Write what is not as you asked for."), field="text", code="required"
            )
        return actions.transition(ticket, _move(ticket, "reopen"), by=by)

    return once(token, by, do)


@transaction.atomic
def confirm(ticket: Ticket, *, by: User) -> Ticket:
    """Agree that it is solved: the record closes."""
    return actions.transition(ticket, _move(ticket, "confirm"), by=by)


@transaction.atomic
def withdraw(ticket: Ticket, reason: str, *, by: User) -> Ticket:
    """Take a request back that nobody has begun to work on, with its parts of which that is so."""
    if not ticket.is_unbegun:
        raise ActionError(
            _("Somebody is working on it already. Write to them that you no longer need it.")
        )
    reason = reason.strip() or _("No longer needed")
    return actions.transition(ticket, _move(ticket, "cancel"), by=by, reason=reason, children=True)


@transaction.atomic
def ask_to_stop(ticket: Ticket, reason: str, *, by: User) -> Ticket:
    """Say that a request is not needed any more when people work on it already."""
    ask_to_cancel(ticket, reason, by=by)
    return ticket


@transaction.atomic
def continue_closed(ticket: Ticket, text: str, *, by: User, token: UUID | None = None) -> Ticket:
    """Open a new request that continues a finished one; the new one is returned."""

    def do() -> Ticket:
        if not text.strip():
            raise ActionError(_("Write what happened again."), field="text", code="required")
        follower = actions.follow_up(ticket, by=by, body=text)
        hand_over(slot_of(ticket), follower, by=by)
        return follower

    follower = once(token, by, do)
    discard(slot_of(ticket), by=by)
    return follower


def _say(ticket: Ticket, text: str, by: User, last_seen: int | None) -> Ticket:
    slot = slot_of(ticket)
    files = uploads(slot, by=by)
    said = actions.comment(
        ticket,
        text.strip() or ", ".join(file.name for file in files),
        by=by,
        files=files,
        last_seen=last_seen,
    )
    actions.drop_draft(slot, by=by)
    unstage_all(slot, by=by)
    return said.ticket


def _move(ticket: Ticket, rule: str) -> str:
    """The transition that this right opens from here, whatever the kind calls it."""
    for move in ticket.kind_info.machine.from_state(ticket.status):
        if move.rule == rule and not move.automatic:
            return move.name
    raise ActionError(
        _("%(number)s has changed meanwhile. Look at it as it is now.") % {"number": ticket.number},
        code="illegal_transition",
    )
