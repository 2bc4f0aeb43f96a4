"""What would be promised: for a record with these facts, opened then. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import ActionError
from core.models import pick
from sla.book import Facts, Terms
from sla.enums import AGREEMENT_OF, Agreement, Metric
from sla.facts import seconds
from sla.models import Book
from sla.queries.matching import Outcome, matching
from sla.queries.words import goal_of
from sla.rows import instant
from sla.shelf import shelf
from sla.worktime import NoWorkingTime
from tickets import kinds

YEARS = (1990, 2199)  # of which calendars know
# Started by something that happens later: what they promise is a length of time, not an instant.
LATER = frozenset({Metric.NEXT_REPLY, Metric.MAJOR_UPDATE, Metric.APPROVAL, Metric.SUPPLIER})


@dataclass(frozen=True)
class Promise:
    """`due` is None where the clock starts only with something that happens later."""

    metric: str
    label: str
    policy: str
    goal: int
    goal_words: str
    calendar: str
    due: datetime | None
    warns: Sequence[tuple[int, datetime]]


@dataclass(frozen=True)
class WhatIf:
    """The promises, and which policies were asked to find them."""

    promises: Sequence[Promise]
    outcomes: Sequence[Outcome]
    book: int | None


def what_if(facts: Facts, opened: datetime) -> WhatIf:
    """By the agreements in force for a record opened at that instant.

    ActionError for an instant of which no calendar knows.
    """
    if not YEARS[0] <= opened.year <= YEARS[1]:
        raise ActionError(_("Choose a time between 1990 and 2199."), field="opened")
    at = seconds(opened)
    books = shelf()
    first, later = books.for_record(at)
    # Before anything was published nothing was promised: what would be now is the better answer.
    book = later[-1] if later else first or books.newest
    if book is None:
        return WhatIf((), (), None)
    promises: list[Promise] = []
    decides = any(state.decides for state in kinds.get(facts.kind).machine.states)
    for metric in Metric:
        agreement = AGREEMENT_OF.get(metric, Agreement.SLA)
        if metric in (Metric.CONTAIN, Metric.PATCH) and not facts.security:
            continue
        if metric == Metric.APPROVAL and not decides:
            continue
        terms = book.terms(agreement, metric, facts, at, at)
        if terms is None:
            continue
        policy = book.policy(terms.policy)
        promises.append(
            Promise(
                metric=metric,
                label=str(metric.label),
                policy=pick(*policy.names) if policy else "",
                goal=terms.goal,
                goal_words=goal_of(terms.goal),
                calendar=pick(*book.calendar_names[terms.calendar_id]),
                due=None if metric in LATER else _after(terms, at, terms.goal),
                warns=()
                if metric in LATER
                else [
                    (point, due)
                    for point in terms.warn_at
                    if (due := _after(terms, at, -(-terms.goal * point // 100))) is not None
                ],
            )
        )
    return WhatIf(promises, matching(_data(book.id), facts, at), book.id)


def _after(terms: Terms, at: int, working: int) -> datetime | None:
    try:
        return instant(terms.calendar.add_ts(at, working))
    except NoWorkingTime:
        return None


def _data(pk: int) -> dict[str, Any]:
    data: dict[str, Any] = Book.objects.values_list("data", flat=True).get(pk=pk)
    return data
