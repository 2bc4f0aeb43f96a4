"""Half a year of service requests, told as the actions would have written them."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from catalog.definition import Definition, parse, shown
from catalog.enums import CostKind, Delivered
from catalog.models import Cost, Offering, Request, Use
from catalog.pricing import quote
from demo import filling
from demo.organisation import Organisation
from demo.rhythm import Rhythm
from tickets import history
from tickets.enums import Channel, RoundState, SeatState, StageState, Verb
from tickets.history import Happening, Past
from tickets.lines import Line, Subject, line_for
from tickets.models import Approval, ApprovalPolicy, ApprovalSeat, ApprovalStage

COUNT = 320
# Of a hundred: how many are fulfilled and closed, rejected, withdrawn.
REJECTED, WITHDRAWN = 7, 5
DONE_KO = "요청하신 대로 준비해 드렸습니다."
NO_KO = "기존 장비로 충분합니다. 다음 분기에 다시 신청해 주세요."


@dataclass
class _Asked:
    past: Past
    line: Line
    decided_at: datetime | None
    approved: bool
    amount: Any
    ended: str


def make(rng: random.Random, here: Organisation, now: datetime) -> None:
    """Write them, with their approvals, costs and the counts of use."""
    offerings = [
        offering
        for offering in Offering.objects.select_related("live", "service", "service__owner")
        if offering.live is not None and not parse(offering.live.data).bundle
    ]
    policies = ApprovalPolicy.objects.in_bulk()
    openings = Rhythm(rng, now).openings(COUNT * 2, {})
    since = now - timedelta(days=180)
    recent = [at for at in openings if since < at < now - timedelta(days=12)][-COUNT:]
    places = history.reserve("request", len(recent))
    told = [
        _one(rng, here, rng.choices(offerings, _weights(offerings))[0], policies, at, place)
        for at, place in zip(recent, places, strict=True)
    ]
    history.write([asked.past for asked in told], request_id="demo-requests")
    for asked in told:
        _approve(asked)
        _book(asked)
    _count(told)


def _weights(offerings: list[Offering]) -> list[int]:
    """The first of each shelf are asked for most."""
    return [max(1, 12 - offering.position % 12) for offering in offerings]


def _one(
    rng: random.Random,
    here: Organisation,
    offering: Offering,
    policies: dict[int, ApprovalPolicy],
    at: datetime,
    place: Any,
) -> _Asked:
    requester = rng.choice(here.staff)
    definition = parse(offering.live.data if offering.live else {})
    answers = filling.fill(definition, rng, requester, at.date())
    price = quote(definition, answers, at.date())
    policy = policies.get(definition.policy or 0)
    asking = frozenset({requester.pk})
    subject = Subject(requester, offering.service, asking, {"amount": price.amount})
    line = line_for(policy, subject)
    life = _Life(rng, here, definition, requester, at)
    life.go(bool(line.steps))
    columns = {
        "title": definition.name.ko,
        "description": "",
        "impact": definition.impact,
        "urgency": definition.urgency,
        "priority": 5,
        "requester": requester.pk,
        "opened_by": requester.pk,
        "team": definition.team,
        "service": offering.service_id,
        "channel": Channel.PORTAL,
        "restricted": False,
    }
    detail = {
        "offering": offering.pk,
        "made_with": offering.live_id,
        "answers": shown(definition, answers, at.date()),
        "amount": price.amount or None,
        "currency": price.currency if price.amount else "",
        "period": price.period if price.amount else "",
        "promised_at": at + timedelta(days=(definition.delivery_days or 3) * 7 / 5),
        "delivered": Delivered.ALL if life.status == "closed" else Delivered.NOTHING,
    }
    opened = {name: columns[name] for name in ("impact", "urgency", "priority", "team", "service")}
    opened |= {"category": None, "status": "submitted", "offering": offering.pk}
    first = Happening(at, requester.pk, Verb.OPENED, {}, opened, channel=Channel.PORTAL)
    past = Past("request", columns, [first, *life.happened], detail=detail, place=place)
    return _Asked(past, line, life.decided_at, life.approved, price.amount, life.status)


class _Life:
    """What happens to one request after it was made, until it has ended."""

    def __init__(
        self,
        rng: random.Random,
        here: Organisation,
        definition: Definition,
        requester: User,
        at: datetime,
    ) -> None:
        self.rng, self.requester, self.at = rng, requester, at
        team = next(key for key, team in here.teams.items() if team.pk == definition.team)
        self.worker = rng.choice(here.members[team])
        self.status = "submitted"
        self.happened: list[Happening] = []
        self.decided_at: datetime | None = None
        self.approved = True

    def go(self, needs_approval: bool) -> None:
        roll = self.rng.randrange(100)
        if needs_approval:
            self._move(1, None, "ask_approval", "awaiting_approval")
            self.decided_at = self.at + timedelta(minutes=self.rng.randrange(40, 2600))
            wait = (self.decided_at - self.at).total_seconds() / 60
            if roll < REJECTED:
                self.approved = False
                self._move(wait, None, "reject", "rejected", reason=NO_KO)
                return
            self._move(wait, None, "accept", "approved")
        else:
            self._move(0, None, "accept", "approved")
        if roll >= 100 - WITHDRAWN:
            self._move(90, self.requester, "cancel", "cancelled", reason="필요가 없어졌습니다.")
            return
        self._start(self.rng.randrange(20, 600))
        self._fulfil(self.rng.randrange(120, 5000))
        self._move(self.rng.randrange(60, 4000), self.requester, "close", "closed")

    def _start(self, after: float) -> None:
        self._move(
            after, self.worker, "start", "in_progress",
            changes={"assignee": [None, self.worker.pk]},
        )  # fmt: skip

    def _fulfil(self, after: float) -> None:
        self._move(after, self.worker, "fulfil", "fulfilled", changes={"fulfilment": ["", DONE_KO]})

    def _move(
        self,
        after: float,
        actor: User | None,
        name: str,
        target: str,
        changes: dict[str, list[Any]] | None = None,
        **data: Any,
    ) -> None:
        self.at += timedelta(minutes=after)
        moved = {"status": [self.status, target], **(changes or {})}
        self.happened.append(
            Happening(
                self.at,
                actor.pk if actor else None,
                Verb.TRANSITIONED,
                moved,
                {"name": name, **data},
                channel=Channel.WEB if actor else Channel.SYSTEM,
            )
        )
        self.status = target


def _approve(asked: _Asked) -> None:
    """The round that was decided, as its approvers see it behind them."""
    if not asked.line.steps or asked.decided_at is None or asked.past.place is None:
        return
    ticket, first = asked.past.place.pk, asked.past.happened[0]
    approval = Approval.objects.create(
        ticket_id=ticket,
        number=1,
        state=RoundState.APPROVED if asked.approved else RoundState.REJECTED,
        policy=asked.line.policy,
        rule={"final": dict(asked.line.final), "facts": {"amount": str(asked.amount)}},
        involved=[first.actor],
        asked_by_id=first.actor,
        asked_at=first.at,
        ended_at=asked.decided_at,
        reason="" if asked.approved else NO_KO,
    )
    over = False
    for position, step in enumerate(asked.line.steps):
        final = step.final
        state = StageState.FINAL if final else StageState.VOID if over else StageState.APPROVED
        if not asked.approved and not over and not final:
            state, over = StageState.REJECTED, True
        _stage(approval, position, step, state, asked)


def _stage(approval: Approval, position: int, step: Any, state: str, asked: _Asked) -> None:
    decided = state in (StageState.APPROVED, StageState.REJECTED)
    stage = ApprovalStage.objects.create(
        approval=approval,
        position=position,
        name_ko=step.name_ko,
        name_en=step.name_en,
        kind=step.kind,
        decided_by=step.decided_by,
        share=step.share,
        days=step.days,
        state=state,
        opened_at=approval.asked_at if decided else None,
        ended_at=asked.decided_at if decided else None,
    )
    for number, chair in enumerate(step.chairs):
        mine = decided and number == 0
        ApprovalSeat.objects.create(
            stage=stage,
            ticket_id=approval.ticket_id,
            user=chair.user,
            why=dict(chair.why),
            state=_seat_state(state, mine),
            decided_by=chair.user if mine else None,
            decided_at=asked.decided_at if mine else None,
            opinion=NO_KO if mine and state == StageState.REJECTED else "",
            channel=Channel.PORTAL if mine else "",
        )


def _seat_state(stage: str, mine: bool) -> str:
    if stage in (StageState.FINAL, StageState.VOID):
        return SeatState(stage)
    if not mine:
        return SeatState.SPARED
    return SeatState.APPROVED if stage == StageState.APPROVED else SeatState.REJECTED


def _book(asked: _Asked) -> None:
    if not asked.amount or asked.ended != "closed" or asked.past.place is None:
        return
    request = Request.objects.select_related("requester", "made_with").get(pk=asked.past.place.pk)
    if parse(request.made_with.data).price.payer != "department":
        return
    Cost.objects.create(
        request=request,
        department_id=request.requester.department_id,
        kind=CostKind.BOOKED,
        amount=asked.amount,
        currency=request.currency,
        period=request.period,
        booked_at=asked.decided_at or asked.past.happened[0].at,
    )


def _count(told: list[_Asked]) -> None:
    counts: dict[tuple[int, int], int] = {}
    departments = dict(User.objects.values_list("pk", "department_id"))
    for asked in told:
        key = (departments[asked.past.start["requester"]], asked.past.detail["offering"])
        counts[key] = counts.get(key, 0) + 1
    Use.objects.bulk_create(
        Use(department_id=department, offering_id=offering, count=count)
        for (department, offering), count in counts.items()
    )
    totals: dict[int, int] = {}
    for (_department, offering), count in counts.items():
        totals[offering] = totals.get(offering, 0) + count
    for offering, count in totals.items():
        Offering.objects.filter(pk=offering).update(asked_count=count)
