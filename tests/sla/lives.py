"""Random lives of records, written with their past; what happened in them is known to the test."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from tests.factories import (
    make_agent,
    make_category,
    make_service,
    make_team,
    make_user,
    waiting_for_requester,
    waiting_for_supplier,
)
from tickets.enums import Verb
from tickets.history import Happening, Past, Said, write

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
SPAN = timedelta(days=150)


@dataclass
class World:
    """Who and what there is."""

    owner: User = field(default_factory=lambda: make_user(role="service_owner", scope="services"))

    def __post_init__(self) -> None:
        self.teams = [make_team() for _ in range(3)]
        self.agents = [make_agent(team=team) for team in self.teams]
        self.services = [make_service(owner=self.owner), make_service(), None]
        self.categories = [make_category(), None]
        self.user = make_user()
        self.requester, self.supplier = waiting_for_requester(), waiting_for_supplier()


@dataclass
class Life:
    """One record; `at` of each happening rises by odd seconds."""

    world: World
    source: random.Random
    now: datetime = NOW

    def __post_init__(self) -> None:
        seconds = self.source.randrange(86_400, int(SPAN.total_seconds()))
        self.at = self.now - timedelta(seconds=seconds)
        pick = self.source.choice
        self.start: dict[str, Any] = {
            "title": "기록",
            "requester": self.world.user.pk,
            "opened_by": self.world.user.pk,
            "team": pick(self.world.teams).pk,
            "service": getattr(pick(self.world.services), "pk", None),
            "category": getattr(pick(self.world.categories), "pk", None),
            "priority": self.source.randint(1, 5),
            "restricted": self.source.random() < 0.2,
        }
        self.status = "new"
        self.reason: int | None = None
        self.team: int = self.start["team"]
        told = {**self.start, "status": "new", "pending_reason": None}
        self.happened = [Happening(self.at, self.world.user.pk, Verb.OPENED, data=told)]

    def add(self, verb: Verb, changes: dict[str, Any], **more: Any) -> None:
        self.happened.append(Happening(self.at, self.world.agents[0].pk, verb, changes, **more))

    def moves(self, status: str, reason: int | None = None) -> None:
        changes: dict[str, list[Any]] = {"status": [self.status, status]}
        if reason != self.reason:
            changes["pending_reason"] = [self.reason, reason]
        self.status, self.reason = status, reason
        self.add(Verb.TRANSITIONED, changes)

    def says(self, *, by_desk: bool) -> None:
        agent, user = self.world.agents[0].pk, self.world.user.pk
        data = {"visibility": "public", "by_requester": not by_desk, "by_desk": by_desk}
        said = Said(agent if by_desk else user, "말", by_requester=not by_desk, by_desk=by_desk)
        self.add(Verb.COMMENTED, {}, data=data, said=said)

    def goes_on(self) -> bool:
        """One more thing happens, if there is time for it."""
        self.at += timedelta(seconds=self.source.randrange(1, 40 * 3600))
        if self.at >= self.now:
            return False
        if self.status == "resolved":
            self.moves(self.source.choice(["in_progress", "closed"]))
            return self.status != "closed"
        what = self.source.choice(
            ["reply", "ask", "pend", "supplier", "work", "team", "end", "end"]
        )
        if what in ("reply", "ask"):
            self.says(by_desk=what == "reply")
        elif what in ("pend", "supplier"):
            waits = self.world.requester if what == "pend" else self.world.supplier
            self.moves("pending", waits.pk)
        elif what == "work":
            self.moves("in_progress")
        elif what == "team":
            other = self.source.choice([t.pk for t in self.world.teams if t.pk != self.team])
            self.add(Verb.ASSIGNED, {"team": [self.team, other]})
            self.team = other
        else:
            self.moves("cancelled" if self.source.random() < 0.15 else "resolved")
        return self.status != "cancelled"

    def past(self) -> Past:
        while self.goes_on():
            pass
        return Past("incident", self.start, self.happened)


def write_lives(number: int, seed: int = 1, now: datetime = NOW) -> World:
    """So many records of the last 150 days before `now`, with their events and clocks."""
    world, source = World(), random.Random(seed)
    write([Life(world, source, now).past() for _ in range(number)])
    return world
