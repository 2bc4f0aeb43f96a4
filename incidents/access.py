"""The door to a major incident: the record's own door first, then the table of rules.py."""

from dataclasses import asdict

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import NOBODY, reach_of
from core.errors import NotAllowed, NotFound
from incidents.enums import MAJOR, MajorState
from incidents.models import MajorIncident
from incidents.rules import RULES, MajorFacts
from tickets import access
from tickets.models import Ticket

RELATED = (
    "proposed_by",
    "declared_by",
    "rejected_by",
    "commander",
    "deputy",
    "communications",
    "scribe",
    "technical_team",
)


def of(ticket: Ticket) -> MajorIncident | None:
    """The record's row as a major incident, if it was ever proposed as one."""
    return MajorIncident.objects.select_related(*RELATED).filter(ticket_id=ticket.pk).first()


def facts_for(user: User, ticket: Ticket, major: MajorIncident | None) -> MajorFacts:
    facts = asdict(access.facts_for(user, ticket))
    if major is None:
        return MajorFacts(**facts)
    return MajorFacts(
        **facts,
        commander_id=major.commander_id,
        deputy_id=major.deputy_id,
        communications_id=major.communications_id,
        scribe_id=major.scribe_id,
    )


def abilities(user: User, ticket: Ticket, major: MajorIncident | None) -> dict[str, bool]:
    """Every verb of the table for one person, with the facts read once."""
    facts, reach = facts_for(user, ticket, major), reach_of(user)
    return {verb: reach is not NOBODY and rule(reach, facts) for verb, rule in RULES.items()}


def require(user: User | None, verb: str, ticket: Ticket, major: MajorIncident | None) -> None:
    """NotFound when the record is not theirs to know, NotAllowed when only the verb is refused."""
    if user is None:
        return
    access.require(user, "view", ticket)
    if not abilities(user, ticket, major)[verb]:
        raise NotAllowed(_("You may not do that on %(number)s.") % {"number": ticket.number})


def get(user: User, number: str) -> tuple[Ticket, MajorIncident]:
    """The record and its row, if it is a candidate or a major incident that the person may see."""
    ticket = access.get(user, number, kind="incident")
    major = of(ticket)
    shown = (MajorState.PROPOSED, *MAJOR)
    if major is None or major.state not in shown or not access.can(user, "read_notes", ticket):
        raise NotFound(_("There is no such major incident."))
    return ticket, major
