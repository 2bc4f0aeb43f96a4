"""Who may do what to a major incident: one table, over the record's facts and the roles in it."""

from dataclasses import dataclass

from accounts.enums import Role
from accounts.reach import Reach
from core.predicates import Predicate, predicate
from tickets.rules import Facts, leads, reads_notes, works


@dataclass(frozen=True)
class MajorFacts(Facts):
    """A record's facts, and who holds which role in the response to it."""

    commander_id: int | None = None
    deputy_id: int | None = None
    communications_id: int | None = None
    scribe_id: int | None = None


@predicate
def manages(reach: Reach, facts: MajorFacts) -> bool:
    return Role.MANAGER in reach.roles


@predicate
def commands(reach: Reach, facts: MajorFacts) -> bool:
    return reach.user_id in (facts.commander_id, facts.deputy_id)


@predicate
def speaks(reach: Reach, facts: MajorFacts) -> bool:
    return reach.user_id == facts.communications_id


@predicate
def keeps_the_log(reach: Reach, facts: MajorFacts) -> bool:
    return reach.user_id == facts.scribe_id


works_and_leads: Predicate = works & leads
decides: Predicate = works_and_leads | (reads_notes & manages)

# verb → who. Whoever holds a role here works on the record: being given it names them.
RULES: dict[str, Predicate] = {
    "view": reads_notes,
    "propose": works,
    "declare": decides,
    "reject": decides,
    "severity": decides | commands,
    "role": works,
    "summary": works,
    "log": works,
    "edit_log": works_and_leads | commands | keeps_the_log,
    "call": works,
    "attach": works,
    "update": works_and_leads | commands | speaks,
    "stand_down": decides | commands,
    "review": works,
    "approve": decides,
}
