"""Handing over what a person who leaves still holds."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import Team, User
from core.errors import ActionError
from core.states import Phase
from tickets.actions.assign import give
from tickets.actions.base import lock
from tickets.actions.checks import check_assignee
from tickets.actions.tasks import change_task
from tickets.enums import TASK_ENDED
from tickets.models import Task, Ticket


@dataclass(frozen=True)
class Holdings:
    """What somebody has in hand."""

    tickets: int
    tasks: int

    def __bool__(self) -> bool:
        return bool(self.tickets or self.tasks)


def held_tickets(user: User) -> QuerySet[Ticket]:
    """Open records assigned to the person, the most urgent first."""
    return Ticket.objects.open().filter(assignee=user).order_by("priority", "opened_at")


def holdings(user: User) -> Holdings:
    """How much the person has in hand."""
    return Holdings(held_tickets(user).count(), _held_tasks(user).count())


@transaction.atomic
def hand_over(user: User, *, by: User | None, to: User | None) -> Holdings:
    """Give everything the person has in hand to somebody else, or back to its teams (None).

    Restricted records always go back to their team: being given one is being let in.
    """
    require_administrator(by)
    check_assignee(to)
    if to is not None and to.pk == user.pk:
        raise ActionError(_("Choose somebody else."), field="to")
    done = holdings(user)
    for held in held_tickets(user):
        ticket = lock(held)
        if ticket.assignee_id == user.pk:
            give(ticket, by=by, assignee=None if ticket.restricted else to)
    for task in _held_tasks(user).select_related("ticket"):
        change_task(task, {"assignee": None if task.ticket.restricted else to}, by=None)
    if done:
        audit.record(
            user,
            AuditVerb.HANDED_OVER,
            by=by,
            changes={"to": [None, to.pk if to else None], "tickets": [done.tickets, 0]},
        )
    return done


def refuse_while_holding(user_id: int) -> None:
    """ActionError when the person still has open records or tasks in hand."""
    held = holdings(User(pk=user_id))
    if held:
        raise ActionError(
            _("Hand over first: %(tickets)s open records and %(tasks)s tasks are in their hands.")
            % {"tickets": held.tickets, "tasks": held.tasks},
            code="holds_work",
        )


def refuse_while_used(team_id: int) -> None:
    """ActionError when the team still has open records: a record always belongs to one."""
    count = Ticket.objects.open().filter(team=Team(pk=team_id)).count()
    if count:
        raise ActionError(
            _("Give its %(count)s open records to another team first.") % {"count": count},
            code="holds_work",
        )


def _held_tasks(user: User) -> QuerySet[Task]:
    held = Task.objects.filter(assignee=user).exclude(state__in=TASK_ENDED)
    return held.exclude(ticket__phase=Phase.CLOSED)
