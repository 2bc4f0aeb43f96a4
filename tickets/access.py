"""The one door to a record: what a person may not see does not exist for them."""

from typing import Any

from django.db.models import Value
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import NOBODY, reach_of
from core.errors import NotAllowed, NotFound
from tickets.models import Attachment, Comment, Ticket, Watch
from tickets.models.approval import seats_of
from tickets.models.work import tasks_of
from tickets.numbering import normalise
from tickets.queries import merged_into
from tickets.rules import RULES, Facts


def facts_for(
    user: User,
    ticket: Ticket,
    *,
    is_watched: bool | None = None,
    is_approver: bool = False,
    has_task: bool = False,
) -> Facts:
    """The record's permission facts as seen by one person.

    Asks whether they watch it, or have a part in its approval or work, unless the caller knows.
    """
    if is_watched is None:
        parts = _parts_in(user, ticket)
        is_watched = "watch" in parts
        is_approver, has_task = "seat" in parts, "task" in parts
    return Facts(
        phase=ticket.phase,
        restricted=ticket.restricted,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        requester_id=ticket.requester_id,
        opened_by_id=ticket.opened_by_id,
        service_owner_id=ticket.service.owner_id if ticket.service_id and ticket.service else None,
        is_watched=is_watched,
        requester_department_id=ticket.requester.department_id,
        unbegun=ticket.is_unbegun,
        is_approver=is_approver,
        has_task=has_task,
    )


def _parts_in(user: User, ticket: Ticket) -> set[str]:
    """What the person has to do with it, in one statement: "watch", "seat", "task"."""
    reach = reach_of(user)
    watches = Watch.objects.order_by().filter(ticket_id=ticket.pk, user_id=user.pk)
    parts: list[Any] = [seats_of(reach).filter(ticket_id=ticket.pk).values_list(Value("seat"))[:1]]
    if reach.works:
        tasks = tasks_of(user, reach).filter(ticket_id=ticket.pk)
        parts.append(tasks.values_list(Value("task"))[:1])
    return {row[0] for row in watches.values_list(Value("watch"))[:1].union(*parts, all=True)}


def can(user: User | None, verb: str, ticket: Ticket, facts: Facts | None = None) -> bool:
    """Whether the person may do `verb`. None is the product itself, which may do everything."""
    if user is None:
        return True
    reach = reach_of(user)
    return reach is not NOBODY and RULES[verb](reach, facts or facts_for(user, ticket))


def abilities(user: User, ticket: Ticket) -> dict[str, bool]:
    """Every verb of the table for one person and record, with the facts read once."""
    facts = facts_for(user, ticket)
    return {verb: can(user, verb, ticket, facts) for verb in RULES}


def require(user: User | None, verb: str, ticket: Ticket) -> None:
    """NotFound when the record is not theirs to know, NotAllowed when only the verb is refused."""
    if user is None:
        return
    facts = facts_for(user, ticket)
    if not can(user, "view", ticket, facts):
        raise NotFound(_("There is no such record."))
    if not can(user, verb, ticket, facts):
        raise NotAllowed(_("You may not do that on %(number)s.") % {"number": ticket.number})


def get(user: User, number: str, verb: str = "view", *, kind: str = "") -> Ticket:
    """The record called `number`, in any usual spelling, if the person may do `verb` on it."""
    tickets = Ticket.objects.select_related(
        "requester__department",
        "assignee",
        "team",
        "service",
        "category",
        "opened_by",
        "pending_reason",
    )
    if kind:
        tickets = tickets.filter(kind=kind)
    ticket = tickets.filter(number=normalise(number)).first()
    if ticket is None:
        raise NotFound(_("There is no such record."))
    require(user, verb, ticket)
    return ticket


def goes_on_in(user: User, ticket: Ticket) -> Ticket | None:
    """Where a merged record goes on, if the person may know; None when it is not merged."""
    into = merged_into(ticket)
    return into if into is not None and can(user, "view", into) else None


def comments(user: User, ticket: Ticket, can_read_notes: bool | None = None) -> Any:
    """The comments the person may read, oldest first; taken-back ones are left out."""
    shown = Comment.objects.filter(ticket=ticket, retracted_at=None).order_by("id")
    notes = can(user, "read_notes", ticket) if can_read_notes is None else can_read_notes
    return shown if notes else shown.filter(visibility="public")


def attachments(user: User, ticket: Ticket, can_read_notes: bool | None = None) -> Any:
    """The files the person may fetch."""
    shown = Attachment.objects.filter(ticket=ticket, removed_at=None).order_by("id")
    shown = shown.exclude(comment__retracted_at__isnull=False)
    notes = can(user, "read_notes", ticket) if can_read_notes is None else can_read_notes
    return shown if notes else shown.filter(visibility="public")


def attachment(user: User, pk: int) -> Attachment:
    """One file through its record's door."""
    found = Attachment.objects.select_related("ticket__requester", "ticket__service").filter(pk=pk)
    file = found.first()
    if file is None:
        raise NotFound(_("There is no such file."))
    require(user, "view", file.ticket)
    if not attachments(user, file.ticket).filter(pk=pk).exists():
        raise NotFound(_("There is no such file."))
    return file
