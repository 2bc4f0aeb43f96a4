"""Questions about approvals: whose turn it is, who may decide, how the rounds of a record stand."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Delegation, User
from accounts.reach import reach_of
from tickets.approvals import LONGEST_CHAIN, differences
from tickets.enums import TASK_ENDED, RoundState, SeatState, StageState
from tickets.models import Approval, ApprovalSeat, ApprovalStage, Task, Ticket

TO_DECIDE = (SeatState.PENDING, SeatState.HELD)
DECIDED = (SeatState.APPROVED, SeatState.REJECTED)


def inbox(user: User) -> QuerySet[ApprovalSeat]:
    """The seats the person can decide now, their own and those they stand in for, oldest first.

    Seats they can't decide because they are involved are left out by `may_decide`, not here.
    """
    people = [user.pk, *reach_of(user).stands_in_for]
    seats = ApprovalSeat.objects.filter(user_id__in=people, state__in=TO_DECIDE)
    return _shown(seats).order_by("stage__due_at", "id")


def decided(user: User) -> QuerySet[ApprovalSeat]:
    """What the person decided, newest first, for themselves or in somebody's place."""
    return _shown(ApprovalSeat.objects.filter(decided_by=user)).order_by("-decided_at")


def asked(user: User) -> QuerySet[Approval]:
    """The rounds the person asked for, newest first."""
    rounds = Approval.objects.filter(asked_by=user).select_related("ticket", "policy")
    return rounds.order_by("-asked_at")


def _shown(seats: QuerySet[ApprovalSeat]) -> QuerySet[ApprovalSeat]:
    return seats.select_related(
        "user", "decided_by", "stage__approval__asked_by", "ticket__requester", "ticket__service"
    )


def rounds(ticket: Ticket) -> list[Approval]:
    """All rounds of a record, newest first, with stages and seats; three statements."""
    seats = ApprovalSeat.objects.select_related(
        "user__department", "decided_by", "given_by"
    ).order_by("id")
    stages = ApprovalStage.objects.order_by("position").prefetch_related(
        Prefetch("seats", queryset=seats)
    )
    found = Approval.objects.filter(ticket=ticket).select_related("asked_by", "policy")
    return list(found.order_by("-number").prefetch_related(Prefetch("stages", queryset=stages)))


def pending(ticket: Ticket) -> Approval | None:
    """The round that is being decided, if there is one."""
    return Approval.objects.filter(ticket=ticket, state=RoundState.PENDING).first()


def has_decisions(approval: Approval) -> bool:
    """Whether anybody has decided in this round."""
    return ApprovalSeat.objects.filter(stage__approval=approval, state__in=DECIDED).exists()


def seat_of(user: User, approval: Approval) -> ApprovalSeat | None:
    """The seat of a round that the person would decide now; their own before another's."""
    seats = list(inbox(user).filter(stage__approval=approval))
    own = [seat for seat in seats if seat.user_id == user.pk]
    return next(iter([*own, *seats]), None)


def differences_to_last(approval: Approval) -> list[tuple[str, str, str]]:
    """What was shown differently in the round before: (label, then, now). [] in the first round."""
    last = Approval.objects.filter(ticket_id=approval.ticket_id, number=approval.number - 1).first()
    return differences(last.told, approval.told) if last else []


def substitutes(user_ids: Iterable[int], at: datetime | None = None) -> dict[int, set[int]]:
    """{person: everybody who stands in for them at the instant}, also by a substitute's own."""
    at = at or timezone.now()
    pairs = Delegation.objects.in_force(at).values_list("user_id", "to_id")
    to = dict(pairs)
    found: dict[int, set[int]] = {}
    for person in user_ids:
        reached: set[int] = set()
        current = person
        for _step in range(LONGEST_CHAIN):
            following = to.get(current)
            if following is None or following == person or following in reached:
                break
            reached.add(following)
            current = following
        found[person] = reached
    return found


def involved(approval: Approval, ticket: Ticket) -> set[int]:
    """Who may not decide: they ask for it, benefit from it, or carry it out."""
    working = Task.objects.filter(ticket=ticket).exclude(state__in=TASK_ENDED)
    people = {ticket.requester_id, ticket.opened_by_id, approval.asked_by_id, ticket.assignee_id}
    people |= set(approval.involved) | set(working.values_list("assignee_id", flat=True))
    return {pk for pk in people if pk is not None}


def may_decide(user: User, seat: ApprovalSeat) -> str:
    """Why the person may not decide the seat now, in the reader's language; "" when they may."""
    stage, approval = seat.stage, seat.stage.approval
    if approval.state != RoundState.PENDING:
        return _("This is no longer to be decided: %(state)s.") % {
            "state": approval.get_state_display()
        }
    if stage.state == StageState.WAITING or seat.state == SeatState.WAITING:
        return _("It is not yet this stage’s turn.")
    if seat.state not in TO_DECIDE:
        return _("This is already decided: %(state)s.") % {"state": seat.get_state_display()}
    if not user.is_active:
        return _("This account is not active.")
    if user.pk != seat.user_id and seat.user_id not in reach_of(user).stands_in_for:
        return _("This is somebody else’s to decide.")
    if user.pk in involved(approval, seat.ticket):
        return _("You can’t decide on what you ask for, benefit from or carry out yourself.")
    return _decides_twice(user, seat)


def _decides_twice(user: User, seat: ApprovalSeat) -> str:
    """One person counts once in a stage, whoever else they stand in for."""
    others = ApprovalSeat.objects.filter(stage=seat.stage, decided_by=user).exclude(pk=seat.pk)
    if seat.stage.decided_by != "first" and others.exists():
        return _("You have already decided in this stage. Somebody else has to decide here.")
    return ""
