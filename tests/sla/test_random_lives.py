"""After whatever people did, the kept clocks are what the events say; a rebuild does nothing."""

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core.errors import ActionError, Conflict, NotAllowed
from incidents.actions import major, security, update
from sla.actions import check, publish, rebuild, sweep_due
from sla.actions.publish import recompute
from sla.enums import Reach
from sla.models import Clock, Policy, Target
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
    waiting_for_supplier,
)
from tickets import actions
from tickets.enums import Verb
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
REFUSED = (ActionError, NotAllowed, Conflict)


class Desk:
    """Somebody who does this and that to a handful of records; what is refused is left."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.lead: User = make_user(role="administrator")
        self.teams = [make_team(), make_team()]
        self.agent = make_agent(team=self.teams[0])
        self.user = make_user()
        self.services = [make_service(), None]
        self.tickets = [
            open_incident(by=self.lead, requester=self.user, team=self.teams[0]) for _ in range(3)
        ]

    def acts(self) -> None:
        ticket = Ticket.objects.get(pk=self.pick.choice(self.tickets).pk)
        deed = self.pick.choice(
            [self.moves, self.moves, self.talks, self.edits, self.merges, self.major, self.secures]
        )
        with suppress(*REFUSED):
            deed(ticket)

    def moves(self, ticket: Ticket) -> None:
        name = self.pick.choice(["start", "pend", "resume", "resolve", "reopen", "cancel"])
        values: dict[str, Any] = {
            "pend": {
                "pending_reason": self.pick.choice(
                    [waiting_for_requester(), waiting_for_supplier()]
                )
            },
            "resolve": resolution(),
            "cancel": {"reason": "잘못 열었습니다"},
        }.get(name, {})
        if name == "cancel" and self.pick.random() < 0.7:
            return
        actions.transition(ticket, name, by=self.lead, **values)

    def talks(self, ticket: Ticket) -> None:
        who = self.pick.choice([self.user, self.agent])
        said = actions.comment(ticket, "한마디", by=who)
        if self.pick.random() < 0.3:
            actions.retract(said, by=who)

    def edits(self, ticket: Ticket) -> None:
        which = self.pick.randrange(4)
        if which == 0:
            actions.assign(ticket, by=self.lead, team=self.pick.choice(self.teams))
        elif which == 1:
            level = self.pick.randint(1, 5)
            actions.override_priority(ticket, level, by=self.lead, reason="급합니다")
        elif which == 2:
            service = self.pick.choice(self.services)
            actions.edit(ticket, by=self.lead, values={"service": service})
        else:
            actions.edit(ticket, by=self.lead, values={"tags": self.pick.choice([[], ["gold"]])})

    def merges(self, ticket: Ticket) -> None:
        if Event.objects.filter(ticket=ticket, verb=Verb.MERGED, data__role="source").exists():
            actions.unmerge(ticket, by=self.lead)
        else:
            other = Ticket.objects.get(pk=self.pick.choice(self.tickets).pk)
            actions.merge(ticket, other, by=self.lead)

    def major(self, ticket: Ticket) -> None:
        which = self.pick.randrange(3)
        if which == 0:
            major.declare(ticket, by=self.lead, severity=1, why="모두 멈춤")
        elif which == 1:
            soon = timezone.now() + timedelta(minutes=self.pick.randint(1, 90))
            update.publish(
                ticket, by=self.lead, stage="identified", condition="partial",
                text_ko="보고 있습니다", next_update_at=soon,
            )  # fmt: skip
        else:
            major.stand_down(ticket, by=self.lead)

    def secures(self, ticket: Ticket) -> None:
        if self.pick.random() < 0.5:
            actions.edit(ticket, by=self.lead, values={"security": True})
        else:
            self.pick.choice([security.contain, security.mark_patched])(ticket, by=self.lead)

    def publishes(self) -> None:
        Target.objects.filter(metric="resolution").update(goal=self.pick.randint(1, 20) * 1800)
        mode = self.pick.choice(["keep", "restart", "old"])
        Policy.objects.update(on_change=mode, on_reopen=self.pick.choice(["continue", "anew"]))
        book = publish(by=self.lead, reach=self.pick.choice(Reach.values))
        recompute(book.pk)


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_after_random_deeds_finds_nothing_to_do(seed: int) -> None:
    desk = Desk(seed)
    for number in range(45):
        desk.acts()
        if number in (15, 30):
            desk.publishes()
            assert list(check()) == []
    sweep_due(timezone.now() + timedelta(days=30))
    assert list(check()) == []
    told = list(Clock.objects.order_by("pk").values_list("pk", "told", "next_at"))
    assert rebuild().total == 0
    assert list(Clock.objects.order_by("pk").values_list("pk", "told", "next_at")) == told
