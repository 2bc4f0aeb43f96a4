"""Which policy a record would fit, and why not those before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core.models import pick
from sla import book
from sla.book import Facts
from sla.enums import AGREEMENT_OF, Agreement, Metric, Reach
from sla.facts import Moment, seconds
from sla.histories import histories
from sla.queries.names import Names
from sla.queries.words import CONDITIONS, condition_words, goal_of
from tickets.models import Ticket


@dataclass(frozen=True)
class Tried:
    """A policy that was asked. `wants` and `label`: the condition that does not hold."""

    id: int
    name: str
    fits: bool
    counts: bool
    label: str = ""
    wants: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one kind of agreement says of the record: policies in order, and the targets."""

    agreement: str
    label: str
    tried: list[Tried]
    targets: list[tuple[str, str]]


def facts_of(ticket: Ticket) -> tuple[Facts, int]:
    """A record as it stands now, and when it was opened."""
    history = histories([ticket])[ticket.pk]
    moments = [step for step in history.steps if isinstance(step, Moment)]
    return moments[-1].facts, history.opened


def matching(data: Mapping[str, Any], facts: Facts, opened: int | None = None) -> list[Outcome]:
    """What the agreements in `data` say of a record with these facts, opened then (or now)."""
    now = seconds(timezone.now())
    opened = now if opened is None else opened
    read = book.read(0, now, Reach.NEW, data)
    by_id = {row["id"]: row for row in data["policies"]}
    names = Names([data])
    return [
        _outcome(agreement, read, by_id, names, facts, opened, now)
        for agreement in Agreement
        if any(policy.agreement == agreement for policy in read.policies)
    ]


def _outcome(
    agreement: Agreement,
    read: book.Book,
    by_id: Mapping[int, Any],
    names: Names,
    facts: Facts,
    opened: int,
    now: int,
) -> Outcome:
    tried: list[Tried] = []
    found: book.Policy | None = None
    for policy in read.policies:
        if policy.agreement != agreement:
            continue
        refusal = policy.refusal(facts, opened, now)
        label = str(CONDITIONS[refusal]) if refusal else ""
        wants = condition_words(by_id[policy.id], names).get(label, "")
        fits = not refusal
        counts = fits and found is None
        tried.append(Tried(policy.id, pick(*policy.names), fits, counts, label, wants))
        found = found or (policy if fits else None)
    return Outcome(agreement, str(agreement.label), tried, _targets(agreement, found, read, facts))


def _targets(
    agreement: Agreement, policy: book.Policy | None, read: book.Book, facts: Facts
) -> list[tuple[str, str]]:
    if policy is None:
        return []
    lines = []
    for metric in Metric:
        if AGREEMENT_OF.get(metric, Agreement.SLA) != agreement:
            continue
        target = policy.target(metric, facts.priority)
        if target is not None:
            name = pick(*read.calendar_names[target.calendar])
            lines.append((str(metric.label), f"{goal_of(target.goal)} · {name}"))
    return lines
