"""Approving: ask, decide, hold, hand over, ask back, recall, void (rules.md section 6).

Rows are locked in one order everywhere: the record, then its round, so that two who decide at
once, or a decision and a cancellation, come one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core import options
from core.errors import ActionError, NotAllowed, NotFound
from core.events import emit
from core.workdays import add_workdays
from tickets import access, decisions, events
from tickets.actions.base import current_channel, lock, record
from tickets.actions.checks import limited_text
from tickets.actions.comment import comment
from tickets.approvals import UNDECIDED, verdict
from tickets.enums import RoundState, SeatState, StageState, Verb
from tickets.lines import Line, Step, Subject, line_for
from tickets.models import Approval, ApprovalPolicy, ApprovalSeat, ApprovalStage, Comment, Ticket

APPROVE, REJECT = "approve", "reject"
VERDICTS = {APPROVE: SeatState.APPROVED, REJECT: SeatState.REJECTED}


@transaction.atomic
def ask(
    ticket: Ticket,
    *,
    policy: ApprovalPolicy | None,
    by: User | None,
    facts: Mapping[str, Any] | None = None,
    content: Sequence[Sequence[Any]] = (),
    involved: Iterable[int] = (),
    afterwards: bool = False,
) -> Approval | None:
    """Begin a round of approval; None when the policy asks nobody.

    `content`: what the approvers are shown, (label, text) each: a text, or one for every language
    ({"ko", "en"}). `involved`: ids of further people who may not decide. Effects in order: the
    line of people; round, stages and seats; the event; the first stage opens. Refused while
    another round is being decided.
    """
    ticket = lock(ticket)
    access.require(by, "ask_approval", ticket)
    if decisions.pending(ticket) is not None:
        raise ActionError(
            _("%(number)s is already being decided.") % {"number": ticket.number},
            code="being_decided",
        )
    asking = {ticket.requester_id, ticket.opened_by_id, *involved, *([by.pk] if by else [])}
    subject = Subject(ticket.requester, ticket.service, frozenset(asking), dict(facts or {}))
    line = line_for(policy, subject)
    if not line.steps:
        return None
    last = Approval.objects.filter(ticket=ticket).order_by("-number").first()
    approval = Approval.objects.create(
        ticket=ticket,
        number=last.number + 1 if last else 1,
        policy=policy,
        rule={"final": dict(line.final), "facts": {k: str(v) for k, v in subject.facts.items()}},
        content=[[_stored(label), _stored(text)] for label, text in content],
        involved=sorted(asking),
        afterwards=afterwards,
        asked_by=by,
    )
    _seat(approval, ticket, line)
    event = record_step(ticket, approval, "asked", by, {"line": _as_seen(line)})
    emit(events.ApprovalAsked(ticket.pk, event.pk, by.pk if by else None, approval.pk))
    _open_next(approval, ticket, by)
    return approval


def _stored(text: Any) -> Any:
    return (
        {"ko": str(text["ko"]), "en": str(text["en"])} if isinstance(text, Mapping) else str(text)
    )


def _seat(approval: Approval, ticket: Ticket, line: Line) -> None:
    for position, step in enumerate(line.steps):
        stage = ApprovalStage.objects.create(
            approval=approval,
            position=position,
            name_ko=step.name_ko,
            name_en=step.name_en,
            kind=step.kind,
            decided_by=step.decided_by,
            share=step.share,
            days=step.days,
            remind=step.remind,
            state=StageState.FINAL if step.final else StageState.WAITING,
        )
        state = SeatState.FINAL if step.final else SeatState.WAITING
        ApprovalSeat.objects.bulk_create(
            ApprovalSeat(
                stage=stage, ticket=ticket, user=chair.user, why=dict(chair.why), state=state
            )
            for chair in step.chairs
        )


def _as_seen(line: Line) -> list[dict[str, Any]]:
    def one(step: Step) -> dict[str, Any]:
        people = [chair.user.pk for chair in step.chairs]
        return {"name_ko": step.name_ko, "name_en": step.name_en, "people": people}

    return [one(step) for step in line.steps]


def _open_next(approval: Approval, ticket: Ticket, by: User | None) -> None:
    """Open the first stage that waits; without one the round is approved."""
    stage = approval.stages.filter(state=StageState.WAITING).order_by("position").first()
    if stage is None:
        _end(approval, ticket, by, approved=True)
        return
    now = timezone.now()
    stage.state, stage.opened_at = StageState.OPEN, now
    stage.due_at = _workdays_later(now, stage.days)
    stage.save(update_fields=["state", "opened_at", "due_at"])
    stage.seats.update(state=SeatState.PENDING, remind_at=next_reminder(stage, now))
    seats = list(stage.seats.order_by("id"))
    people = tuple(seat.user_id for seat in seats)
    data = {"stage_ko": stage.name_ko, "stage_en": stage.name_en, "people": list(people)}
    event = record_step(ticket, approval, "turn", by, data)
    ids = tuple(seat.pk for seat in seats)
    emit(events.ApprovalTurn(ticket.pk, event.pk, by.pk if by else None, approval.pk, ids, people))


def _workdays_later(start: datetime, days: int | None) -> datetime | None:
    if not days:
        return None
    zone = settings.DEFAULT_USER_TIME_ZONE
    return add_workdays(start, days, zone, options.get("holiday_country"))


def next_reminder(stage: ApprovalStage, after: datetime) -> datetime | None:
    """The nearest of the next reminder and the deadline, after an instant."""
    instants = [_workdays_later(after, stage.remind), stage.due_at]
    return min((instant for instant in instants if instant and instant > after), default=None)


@transaction.atomic
def decide(
    seat: ApprovalSeat, answer: str, *, by: User, opinion: str = "", channel: str = ""
) -> Approval:
    """Approve or reject in one seat, one's own or in its holder's place (대결).

    Rejecting needs an opinion. Settles the stage as its rule says; an approved stage opens the
    next one, the last one ends the round, a rejected one ends it at once. What waits on it is told
    in the same transaction.
    """
    if answer not in VERDICTS:
        raise ActionError(_("Choose one of the values offered."), field="answer")
    seat, approval, ticket = locked(seat)
    _require_turn(seat, by)
    opinion = limited_text("opinion", opinion)
    if answer == REJECT and not opinion:
        raise ActionError(
            _("Say why you reject it: the requester reads it."), field="opinion", code="required"
        )
    seat.state, seat.opinion = VERDICTS[answer], opinion
    seat.decided_by, seat.decided_at = by, timezone.now()
    seat.channel = channel or current_channel()
    seat.remind_at = None
    seat.save()
    approved = answer == APPROVE
    data = {"in_proxy": seat.in_proxy, "opinion": opinion}
    event = record_step(ticket, approval, seat.state, by, data, seat)
    emit(events.ApprovalDecided(ticket.pk, event.pk, by.pk, approval.pk, seat.pk, approved))
    _settle(seat.stage, approval, ticket, by)
    return approval


def _settle(stage: ApprovalStage, approval: Approval, ticket: Ticket, by: User) -> None:
    states = list(stage.seats.values_list("state", flat=True))
    outcome = verdict(stage.decided_by, states, stage.share)
    if outcome is None:
        return
    stage.state = StageState.APPROVED if outcome else StageState.REJECTED
    stage.ended_at = timezone.now()
    stage.save(update_fields=["state", "ended_at"])
    stage.seats.filter(state__in=UNDECIDED).update(state=SeatState.SPARED, remind_at=None)
    if outcome:
        _open_next(approval, ticket, by)
    else:
        _end(approval, ticket, by, approved=False)


def _end(approval: Approval, ticket: Ticket, by: User | None, *, approved: bool) -> None:
    reason = "" if approved else _why_rejected(approval)
    approval.state = RoundState.APPROVED if approved else RoundState.REJECTED
    approval.ended_at, approval.reason = timezone.now(), reason
    approval.save(update_fields=["state", "ended_at", "reason"])
    _dissolve(approval)
    event = record_step(ticket, approval, "ended", by, {"approved": approved, "opinion": reason})
    actor = by.pk if by else None
    emit(events.ApprovalEnded(ticket.pk, event.pk, actor, approval.pk, approved, reason))


def _why_rejected(approval: Approval) -> str:
    rejected = ApprovalSeat.objects.filter(stage__approval=approval, state=SeatState.REJECTED)
    return "\n\n".join(rejected.order_by("decided_at").values_list("opinion", flat=True))


def _dissolve(approval: Approval) -> list[int]:
    """Nobody has anything to decide in this round any more; ids of those who still had."""
    seats = ApprovalSeat.objects.filter(stage__approval=approval, state__in=UNDECIDED)
    turn = seats.exclude(state=SeatState.WAITING)
    people = list(turn.order_by("id").values_list("user_id", flat=True))
    turn.update(state=SeatState.SPARED, remind_at=None)
    seats.filter(state=SeatState.WAITING).update(state=SeatState.VOID)
    open_stages = approval.stages.filter(state__in=[StageState.WAITING, StageState.OPEN])
    open_stages.update(state=StageState.VOID, ended_at=timezone.now())
    return people


@transaction.atomic
def hold(seat: ApprovalSeat, reason: str, *, by: User) -> Approval:
    """Put the decision on hold (보류), with a reason. Its deadline goes on."""
    seat, approval, ticket = locked(seat)
    _require_turn(seat, by)
    reason = limited_text("opinion", reason)
    if not reason:
        raise ActionError(_("Say what you wait for."), field="opinion", code="required")
    seat.state, seat.opinion = SeatState.HELD, reason
    seat.save(update_fields=["state", "opinion"])
    record_step(ticket, approval, "held", by, {"opinion": reason}, seat)
    return approval


@transaction.atomic
def hand_over(seat: ApprovalSeat, to: User, reason: str = "", *, by: User | None) -> ApprovalSeat:
    """Give the seat to somebody else, who decides in it for themselves.

    By whoever could decide it, an administrator who has no part in it, or Maru itself (its holder
    has left): nobody chooses who decides on what they ask for.
    """
    seat, approval, ticket = locked(seat)
    if by is not None and reach_of(by).administers:
        _require_no_part(approval, ticket, by)
    elif by is not None:
        _require_turn(seat, by)
    _check_taker(seat, approval, ticket, to)
    before = seat.user_id
    seat.user, seat.given_by = to, by
    seat.why = {**seat.why, "from": before}
    if seat.state == SeatState.HELD:
        seat.state, seat.opinion = SeatState.PENDING, ""
    seat.save()
    data = {"from": before, "opinion": limited_text("opinion", reason)}
    event = record_step(ticket, approval, "handed_over", by, data, seat)
    if seat.state == SeatState.PENDING:
        actor = by.pk if by else None
        turn = events.ApprovalTurn(ticket.pk, event.pk, actor, approval.pk, (seat.pk,), (to.pk,))
        emit(turn)
    return seat


def _require_no_part(approval: Approval, ticket: Ticket, by: User) -> None:
    access.require(by, "view", ticket)
    if by.pk in decisions.involved(approval, ticket):
        raise NotAllowed(
            _("You can’t decide on what you ask for, benefit from or carry out yourself."),
            code="not_yours_to_decide",
        )


def _check_taker(seat: ApprovalSeat, approval: Approval, ticket: Ticket, to: User) -> None:
    if seat.state not in UNDECIDED:
        raise ActionError(_("This is already decided."), code="decided")
    if not to.is_active or to.is_machine:
        raise ActionError(_("This person can’t decide. Choose somebody else."), field="to")
    if to.pk in decisions.involved(approval, ticket):
        raise ActionError(
            _("This person asks for it, benefits from it or carries it out. Choose somebody else."),
            field="to",
        )
    if ApprovalSeat.objects.filter(stage=seat.stage, user=to).exists():
        raise ActionError(_("This person already decides in this stage."), field="to")


@transaction.atomic
def question(seat: ApprovalSeat, text: str, *, by: User) -> Comment:
    """Ask the requester something before deciding; it stands in the conversation."""
    seat, approval, ticket = locked(seat)
    _require_turn(seat, by)
    asked = comment(ticket, text, by=by)
    record_step(lock(ticket), approval, "questioned", by, {"comment": asked.pk}, seat)
    return asked


@transaction.atomic
def recall(approval: Approval, *, by: User) -> Approval:
    """Take the question back (회수): by whoever asked, or the requester, before any decision."""
    approval, ticket = _locked_round(approval)
    if by.pk not in (approval.asked_by_id, ticket.requester_id):
        raise NotAllowed(_("Only who asked for approval can take it back."))
    _require_pending(approval)
    if decisions.has_decisions(approval):
        raise ActionError(
            _("Somebody has already decided, so it can’t be taken back. Cancel it instead."),
            code="decided",
        )
    people = _stop(approval, RoundState.RECALLED, "")
    event = record_step(ticket, approval, "recalled", by, {})
    emit(events.ApprovalVoided(ticket.pk, event.pk, by.pk, approval.pk, tuple(people)))
    emit(events.ApprovalRecalled(ticket.pk, event.pk, by.pk, approval.pk))
    return approval


@transaction.atomic
def void(ticket: Ticket, reason: str = "", *, by: User | None) -> Approval | None:
    """The round that is being decided no longer counts, because what it was about has changed.

    None when nothing is being decided. The process that calls this asks again if it needs to.
    """
    ticket = lock(ticket)
    access.require(by, "void_approval", ticket)
    return _void(ticket, reason, by)


def close_with(ticket_id: int, actor_id: int | None) -> None:
    """The record has left the state in which it waits for a decision: nothing is to decide."""
    waiting = Approval.objects.filter(ticket_id=ticket_id, state=RoundState.PENDING)
    approval = waiting.select_related("ticket").first()
    if approval is None or approval.ticket.state.decides:
        return
    if approval.afterwards and approval.ticket.is_open:
        return  # the work goes on meanwhile; it is still to be decided
    _void(lock(approval.ticket), "", User.objects.filter(pk=actor_id or 0).first())


def _void(ticket: Ticket, reason: str, by: User | None) -> Approval | None:
    approval = decisions.pending(ticket)
    if approval is None:
        return None
    approval, ticket = _locked_round(approval)
    people = _stop(approval, RoundState.VOID, limited_text("reason", reason))
    event = record_step(ticket, approval, "voided", by, {"opinion": approval.reason})
    actor = by.pk if by else None
    emit(events.ApprovalVoided(ticket.pk, event.pk, actor, approval.pk, tuple(people)))
    return approval


def _stop(approval: Approval, state: RoundState, reason: str) -> list[int]:
    approval.state, approval.reason, approval.ended_at = state, reason, timezone.now()
    approval.save(update_fields=["state", "reason", "ended_at"])
    return _dissolve(approval)


def locked(seat: ApprovalSeat) -> tuple[ApprovalSeat, Approval, Ticket]:
    """The record, its round and the seat as they are now, locked in this order."""
    found = ApprovalSeat.objects.filter(pk=seat.pk).values_list("stage__approval_id").first()
    if found is None:
        raise NotFound(_("There is no such decision."))
    approval, ticket = _locked_round(Approval.objects.get(pk=found[0]))
    seats = ApprovalSeat.objects.select_related("stage", "user").select_for_update(of=("self",))
    seat = seats.get(pk=seat.pk)
    seat.stage.approval, seat.ticket = approval, ticket
    return seat, approval, ticket


def _locked_round(approval: Approval) -> tuple[Approval, Ticket]:
    ticket = lock(Ticket(pk=approval.ticket_id))
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    approval.ticket = ticket
    return approval, ticket


def _require_turn(seat: ApprovalSeat, by: User) -> None:
    """NotFound for whom the record is none of their business, else the reason in words."""
    access.require(by, "view", seat.ticket)
    refused = decisions.may_decide(by, seat)
    if refused:
        raise NotAllowed(refused, code="not_yours_to_decide")


def _require_pending(approval: Approval) -> None:
    if approval.state != RoundState.PENDING:
        raise ActionError(
            _("This is no longer to be decided: %(state)s.")
            % {"state": approval.get_state_display()},
            code="decided",
        )


def record_step(
    ticket: Ticket,
    approval: Approval,
    step: str,
    by: User | None,
    data: Mapping[str, Any],
    seat: ApprovalSeat | None = None,
) -> Any:
    """One row of the record's log for each step of a round."""
    about: dict[str, Any] = {"step": str(step), "approval": approval.pk, "round": approval.number}
    if seat is not None:
        about |= {"seat": seat.pk, "user": seat.user_id}
        about |= {"stage_ko": seat.stage.name_ko, "stage_en": seat.stage.name_en}
        about |= {"kind": seat.stage.kind}
    return record(ticket, Verb.APPROVAL, by=by, data={**about, **data})
