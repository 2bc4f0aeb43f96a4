"""Who may do what to an article: one table of predicates over (reach of a person, facts)."""

from dataclasses import dataclass

from accounts.enums import Role
from accounts.reach import Reach
from core.predicates import Predicate, predicate
from knowledge.enums import Audience

EDITORS = frozenset({Role.KNOWLEDGE_EDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Facts:
    """What the rules need to know of one article.

    `writers`: who wrote the text now worked on. `for_reader`: its departments hold the reader's.
    """

    is_live: bool
    audience: str
    for_reader: bool
    author_id: int
    owner_id: int
    writers: frozenset[int]


@predicate
def edits_all(reach: Reach, facts: Facts) -> bool:
    return bool(reach.roles & EDITORS)


@predicate
def is_author(reach: Reach, facts: Facts) -> bool:
    return reach.user_id == facts.author_id


@predicate
def is_owner(reach: Reach, facts: Facts) -> bool:
    return reach.user_id == facts.owner_id


@predicate
def wrote_it(reach: Reach, facts: Facts) -> bool:
    return reach.user_id in facts.writers


@predicate
def is_live(reach: Reach, facts: Facts) -> bool:
    return facts.is_live


@predicate
def is_meant(reach: Reach, facts: Facts) -> bool:
    """The article is for this person."""
    if facts.audience == Audience.DESK:
        return reach.opens_desk
    return facts.audience == Audience.EVERYBODY or facts.for_reader


@predicate
def writes_at_all(reach: Reach, facts: Facts) -> bool:
    return may_write(reach)


@predicate
def audits(reach: Reach, facts: Facts) -> bool:
    return Role.AUDITOR in reach.roles


def may_write(reach: Reach) -> bool:
    """Whether the person may write articles at all."""
    return reach.works or bool(reach.roles & EDITORS)


def may_edit_all(reach: Reach) -> bool:
    return bool(reach.roles & EDITORS)


works_on_it: Predicate = edits_all | (writes_at_all & (is_author | is_owner))

RULES: dict[str, Predicate] = {
    # The live text, for those it is meant for.
    "read": (is_live & is_meant) | works_on_it | audits,
    # The text being written, and what was before.
    "read_draft": works_on_it | audits,
    "edit": works_on_it,
    # Whoever wrote a word of it doesn't approve it.
    "review": edits_all & ~wrote_it,
    "send_back": edits_all,
    "retire": edits_all | (writes_at_all & is_owner),
    "confirm": edits_all | (writes_at_all & is_owner),
    # Who reads it, and who answers for it, of something that is live.
    "set_audience": edits_all,
    "set_owner": edits_all | (writes_at_all & is_owner),
    "vote": is_live & is_meant,
}
