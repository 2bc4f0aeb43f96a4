"""Who does what in the response, who is called in, and who is affected."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from core.errors import ActionError, NotFound
from incidents.actions.base import hold_in, note
from incidents.enums import MajorState, ResponseRole, Step
from incidents.models import MajorIncident
from incidents.queries.portal import is_on_portal
from tickets.actions import comment, watch
from tickets.actions.base import lock
from tickets.actions.checks import check_assignee, required_line, required_text
from tickets.enums import Visibility
from tickets.models import Ticket


@transaction.atomic
def set_role(
    ticket: Ticket, role: str, user: User | None, *, by: User | None, handover: str = ""
) -> MajorIncident:
    """Give a role to somebody, or take it from whoever has it (`user=None`).

    Who commands does nothing else. From one commander to the next goes a handover note, which
    the timeline keeps.
    """
    ticket, major = hold_in(ticket, "role", by, MajorState.DECLARED)
    if role not in ResponseRole.values:
        raise ActionError(_("There is no such role."), field="role")
    changes_hands = role == ResponseRole.COMMANDER and user is not None and major.commander_id
    if changes_hands and user is not None and major.commander_id != user.pk:
        handover = required_text("handover", handover, limit=4000)
    give_role(ticket, major, ResponseRole(role), user, by=by, handover=handover)
    return major


def give_role(
    ticket: Ticket,
    major: MajorIncident,
    role: ResponseRole,
    user: User | None,
    *,
    by: User | None,
    handover: str = "",
) -> None:
    """On held rows: whoever gets a role is named on the record and so may work on it."""
    check_assignee(user)
    before = getattr(major, f"{role.value}_id")
    if before == (user.pk if user else None):
        return
    if user is not None:
        _check_free(major, role, user)
    setattr(major, role.value, user)
    major.save(update_fields=[role.value])
    data: dict[str, Any] = {"role": role.value, "was": before}
    if user is not None:
        data["user"] = user.pk
    event = note(ticket, Step.ROLE, by=by, **data)
    if handover:
        major.entries.create(
            kind="event",
            event=event,
            at=event.at,
            text=required_text("handover", handover, limit=4000),
            written_by=by,
        )
    if user is not None:
        watch(ticket, user, by=None)


def _check_free(major: MajorIncident, role: ResponseRole, user: User) -> None:
    others = (other for other in ResponseRole if other != role)
    held = [other for other in others if getattr(major, f"{other.value}_id") == user.pk]
    for other in held:
        if ResponseRole.COMMANDER in (role, other):
            raise ActionError(
                _("Who commands holds no other role. %(name)s: %(role)s.")
                % {"name": user.name, "role": other.label},
                field="user",
                code="commands_only",
            )


@transaction.atomic
def call_for_help(
    ticket: Ticket,
    message: str,
    *,
    by: User,
    team: Team | None = None,
    person: User | None = None,
) -> None:
    """Call in a team's available people, a person, or both: each is told loudly.

    Whoever is named here may see a restricted record from now on.
    """
    ticket, _major = hold_in(ticket, "call", by, MajorState.DECLARED)
    check_assignee(person)
    called = _called(team, person)
    if not called:
        raise ActionError(_("Choose a team or a person who is there."), field="team")
    body = required_line("message", message, limit=2000)
    if person is not None or ticket.restricted:
        for user in called if ticket.restricted else [person]:
            if user is not None:
                watch(ticket, user, by=by)
    note(ticket, Step.CALL, by=by, team=team.pk if team else None, people=len(called))
    comment(ticket, body, by=by, visibility=Visibility.INTERNAL, mentions=called)


def _called(team: Team | None, person: User | None) -> list[User]:
    found = {person.pk: person} if person else {}
    if team is not None:
        there = User.objects.filter(
            memberships__team=team, memberships__is_available=True, is_active=True
        )
        found |= {user.pk: user for user in there}
    return list(found.values())


@transaction.atomic
def join_affected(ticket: Ticket, *, by: User) -> None:
    """“I'm affected too”: follow the known outage instead of reporting it again."""
    ticket = lock(ticket)
    if not is_on_portal(ticket):
        raise NotFound(_("This outage is over. Report the problem if you still have it."))
    watch(ticket, by, by=None)
