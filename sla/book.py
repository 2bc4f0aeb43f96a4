"""Published agreements as they are read: which policy fits a record, and which target of it. Pure.

A book is a snapshot; the shelf holds all of them in the order of publishing. For one record:
the newest book that reaches all records counts from its beginning; later ones count when the
record was opened after them, or from their publishing when they reach open records.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sla.worktime import Calendar

# Why a policy does not fit, in the order in which its conditions are asked.
CONDITIONS = (
    "applies_from",
    "kind",
    "priority",
    "service",
    "offering",
    "department",
    "team",
    "vip",
    "security",
    "tag",
    "contract",
)


@dataclass(frozen=True)
class Facts:
    """What agreements ask of a record, as it stands at one moment."""

    kind: str
    status: str
    team: int | None = None
    service: int | None = None
    priority: int | None = None
    department: int | None = None
    vip: bool = False
    security: bool = False
    tags: frozenset[str] = frozenset()
    pending_reason: int | None = None
    offering: int | None = None


@dataclass(frozen=True)
class Target:
    """`goal` and the instants of `repeats` are in working seconds of the calendar."""

    id: int
    metric: str
    priority: int | None
    goal: int
    calendar: int
    warn_at: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """What is done at a share of a target; 100 is the breach."""

    id: int
    metrics: frozenset[str]
    percent: int
    repeat_seconds: int
    repeat_limit: int
    actions: tuple[Mapping[str, Any], ...]

    def concerns(self, metric: str) -> bool:
        return not self.metrics or metric in self.metrics


@dataclass(frozen=True)
class Contract:
    """An underpinning contract: which services it covers, and when (epoch seconds)."""

    id: int
    services: frozenset[int]
    starts: int
    ends: int | None


@dataclass(frozen=True)
class Policy:
    """Conditions, targets, steps. An empty condition fits everything."""

    id: int
    names: tuple[str, str]
    agreement: str
    on_change: str
    on_reopen: str
    kinds: frozenset[str]
    priorities: frozenset[int]
    services: frozenset[int]
    departments: frozenset[int]
    teams: frozenset[int]
    tags: frozenset[str]
    vip: bool | None
    security: bool | None
    applies_from: int | None
    contract: Contract | None
    targets: tuple[Target, ...]
    steps: tuple[Step, ...]
    offerings: frozenset[int] = frozenset()

    def refusal(self, facts: Facts, opened: int, at: int) -> str:
        """The first condition that does not hold (of CONDITIONS); empty when the policy fits."""
        contract = self.contract
        holds = (
            self.applies_from is None or opened >= self.applies_from,
            not self.kinds or facts.kind in self.kinds,
            not self.priorities or facts.priority in self.priorities,
            not self.services or facts.service in self.services,
            not self.offerings or facts.offering in self.offerings,
            not self.departments or facts.department in self.departments,
            not self.teams or facts.team in self.teams,
            self.vip is None or facts.vip == self.vip,
            self.security is None or facts.security == self.security,
            not self.tags or bool(self.tags & facts.tags),
            contract is None
            or (
                facts.service in contract.services
                and contract.starts <= at
                and (contract.ends is None or at < contract.ends)
            ),
        )
        for name, fine in zip(CONDITIONS, holds, strict=True):
            if not fine:
                return name
        return ""

    def target(self, metric: str, priority: int | None) -> Target | None:
        """The target for this priority, else the one for any."""
        general = None
        for target in self.targets:
            if target.metric == metric:
                if target.priority == priority and priority is not None:
                    return target
                if target.priority is None:
                    general = target
        return general


@dataclass(frozen=True)
class Terms:
    """What one clock runs by, from the moment it is found until another target fits."""

    policy: int
    target: int
    book: int
    goal: int
    calendar_id: int
    calendar: Calendar
    warn_at: tuple[int, ...]
    repeat_seconds: int
    repeat_limit: int
    on_change: str
    on_reopen: str
    contract: int | None = None

    def same(self, other: "Terms | None") -> bool:
        """Whether both promise the same, whichever book says it."""
        return other is not None and (
            self.same_target(other)
            and self.warn_at == other.warn_at
            and (self.repeat_seconds, self.repeat_limit, self.on_change, self.on_reopen)
            == (other.repeat_seconds, other.repeat_limit, other.on_change, other.on_reopen)
        )

    def same_target(self, other: "Terms") -> bool:
        """Whether both are due at the same instant; they may warn and behave differently."""
        return (self.policy, self.goal, self.calendar_id) == (
            other.policy, other.goal, other.calendar_id,
        ) and (self.calendar is other.calendar or self.calendar == other.calendar)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """One snapshot. `published` in epoch seconds."""

    id: int
    published: int
    reach: str
    policies: tuple[Policy, ...]
    calendars: Mapping[int, Calendar]
    calendar_names: Mapping[int, tuple[str, str]]
    pauses: frozenset[int] = frozenset()  # pending reasons during which clocks stand still
    suppliers: frozenset[int] = frozenset()  # pending reasons that wait for a supplier
    requesters: frozenset[int] = frozenset()  # pending reasons that wait for the requester

    def fitting(self, agreement: str, facts: Facts, opened: int, at: int) -> Policy | None:
        """The first policy of the agreement that fits."""
        for policy in self.policies:
            if policy.agreement == agreement and not policy.refusal(facts, opened, at):
                return policy
        return None

    def terms(self, agreement: str, metric: str, facts: Facts, opened: int, at: int) -> (
        Terms | None
    ):  # fmt: skip
        """What counts for the metric; None where nothing was agreed."""
        policy = self.fitting(agreement, facts, opened, at)
        target = policy.target(metric, facts.priority) if policy else None
        if policy is None or target is None:
            return None
        steps = [step for step in policy.steps if step.concerns(metric)]
        repeat = max(steps, key=lambda step: step.repeat_limit, default=None)
        warn_at = {*target.warn_at, *(step.percent for step in steps)} - {100}
        return Terms(
            policy=policy.id,
            target=target.id,
            book=self.id,
            goal=target.goal,
            calendar_id=target.calendar,
            calendar=self.calendars[target.calendar],
            warn_at=tuple(sorted(warn_at)),
            repeat_seconds=repeat.repeat_seconds if repeat else 0,
            repeat_limit=repeat.repeat_limit if repeat else 0,
            on_change=policy.on_change,
            on_reopen=policy.on_reopen,
            contract=policy.contract.id if policy.contract else None,
        )

    def policy(self, pk: int) -> Policy | None:
        return next((policy for policy in self.policies if policy.id == pk), None)


@dataclass(frozen=True)
class Shelf:
    """All books, in the order of publishing."""

    books: tuple[Book, ...]
    _cut: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        last = max((i for i, book in enumerate(self.books) if book.reach == "all"), default=0)
        object.__setattr__(self, "_cut", last)

    @property
    def newest(self) -> Book | None:
        return self.books[-1] if self.books else None

    def for_record(self, opened: int) -> tuple[Book | None, Sequence[Book]]:
        """The book that counts at the opening, and those that take over later, while it is open."""
        first: Book | None = None
        later: list[Book] = []
        for book in self.books[self._cut :]:
            if book.reach == "all" or book.published <= opened:
                first, later = book, []
            elif book.reach == "open":
                later.append(book)
        return first, later


@lru_cache(maxsize=256)
def _calendar(text: str) -> Calendar:
    """Equal calendars of different books are one object, with one set of tables."""
    return Calendar.from_json(json.loads(text))


def read(pk: int, published: int, reach: str, data: Mapping[str, Any]) -> Book:
    """A book from its stored form. KeyError or ValueError when it is not one."""
    calendars = {
        int(key): _calendar(json.dumps(value["rules"], sort_keys=True))
        for key, value in data["calendars"].items()
    }
    reasons = data["pending_reasons"]
    return Book(
        id=pk,
        published=published,
        reach=reach,
        policies=tuple(_policy(each) for each in data["policies"]),
        calendars=calendars,
        calendar_names={
            int(key): (value["name_ko"], value["name_en"])
            for key, value in data["calendars"].items()
        },
        pauses=frozenset(each["id"] for each in reasons if each["pauses"]),
        suppliers=frozenset(each["id"] for each in reasons if each["waits_for"] == "supplier"),
        requesters=frozenset(each["id"] for each in reasons if each["waits_for"] == "requester"),
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    contract = data.get("contract")
    return Policy(
        id=data["id"],
        names=(data["name_ko"], data["name_en"]),
        agreement=data["agreement"],
        on_change=data["on_change"],
        on_reopen=data["on_reopen"],
        kinds=frozenset(data["kinds"]),
        priorities=frozenset(data["priorities"]),
        services=frozenset(data["services"]),
        departments=frozenset(data["departments"]),
        teams=frozenset(data["teams"]),
        tags=frozenset(data["tags"]),
        vip=data["vip"],
        security=data["security"],
        applies_from=data["applies_from"],
        contract=Contract(
            contract["id"], frozenset(contract["services"]), contract["starts"], contract["ends"]
        )
        if contract
        else None,
        targets=tuple(
            Target(
                each["id"],
                each["metric"],
                each["priority"],
                each["goal"],
                each["calendar"],
                tuple(each["warn_at"]),
            )
            for each in data["targets"]
        ),
        steps=tuple(
            Step(
                each["id"],
                frozenset(each["metrics"]),
                each["percent"],
                each["repeat_seconds"],
                each["repeat_limit"],
                tuple(each["actions"]),
            )
            for each in data["steps"]
        ),
        offerings=frozenset(data.get("offerings", ())),  # books of old don't know of them
    )
