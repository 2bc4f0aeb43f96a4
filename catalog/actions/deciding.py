"""Whether a request may be: its approval is asked for, and what comes of it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from catalog.actions import bundles, fulfilment
from catalog.definition import Definition, parse, shown
from catalog.models import Request
from catalog.queries.answered import told
from catalog.queries.lines import facts_of, involved_in, line_of, policy_of
from catalog.queries.times import promised
from catalog.wording import price_words
from tickets import actions as kernel
from tickets.actions import approving
from tickets.actions.base import lock
from tickets.models import Ticket


@transaction.atomic
def set_off(ticket: Ticket, *, by: User | None) -> Ticket:
    """Ask for a request's approval; where none is needed, accept it at once.

    The line is that of its requester; neither they, nor whom it is for, nor who wrote it down
    decides.
    """
    request = _row(ticket.pk)
    if request.made_with is None:
        return ticket
    definition = parse(request.made_with.data)
    if not line_of(request, definition).steps:
        return accept(ticket)
    ticket = kernel.transition(ticket, "ask_approval", by=None)
    approving.ask(
        ticket,
        policy=policy_of(definition),
        facts=facts_of(request, definition),
        content=content_of(request, definition),
        involved=involved_in(request),
        by=by,
    )
    return lock(ticket)


@transaction.atomic
def accept(ticket: Ticket) -> Ticket:
    """Accept a request; the parts of a bundle are opened and set off themselves.

    Delivery is expected from now on: an approval takes as long as it takes.
    """
    ticket = fulfilment.accept(ticket)
    request = _row(ticket.pk)
    if request.made_with is None:
        return ticket
    definition = parse(request.made_with.data)
    due = promised(ticket.pk, timezone.now(), definition.delivery_days)
    Request.objects.filter(pk=ticket.pk).update(promised_at=due)
    asked = shown(definition, request.answers, timezone.localdate())
    for part in bundles.open_parts(ticket, request, definition, asked):
        set_off(part, by=part.opened_by)
    return lock(ticket)


@transaction.atomic
def decided(ticket_id: int, approved: bool, reason: str) -> None:
    """A round of approval ended. What was taken back meanwhile stays taken back."""
    ticket = _waiting(ticket_id)
    if ticket is None:
        return
    if approved:
        accept(ticket)
    else:
        kernel.transition(ticket, "reject", by=None, reason=reason or _("No reason was given."))


@transaction.atomic
def recalled(ticket_id: int) -> None:
    """Whoever asked took the question back: it is theirs to mend and send in again."""
    ticket = _waiting(ticket_id)
    if ticket is not None:
        kernel.transition(ticket, "recall", by=None)


def _waiting(ticket_id: int) -> Ticket | None:
    """The request, locked, if it waits for an approval."""
    found = Ticket.objects.filter(pk=ticket_id, kind="request").first()
    if found is None:
        return None
    ticket = lock(found)
    return ticket if ticket.state.decides else None


def _row(ticket_id: int) -> Request:
    related = Request.objects.select_related(
        "made_with", "offering", "beneficiary__department", "requester__department", "service"
    )
    return related.get(pk=ticket_id)


# What the approval is told ------------------------------------------------------------------------


def content_of(request: Request, definition: Definition) -> list[list[Any]]:
    """What the approvers read, and by which a later round is compared: [[label, text], …].

    Each in both languages: an approver reads another than whoever asked.
    """
    with override("ko"):
        korean = _content(request, definition)
    with override("en"):
        english = _content(request, definition)
    return [
        [_both(*labels), _both(*texts)]
        for labels, texts in (zip(*pair, strict=True) for pair in zip(korean, english, strict=True))
        if any(texts)
    ]


def _content(request: Request, definition: Definition) -> list[tuple[str, str]]:
    lines = [(_("Offering"), str(definition.name))]
    if request.beneficiary is not None:
        lines.append((_("For"), request.beneficiary.name))
    if request.amount:
        price = price_words(request.amount, request.currency, request.period)
        lines.append((_("Price"), price))
    return lines + [(one.label, one.text) for one in told(definition, request.answers)]


def _both(ko: str, en: str) -> str | dict[str, str]:
    return ko if ko == en else {"ko": ko, "en": en}
