"""What there is to decide, was decided and was asked, and everything one decision page shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotFound
from tickets import access, decisions
from tickets.approvalline import Shown, of_rounds
from tickets.approvals import differences
from tickets.enums import RoundState, SeatState
from tickets.models import Approval, ApprovalSeat, ApprovalStage, Ticket
from tickets.turns import to_decide

MOST_TO_DECIDE = 100
SIZE = 30
# So many of what is asked stand in a list's line.
FACTS = 3
LONGEST_FACT = 60


@dataclass(frozen=True)
class Row:
    """One line of a list. `facts`: what is asked for, in short; `instead_of`: who is away."""

    url: str
    title: str
    number: str
    asker: str
    facts: str
    at: datetime | None
    stage: str = ""
    instead_of: str = ""
    due_at: datetime | None = None
    is_overdue: bool = False
    is_held: bool = False
    word: str = ""
    tone: str = ""
    holders: str = ""


@dataclass(frozen=True)
class Page:
    """Lines, and the key of the page after; 0 where there is none."""

    rows: list[Row]
    after: int = 0
    is_capped: bool = False


def waiting(user: User) -> Page:
    """What the person can decide now: overdue and due ones first."""
    seats = list(to_decide(user)[: MOST_TO_DECIDE + 1])
    now = timezone.now()
    rows = [_to_decide(seat, user, now) for seat in seats[:MOST_TO_DECIDE]]
    return Page(rows, is_capped=len(seats) > MOST_TO_DECIDE)


def done(user: User, before: int = 0) -> Page:
    """What the person decided, newest first. Of what is no longer theirs to see, the title only."""
    seats = decisions.decided(user).order_by("-decided_at", "-id")
    mark = seats.filter(pk=before).values_list("decided_at", flat=True).first() if before else None
    if mark is not None:
        seats = seats.filter(Q(decided_at__lt=mark) | Q(decided_at=mark, pk__lt=before))
    found = list(seats[: SIZE + 1])
    seen = _seen(user, [seat.ticket_id for seat in found])
    rows = [_decided(seat, user, seen) for seat in found[:SIZE]]
    return Page(rows, found[SIZE - 1].pk if len(found) > SIZE else 0)


def asked(user: User, before: int = 0) -> Page:
    """The rounds that run or ran for the person: they asked, or the request is theirs."""
    rounds = Approval.objects.filter(Q(asked_by=user) | Q(ticket__requester=user))
    rounds = rounds.filter(pk__lt=before) if before else rounds
    holders = ApprovalSeat.objects.filter(state__in=decisions.TO_DECIDE).select_related("user")
    stages = ApprovalStage.objects.prefetch_related(Prefetch("seats", holders.order_by("id")))
    related = rounds.select_related("ticket__requester", "asked_by").order_by("-id")
    found = list(related.prefetch_related(Prefetch("stages", stages))[: SIZE + 1])
    seen = _seen(user, [approval.ticket_id for approval in found])
    rows = [_asked(approval, seen) for approval in found[:SIZE]]
    return Page(rows, found[SIZE - 1].pk if len(found) > SIZE else 0)


def _seen(user: User, ticket_ids: Iterable[int]) -> set[int]:
    visible = Ticket.objects.visible_to(user).filter(pk__in=set(ticket_ids))
    return set(visible.values_list("pk", flat=True))


def _facts(approval: Approval, title: str) -> str:
    """The first of what is asked for that the title doesn't say."""
    texts = [text for _label, text in approval.told if text.strip() and text not in title]
    short = [" ".join(text.split()) for text in texts]
    return " · ".join(text for text in short if len(text) <= LONGEST_FACT)[: LONGEST_FACT * FACTS]


def _common(approval: Approval, ticket: Ticket, url: str) -> dict[str, Any]:
    return {
        "url": url,
        "title": ticket.title,
        "number": ticket.number,
        "asker": ticket.requester.name,
        "facts": _facts(approval, ticket.title) if url else "",
    }


def _address(approval: Approval) -> str:
    return reverse("portal:approval", args=[approval.pk])


def _to_decide(seat: ApprovalSeat, user: User, now: datetime) -> Row:
    approval, due = seat.stage.approval, seat.stage.due_at
    return Row(
        **_common(approval, seat.ticket, _address(approval)),
        at=seat.stage.opened_at,
        stage=seat.stage.name,
        instead_of="" if seat.user_id == user.pk else seat.user.name,
        due_at=due,
        is_overdue=due is not None and due <= now,
        is_held=seat.state == SeatState.HELD,
    )


_TONES = {SeatState.APPROVED: "success", SeatState.REJECTED: "danger"}


def _decided(seat: ApprovalSeat, user: User, seen: set[int]) -> Row:
    approval = seat.stage.approval
    url = _address(approval) if seat.ticket_id in seen else ""
    return Row(
        **_common(approval, seat.ticket, url),
        at=seat.decided_at,
        stage=seat.stage.name,
        instead_of="" if seat.user_id == user.pk else seat.user.name,
        word=str(seat.get_state_display()),
        tone=_TONES[SeatState(seat.state)],
    )


_ROUND_TONES = {
    RoundState.PENDING: "info",
    RoundState.APPROVED: "success",
    RoundState.REJECTED: "danger",
}


def _asked(approval: Approval, seen: set[int]) -> Row:
    state = RoundState(approval.state)
    url = _address(approval) if approval.ticket_id in seen else ""
    people = [seat.user.name for stage in approval.stages.all() for seat in stage.seats.all()]
    return Row(
        **_common(approval, approval.ticket, url),
        at=approval.ended_at or approval.asked_at,
        word=str(state.label),
        tone=_ROUND_TONES.get(state, ""),
        holders=", ".join(people) if state == RoundState.PENDING else "",
    )


