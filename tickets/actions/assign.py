"""Giving a record to a team and a person."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from core.errors import ActionError
from core.events import emit
from core.states import OPEN_PHASES, IllegalTransition, Phase
from tickets import access, events, routing
from tickets.actions.base import lock, put, record
from tickets.actions.checks import check_assignee, check_not_closed
from tickets.enums import Verb
from tickets.models import Ticket

KEEP: Any = object()


@transaction.atomic
def assign(
    ticket: Ticket,
    *,
    by: User | None,
    team: Team = KEEP,
    assignee: User | None = KEEP,
    reason: str = "",
) -> Ticket:
    """Give the record to a team, a person, or back to nobody (assignee=None).

    Another team on a record being worked is a functional escalation and needs a reason. A new
    team without a person gives out the work its own way. Naming somebody moves new → assigned,
    taking the name away moves assigned → new.
    """
    ticket = lock(ticket)
    access.require(by, "assign", ticket)
    check_not_closed(ticket)
    if team is not KEEP and team is None:
        raise ActionError(_("Choose a team: a record always belongs to one."), field="team")
    moves = team is not KEEP and team.pk != ticket.team_id
    if moves and not team.is_active:
        raise ActionError(_("This team is no longer active."), field="team")
    if moves and not reason.strip() and ticket.phase in (Phase.ACTIVE, Phase.WAITING):
        raise ActionError(_("Say why it goes to another team."), field="reason", code="required")
    if moves and assignee is KEEP:
        assignee = routing.assignee_for(team)
    check_assignee(None if assignee is KEEP else assignee)
    return give(ticket, by=by, team=team, assignee=assignee, reason=reason.strip())


def give(
    ticket: Ticket,
    *,
    by: User | None,
    team: Team = KEEP,
    assignee: User | None = KEEP,
    reason: str = "",
) -> Ticket:
    """Write an assignment that is already checked, on a locked row."""
    wanted: dict[str, Any] = {}
    if team is not KEEP:
        wanted["team"] = team
    if assignee is not KEEP:
        wanted["assignee"] = assignee
    had_assignee = ticket.assignee_id is not None
    changes = put(ticket, wanted)
    if not changes:
        return ticket
    if "team" in changes or ("assignee" in changes and had_assignee and ticket.assignee_id):
        ticket.reassign_count += 1
    changes |= _follow_status(ticket)
    event = record(
        ticket,
        Verb.ASSIGNED,
        by=by,
        changes=changes,
        data={"reason": reason} if reason else {},
        save=("reassign_count", "phase"),
    )
    emit(
        events.Assigned(
            ticket.pk, event.pk, by.pk if by else None, "team" in changes, "assignee" in changes
        )
    )
    return ticket


def _follow_status(ticket: Ticket) -> dict[str, list[Any]]:
    """The automatic state change that an assignment brings, by the kind's own table."""
    if ticket.phase not in OPEN_PHASES:
        return {}
    machine = ticket.kind_info.machine
    try:
        move = machine.find(ticket.status, "assign" if ticket.assignee_id else "unassign")
    except IllegalTransition:
        return {}
    ticket.phase = machine.phase(move.target)
    return put(ticket, {"status": move.target})
