"""Watchers, and who may know of a record."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from core.events import emit
from tickets import access, events
from tickets.actions.base import lock, put, record
from tickets.enums import Verb
from tickets.models import Ticket, Watch


@transaction.atomic
def watch(ticket: Ticket, user: User, *, by: User | None) -> None:
    """Make somebody a watcher: oneself where one sees the record, others where one works on it.

    On a restricted record this names the person: from then on they may see it.
    """
    ticket = lock(ticket)
    itself = by is not None and user.pk == by.pk
    access.require(by, "watch" if itself else "add_watcher", ticket)
    if not user.is_active:
        raise ActionError(_("This person has left. Choose somebody else."), field="user")
    _row, created = Watch.objects.get_or_create(ticket=ticket, user=user)
    if created:
        event = record(ticket, Verb.WATCHED, by=by, data={"user": user.pk})
        emit(events.Watched(ticket.pk, event.pk, by.pk if by else None, user.pk))


@transaction.atomic
def unwatch(ticket: Ticket, user: User, *, by: User | None) -> None:
    """Stop watching, oneself or (where one works on the record) somebody else."""
    ticket = lock(ticket)
    itself = by is not None and user.pk == by.pk
    access.require(by, "view" if itself else "add_watcher", ticket)
    gone, _detail = Watch.objects.filter(ticket=ticket, user=user).delete()
    if gone:
        record(ticket, Verb.UNWATCHED, by=by, data={"user": user.pk})


@transaction.atomic
def restrict(ticket: Ticket, restricted: bool, *, by: User | None) -> Ticket:
    """Keep a record to its team and the people it names, or open it again.

    Whoever restricts it stays named, so that they can't shut themselves out by accident.
    """
    ticket = lock(ticket)
    access.require(by, "restrict", ticket)
    changes = put(ticket, {"restricted": restricted})
    if changes:
        if restricted and by is not None:
            Watch.objects.get_or_create(ticket=ticket, user=by)
        record(ticket, Verb.RESTRICTED, by=by, changes=changes)
    return ticket