def lines_of(ticket: Ticket) -> list[Shown]:
    """The rounds of a record, newest first, as its requester reads them."""
    return of_rounds(decisions.rounds(ticket))


# One decision ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """A line of what is asked. `was`: what it said in the round before, where that differs."""

    label: str
    text: str
    was: str = ""
    is_changed: bool = False


@dataclass(frozen=True)
class Opinion:
    """What somebody said when they decided, or why they hold it."""

    name: str
    word: str
    text: str
    at: datetime | None


@dataclass(frozen=True)
class Decision:
    """Everything of one round for one person. `seat` is theirs to decide now, if there is one."""

    approval: Approval
    ticket: Ticket
    facts: list[Fact]
    line: Shown
    earlier: list[Shown]
    seat: ApprovalSeat | None
    refused: str
    can_recall: bool
    changes: int
    opinions: list[Opinion]
    is_overdue: bool
    instead_of: User | None


def approval_of(user: User, pk: int) -> Approval:
    """The round, through the door of its record; NotFound for whom that does not exist."""
    related = Approval.objects.select_related("ticket__requester__department", "ticket__service")
    approval = related.filter(pk=pk).first()
    if approval is None:
        raise NotFound(_("There is no such approval."))
    access.require(user, "view", approval.ticket)
    return approval


def decision(user: User, approval: Approval, seat_id: int | None = None) -> Decision:
    """The page of one round as this person may see it. A fixed number of queries.

    `seat_id`: the seat that a mailed link is for, when it is still to be decided.
    """
    ticket = approval.ticket
    rounds = decisions.rounds(ticket)
    this = next(one for one in rounds if one.pk == approval.pk)
    this.ticket = ticket
    last = next((one for one in rounds if one.number == this.number - 1), None)
    lines = {line.pk: line for line in of_rounds(rounds)}
    seat = _seat_for(user, approval, seat_id)
    refused = decisions.may_decide(user, seat) if seat is not None else _why_not(user, this)
    facts = _contents(this, last, ticket)
    now = timezone.now()
    return Decision(
        approval=this,
        ticket=ticket,
        facts=facts,
        line=lines[this.pk],
        earlier=[lines[one.pk] for one in rounds if one.number < this.number],
        seat=seat if not refused else None,
        refused=refused,
        can_recall=_can_recall(user, this, ticket),
        changes=sum(fact.is_changed for fact in facts),
        opinions=_opinions(this),
        is_overdue=bool(seat and seat.stage.due_at and seat.stage.due_at <= now),
        instead_of=seat.user if seat is not None and seat.user_id != user.pk else None,
    )


def _seat_for(user: User, approval: Approval, seat_id: int | None) -> ApprovalSeat | None:
    if seat_id is None:
        return decisions.seat_of(user, approval)
    return decisions.inbox(user).filter(stage__approval=approval, pk=seat_id).first()


def _contents(approval: Approval, last: Approval | None, ticket: Ticket) -> list[Fact]:
    """What is asked, with what it said in the round before where that was something else."""
    content = approval.told or [(_("Description"), ticket.description)]
    if last is None:
        return [Fact(label, text) for label, text in content]
    changed = {label: old for label, old, _new in differences(last.told, approval.told)}
    facts = [Fact(label, text, changed.get(label, ""), label in changed) for label, text in content]
    shown = {label for label, _text in content}
    gone = [Fact(label, "", old, True) for label, old in changed.items() if label not in shown]
    return facts + gone


def _opinions(approval: Approval) -> list[Opinion]:
    spoken = [
        seat
        for stage in approval.stages.all()
        for seat in stage.seats.all()
        if seat.opinion and seat.state in (*decisions.DECIDED, SeatState.HELD)
    ]
    return [
        Opinion(
            (seat.decided_by or seat.user).name,
            str(seat.get_state_display()),
            seat.opinion,
            seat.decided_at,
        )
        for seat in spoken
    ]


def _seats(approval: Approval) -> Sequence[ApprovalSeat]:
    return [seat for stage in approval.stages.all() for seat in stage.seats.all()]


def _why_not(user: User, approval: Approval) -> str:
    """Why somebody who sees the round has nothing to decide in it; "" when it never was theirs."""
    for seat in _seats(approval):
        if seat.decided_by_id == user.pk:
            return _("You have decided: %(state)s.") % {"state": seat.get_state_display()}
    if approval.state != RoundState.PENDING:
        return _("This is no longer to be decided: %(state)s.") % {
            "state": approval.get_state_display()
        }
    if user.pk in decisions.involved(approval, approval.ticket):
        return _("You can’t decide on what you ask for, benefit from or carry out yourself.")
    people = {user.pk, *reach_of(user).stands_in_for}
    own = [seat for seat in _seats(approval) if seat.user_id in people]
    if any(seat.state == SeatState.WAITING for seat in own):
        return _("It is not yet your turn. You get a notice when it is.")
    if any(seat.state == SeatState.SPARED for seat in own):
        return _("Somebody else has decided this stage. There is nothing for you to do.")
    return _("This is somebody else’s to decide.")


def _can_recall(user: User, approval: Approval, ticket: Ticket) -> bool:
    asks = user.pk in (approval.asked_by_id, ticket.requester_id)
    decided = any(seat.state in decisions.DECIDED for seat in _seats(approval))
    return asks and approval.state == RoundState.PENDING and not decided
