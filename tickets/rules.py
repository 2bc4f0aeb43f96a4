"""Who may do what to a record: one table of predicates over (reach of a person, record).

`record` is anything with a ticket's permission facts; `names` holds the people it names.
"""

from dataclasses import dataclass

from accounts.reach import Reach
from core.predicates import Predicate, predicate


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of one record, read once by access.facts_for."""

    phase: str
    restricted: bool
    team_id: int
    assignee_id: int | None
    requester_id: int
    opened_by_id: int
    service_owner_id: int | None
    is_watched: bool
    requester_department_id: int | None
    unbegun: bool = False
    is_approver: bool = False
    has_task: bool = False


@predicate
def opens_desk(reach: Reach, facts: Facts) -> bool:
    return reach.opens_desk


@predicate
def is_requester(reach: Reach, facts: Facts) -> bool:
    return reach.user_id in (facts.requester_id, facts.opened_by_id)


@predicate
def is_assignee(reach: Reach, facts: Facts) -> bool:
    return reach.user_id == facts.assignee_id


@predicate
def is_watcher(reach: Reach, facts: Facts) -> bool:
    return facts.is_watched


@predicate
def is_approver(reach: Reach, facts: Facts) -> bool:
    """It is, or was, their turn to decide on it: for themselves, or in somebody's place."""
    return facts.is_approver


@predicate
def has_task(reach: Reach, facts: Facts) -> bool:
    """A task of it is theirs or their team's: they help with a record of somebody else."""
    return facts.has_task and not facts.restricted


@predicate
def in_team(reach: Reach, facts: Facts) -> bool:
    return facts.team_id in reach.team_ids


@predicate
def in_shared_department(reach: Reach, facts: Facts) -> bool:
    return (
        reach.shares_department
        and not facts.restricted
        and facts.requester_department_id == reach.department_id
    )


@predicate
def is_unbegun(reach: Reach, facts: Facts) -> bool:
    return facts.unbegun


@predicate
def leads(reach: Reach, facts: Facts) -> bool:
    return reach.leads


@predicate
def works_at_all(reach: Reach, facts: Facts) -> bool:
    return reach.works


@predicate
def reads_by_role(reach: Reach, facts: Facts) -> bool:
    return not facts.restricted and (
        reach.reads_all or (reach.reads_services and facts.service_owner_id == reach.user_id)
    )


@predicate
def works_by_role(reach: Reach, facts: Facts) -> bool:
    return not facts.restricted and (
        reach.works_all or (reach.works_services and facts.service_owner_id == reach.user_id)
    )


named = is_requester | is_watcher
reads_as_desk: Predicate = opens_desk & (reads_by_role | in_team | is_assignee)
helps: Predicate = works_at_all & has_task
sees: Predicate = reads_as_desk | named | in_shared_department | is_approver | helps
works_on: Predicate = works_at_all & (works_by_role | in_team | is_assignee)
# A named person from the desk works on a restricted record too: that is what naming is for.
works: Predicate = works_on | (works_at_all & is_watcher)
reads_notes: Predicate = reads_as_desk | (works_at_all & is_watcher) | helps

RULES: dict[str, Predicate] = {
    "view": sees,
    "read_notes": reads_notes,
    "reply": works | named | is_approver | helps,
    "note": works | helps,
    "attach": works | named | helps,
    "edit": works,
    "assign": works,
    "work": works,
    "link": works,
    "merge": works,
    "task": works | helps,
    "restrict": works,
    "add_watcher": works,
    "watch": sees,
    "cancel": works | (is_requester & is_unbegun),
    "reopen": works | is_requester,
    "confirm": works | is_requester,
    "follow_up": works | is_requester,
    "override_priority": works & leads,
    "ask_approval": works | is_requester,
    "void_approval": works & leads,
}
