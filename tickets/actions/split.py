"""Splitting: something said on a record becomes a record of its own, linked to the first one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cmdb.enums import ServiceStatus
from core.errors import ActionError
from core.events import emit
from core.states import Phase
from tickets import access, events
from tickets.actions.base import lock, lock_both, record
from tickets.actions.checks import required_line
from tickets.actions.open import open_ticket
from tickets.actions.transition import transition
from tickets.enums import LinkType, Verb, Visibility
from tickets.models import Attachment, Comment, Event, Link, Ticket
from tickets.queries import split_of

# What may happen to a new record without anybody having worked on it.
NO_WORK = frozenset({Verb.WATCHED, Verb.UNWATCHED, Verb.ESCALATED})


@transaction.atomic
def split(said: Comment, *, by: User, title: str = "") -> Ticket:
    """Open a record of the same kind with the comment's text as its description.

    Its requester is who wrote the comment, if they asked for something, else the requester of
    the record. Service, team, priority's inputs and restriction are the record's. The comment
    stays where it is; its files are on the new record as well. Internal notes can't be split
    off: the new record's requester reads its description.
    """
    ticket = lock(said.ticket)
    access.require(by, "merge", ticket)
    said = Comment.objects.select_related("author").get(pk=said.pk)
    if said.ticket_id != ticket.pk or said.retracted_at is not None:
        raise ActionError(_("This message is no longer there. Reload the page."), code="gone")
    if said.visibility != Visibility.PUBLIC:
        raise ActionError(
            _("An internal note can't become a record: its requester would read it."),
            code="internal",
        )
    asked = said.author if said.by_requester else ticket.requester
    service, category, team = ticket.service, ticket.category, ticket.team
    new = open_ticket(
        ticket.kind,
        by=by,
        title=required_line("title", title) if title.strip() else ticket.title,
        description=said.body,
        requester=asked if asked.is_active else by,
        impact=ticket.impact,
        urgency=ticket.urgency,
        service=service if service and service.status != ServiceStatus.RETIRED else None,
        category=category if category and category.is_active else None,
        team=team if team.is_active else None,
        restricted=ticket.restricted,
    )
    _copy_files(said, new)
    link = Link.objects.create(source=new, target=ticket, type=LinkType.RELATED.value)
    facts = {"comment": said.pk, "link": link.pk}
    record(new, Verb.SPLIT, by=by, data={"role": "new", "other": ticket.number, **facts})
    event = record(ticket, Verb.SPLIT, by=by, data={"role": "source", "other": new.number, **facts})
    emit(events.Split(ticket.pk, event.pk, by.pk, said.pk, new.pk))
    return new


@transaction.atomic
def unsplit(new: Ticket, *, by: User) -> Ticket:
    """Take a split back: the new record is cancelled, unless somebody worked on it since."""
    access.require(by, "merge", new)
    done = split_of(new)
    if done is None:
        raise ActionError(
            _("%(number)s was not split off another record, or is closed.")
            % {"number": new.number},
            code="not_split",
        )
    came_from = Ticket.objects.get(number=done.data["other"])
    new, came_from = lock_both(new, came_from)
    access.require(by, "merge", new)
    access.require(by, "merge", came_from)
    _refuse_work(new, done)
    new = transition(new, "cancel", by=by, reason=_("The split was undone."))
    Link.objects.filter(pk=done.data["link"]).delete()
    data = {"role": "source", "other": new.number, "comment": done.data["comment"], "undone": True}
    event = record(came_from, Verb.SPLIT, by=by, data=data)
    emit(events.Split(came_from.pk, event.pk, by.pk, done.data["comment"], new.pk, undone=True))
    return new


def _copy_files(said: Comment, new: Ticket) -> None:
    """Rows of their own on the new record, over the same stored files."""
    for file in Attachment.objects.filter(comment=said, removed_at=None).order_by("pk"):
        file.pk, file.ticket, file.comment = None, new, None
        file.save(force_insert=True)


def _refuse_work(new: Ticket, done: Event) -> None:
    later = Event.objects.filter(ticket=new, pk__gt=done.pk).exclude(verb__in=NO_WORK)
    if later.exists() or new.phase not in (Phase.NEW, Phase.ACTIVE):
        raise ActionError(
            _("Somebody has worked on %(number)s since. Merge it instead.")
            % {"number": new.number},
            code="worked_on",
        )
