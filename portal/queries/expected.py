"""What somebody is told before they ask: the price, when it comes, who approves."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.definition import Definition, parse
from catalog.enums import Payer
from catalog.models import Offering, Request
from catalog.pricing import Quote, quote, token
from catalog.queries.lines import line_of
from catalog.queries.times import workdays
from catalog.wording import money, price_words
from core import formats
from core.errors import ActionError
from sla.book import Facts
from sla.enums import Metric
from sla.queries.whatif import what_if
from tickets.lines import Line, as_text
from tickets.priority import compute


@dataclass(frozen=True)
class Seat:
    """One step of the approval line in words. `final`: taken as approved with the one before."""

    name: str
    people: str
    why: str
    final: bool


@dataclass(frozen=True)
class Cost:
    """The price in words, what it is made of, and who pays."""

    words: str
    lines: tuple[tuple[str, str], ...]
    payer: str
    token: str
    is_free: bool


@dataclass(frozen=True)
class Expected:
    """`line` is empty when nobody has to approve; `refusal` says why no line can be made."""

    cost: Cost
    delivery: str
    days: int | None
    line: tuple[Seat, ...]
    rule: str
    refusal: str


def expected(
    offering: Offering,
    values: dict[str, Any],
    *,
    by: User,
    requester: User,
    beneficiary: User | None,
) -> Expected:
    """For these answers, as things stand now. `by` fills it in; `requester` asks."""
    live = offering.live
    definition = parse(live.data if live else {})
    priced = quote(definition, values, timezone.localdate())
    asked = _as_request(offering, definition, values, priced, by, requester, beneficiary)
    line, refusal = _line(asked, definition)
    days = definition.delivery_days
    return Expected(
        cost=_cost(definition, priced, live.pk if live else 0),
        delivery=_delivery(asked, days, waits=bool(line and line.steps)),
        days=days,
        line=_seats(line) if line else (),
        rule=line.final_name or line.policy.name if line and line.policy and line.steps else "",
        refusal=refusal,
    )


def _as_request(
    offering: Offering,
    definition: Definition,
    values: dict[str, Any],
    priced: Quote,
    by: User,
    requester: User,
    beneficiary: User | None,
) -> Request:
    """The request that would be made. It is never saved."""
    service = offering.service
    return Request(
        kind="request",
        requester=requester,
        opened_by=by,
        beneficiary=beneficiary,
        offering=offering,
        service=service,
        answers=values,
        amount=priced.amount or None,
        currency=priced.currency if priced.amount else "",
        period=priced.period if priced.amount else "",
        priority=compute(definition.impact, definition.urgency),
    )


def _line(asked: Request, definition: Definition) -> tuple[Line | None, str]:
    try:
        return line_of(asked, definition), ""
    except ActionError as nobody:
        return None, str(nobody.message)


def _seats(line: Line) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            name=step.name,
            people=", ".join(chair.user.name for chair in step.chairs),
            why=", ".join(dict.fromkeys(text for c in step.chairs if (text := as_text(c.why)))),
            final=step.final,
        )
        for step in line.steps
    )


def _cost(definition: Definition, priced: Quote, version: int) -> Cost:
    lines = tuple((str(one.label), money(one.amount, priced.currency)) for one in priced.lines)
    return Cost(
        words=price_words(priced.amount, priced.currency, priced.period),
        lines=lines if len(lines) > 1 else (),
        payer=str(Payer(priced.payer).label) if priced.amount else "",
        token=token(version, priced),
        is_free=priced.is_free,
    )


def _delivery(asked: Request, days: int | None, *, waits: bool) -> str:
    """The day it may be expected on; empty where none can be named."""
    now = timezone.now()
    if days is not None:
        return "" if waits else formats.day(workdays(now, days))
    facts = Facts(
        kind="request",
        status="submitted",
        service=asked.service_id,
        priority=asked.priority,
        department=asked.requester.department_id,
        vip=asked.requester.is_vip,
    )
    promised = [one for one in what_if(facts, now).promises if one.metric == Metric.RESOLUTION]
    due = promised[0].due if promised else None
    return formats.day(due) if due is not None and not waits else ""
