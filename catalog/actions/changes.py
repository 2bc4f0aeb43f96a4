"""What a requester does with a request later: answer anew, take back, send back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from catalog.actions import deciding
from catalog.actions.requests import checked
from catalog.definition import Definition, parse
from catalog.enums import FieldType
from catalog.models import Request
from catalog.pricing import quote
from core.errors import ActionError, NotAllowed
from core.events import emit
from tickets import access, events
from tickets import actions as kernel
from tickets.actions.attach import Upload
from tickets.actions.base import lock, record
from tickets.actions.checks import required_text
from tickets.enums import Verb
from tickets.models import Attachment, Comment, Ticket

# Where its answers may still be mended: taken back from the approvers, or rejected by them.
MENDABLE = ("submitted", "rejected")


def can_mend(ticket: Ticket, user: User) -> bool:
    """Whether the person may change the answers now."""
    if ticket.status not in MENDABLE or not access.can(user, "view", ticket):
        return False
    own = user.pk in (ticket.requester_id, ticket.opened_by_id)
    made = Request.objects.filter(pk=ticket.pk, made_with__isnull=False).exists()
    return made and (own or (reach_of(user).works and access.can(user, "edit", ticket)))


@transaction.atomic
def resubmit(
    ticket: Ticket,
    answers: Mapping[str, Any],
    *,
    by: User,
    seen: int | None = None,
    files: Sequence[Upload] = (),
) -> Ticket:
    """Change the answers of a request that came back, by the form it was made with, and ask again.

    `seen`: the record's version that the person had before them. `files`: those that are new.
    Effects in order: answers and price; the event, with old and new answers; files that no answer
    names any more are hidden where they are the person's own, new ones added; approval asked for
    anew, or accepted. The approvers are shown what differs from the round before.
    """
    ticket = lock(ticket)
    access.require(by, "view", ticket)
    if seen is not None and seen != ticket.version:
        raise ActionError(
            _("Somebody changed this request meanwhile. Look at it as it is now."), code="stale"
        )
    if not can_mend(ticket, by):
        if user_sees_only(ticket, by):
            raise NotAllowed(_("Only its requester can change the answers."))
        raise ActionError(
            _("%(number)s is “%(state)s” now: its answers can't be changed any more.")
            % {"number": ticket.number, "state": ticket.state.label},
            code="illegal_transition",
        )
    request = Request.objects.select_related("made_with", "beneficiary", "requester").get(
        pk=ticket.pk
    )
    definition = parse(request.made_with.data)
    cleaned = checked(definition, answers, request.beneficiary or request.requester)
    price = quote(definition, cleaned.values, timezone.localdate())
    old, new = _differing(request.answers, cleaned.values)
    Request.objects.filter(pk=ticket.pk).update(
        answers=cleaned.values,
        amount=price.amount or None,
        currency=price.currency if price.amount else "",
        period=price.period if price.amount else "",
    )
    if new or old:
        event = record(ticket, Verb.EDITED, by=by, changes={"answers": [old, new]})
        emit(events.Edited(ticket.pk, event.pk, by.pk, ("answers",)))
    _replace_files(ticket, _names(definition, request.answers), cleaned.values, files, by=by)
    return deciding.set_off(ticket, by=by)


def _names(definition: Definition, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of files that the answers hold, by question."""
    asks = (field.key for field in definition.fields if field.type == FieldType.FILE)
    return {key: list(answers.get(key) or ()) for key in asks}


def _replace_files(
    ticket: Ticket,
    before: Mapping[str, list[str]],
    answers: Mapping[str, Any],
    files: Sequence[Upload],
    *,
    by: User,
) -> None:
    fresh = {file.name for file in files}
    now = {name for key in before for name in answers.get(key) or ()}
    gone = {name for names in before.values() for name in names if name not in now or name in fresh}
    own = Attachment.objects.filter(ticket=ticket, comment=None, uploaded_by=by, removed_at=None)
    for file in own.filter(name__in=gone):
        kernel.detach(file, by=by)
    for upload in files:
        kernel.attach(ticket, upload, by=by)


def user_sees_only(ticket: Ticket, user: User) -> bool:
    """Whether the request could be mended, but not by this person."""
    return ticket.status in MENDABLE and user.pk not in (ticket.requester_id, ticket.opened_by_id)


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs: as it was, and as it is."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return (
        {key: before[key] for key in keys if key in before},
        {key: after[key] for key in keys if key in after},
    )


@transaction.atomic
def cancel(ticket: Ticket, reason: str, *, by: User) -> Ticket:
    """Take a request back. What of a bundle nobody has begun is taken back with it."""
    reason = required_text("reason", reason, limit=2000)
    return kernel.transition(ticket, "cancel", by=by, reason=reason, children=True)


@transaction.atomic
def ask_to_cancel(ticket: Ticket, reason: str, *, by: User) -> Comment:
    """Say that a request is no longer needed when people work on it already: they decide."""
    ticket = lock(ticket)
    access.require(by, "reply", ticket)
    if ticket.is_unbegun or not ticket.is_open:
        raise ActionError(_("There is nothing to ask: look at it as it is now."), code="not_needed")
    text = _("I no longer need this. Please cancel it if you can.")
    reason = reason.strip()
    return kernel.comment(ticket, f"{text}\n\n{reason}" if reason else text, by=by)


@transaction.atomic
def send_back(ticket: Ticket, reason: str, *, by: User) -> Ticket:
    """It is not what was asked for: work goes on, and the team reads what is wrong."""
    ticket = lock(ticket)
    access.require(by, "reopen", ticket)
    reason = required_text("reason", reason)
    return kernel.transition(ticket, "reopen", by=by, reason=reason)
