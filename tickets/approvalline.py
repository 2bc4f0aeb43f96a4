"""The approval line (결재선) in words: who decides in which order, how far it is, who has it now.

Made of a round that runs or ran (`of_rounds`), or of a line before it is asked for (`of_preview`);
`ui/_approval_line.html` draws both alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import User
from core import formats
from tickets.decisions import TO_DECIDE, substitutes
from tickets.enums import DecidedBy, RoundState, SeatState, StageState
from tickets.lines import Line, as_text
from tickets.models import Approval, ApprovalSeat, ApprovalStage

# (icon, tone, word) of everything a part of a line can be.
MARKS = {
    "asked": ("pencil", "neutral", pgettext_lazy("approval line", "Asked")),
    "waiting": ("circle-dashed", "neutral", pgettext_lazy("approval line", "Waiting")),
    "pending": ("progress", "info", pgettext_lazy("approval line", "Being reviewed")),
    "held": ("player-pause", "warning", pgettext_lazy("approval line", "On hold")),
    "approved": ("circle-check", "success", pgettext_lazy("approval line", "Approved")),
    "with_authority": (
        "circle-check",
        "success",
        pgettext_lazy("approval line", "Approved with final authority"),
    ),
    "in_proxy": ("user-check", "success", pgettext_lazy("approval line", "Approved as substitute")),
    "afterwards": (
        "history",
        "success",
        pgettext_lazy("approval line", "Approved afterwards"),
    ),
    "rejected": ("circle-x", "danger", pgettext_lazy("approval line", "Rejected")),
    "final": ("chevrons-down", "neutral", pgettext_lazy("approval line", "Decided below")),
    "spared": ("minus", "neutral", pgettext_lazy("approval line", "Not needed")),
    "recalled": ("arrow-back-up", "neutral", pgettext_lazy("approval line", "Recalled")),
    "void": ("ban", "neutral", pgettext_lazy("approval line", "No longer counts")),
}
A_MINUTE = timedelta(minutes=1)
SEALED = frozenset({"asked", "approved", "with_authority", "in_proxy", "afterwards", "rejected"})
ROUND_TONES = {
    RoundState.PENDING: "info",
    RoundState.APPROVED: "success",
    RoundState.REJECTED: "danger",
    RoundState.RECALLED: "neutral",
    RoundState.VOID: "neutral",
}
RULES = {
    DecidedBy.FIRST: gettext_lazy("whoever decides first"),
    DecidedBy.ALL: gettext_lazy("everybody has to approve"),
}


@dataclass(frozen=True)
class Mark:
    """Icon, tone and word for how something stands."""

    key: str

    @property
    def icon(self) -> str:
        return MARKS[self.key][0]

    @property
    def tone(self) -> str:
        return MARKS[self.key][1]

    @property
    def word(self) -> str:
        return str(MARKS[self.key][2])

    @property
    def is_sealed(self) -> bool:
        """Whether somebody put their seal here."""
        return self.key in SEALED


@dataclass(frozen=True)
class Box:
    """One person of a step. `note`: who decided in their place, or stands in; `why`: the rule;
    `by`: who decided, when that was somebody else.
    """

    name: str
    title: str
    place: str
    mark: Mark
    at: datetime | None = None
    opinion: str = ""
    note: str = ""
    why: str = ""
    by: str = ""

    @property
    def sealed_by(self) -> str:
        """Whose seal it is: of who decided, when that was somebody else than the holder."""
        return self.by or self.name


@dataclass(frozen=True)
class Part:
    """One step of the line with its people; several decide side by side (병렬)."""

    name: str
    mark: Mark
    boxes: tuple[Box, ...]
    rule: str = ""
    is_now: bool = False
    due_at: datetime | None = None
    is_overdue: bool = False


@dataclass(frozen=True)
class Shown:
    """A whole line. `now`: who has it and for how long; `rule`: why it is this one."""

    number: int
    parts: tuple[Part, ...]
    tone: str = "neutral"
    word: str = ""
    now: str = ""
    rule: str = ""
    reason: str = ""
    pk: int = 0
    ended_at: datetime | None = None
    is_pending: bool = False
    is_afterwards: bool = False


def of_rounds(rounds: Sequence[Approval], now: datetime | None = None) -> list[Shown]:
    """Rounds as `decisions.rounds` reads them, in their order; two statements for all."""
    now = now or timezone.now()
    waiting = {
        seat.user_id
        for approval in rounds
        if approval.state == RoundState.PENDING
        for stage in approval.stages.all()
        for seat in stage.seats.all()
        if seat.state in TO_DECIDE
    }
    standing_in = _standing_in(waiting, now)
    return [_round(approval, standing_in, now) for approval in rounds]


def of_round(approval: Approval, now: datetime | None = None) -> Shown:
    """One round, its stages and seats prefetched."""
    return of_rounds([approval], now)[0]


def of_preview(line: Line, requester: User) -> Shown:
    """The line before anything is asked, each person with the rule that chose them."""
    first = Part(_drafting(), Mark("asked"), (_box(requester, Mark("asked")),))
    parts = []
    for step in line.steps:
        mark = Mark("final" if step.final else "waiting")
        boxes = tuple(
            _box(chair.user, mark, why=_why(as_text(chair.why), chair.instead_of))
            for chair in step.chairs
        )
        name = step.name
        rule = _settled_by(step.decided_by, step.share, len(boxes))
        parts.append(Part(name, mark, boxes, rule))
    names = [line.policy.name] if line.policy is not None else []
    names += [line.final_name] if line.final_name else []
    return Shown(0, (first, *parts), rule=" · ".join(names))


def in_words(shown: Shown) -> str:
    """The line as text, a step a line: for mails."""
    return "\n".join(
        f"{'▶' if part.is_now else '·'} {part.name}: "
        + ", ".join(f"{_called(box)} – {box.mark.word}" for box in part.boxes)
        for part in shown.parts[1:]
    )


def _drafting() -> str:
    return pgettext("approval line", "Request")


def _why(text: str, instead_of: str) -> str:
    if not instead_of:
        return text
    passed = _("instead of %(name)s, who may not decide here") % {"name": instead_of}
    return f"{text} · {passed}" if text else passed


def _settled_by(decided_by: str, share: int, people: int) -> str:
    if people < 2:
        return ""
    if decided_by == DecidedBy.SHARE:
        return _("%(share)s%% have to approve") % {"share": share}
    return str(RULES[DecidedBy(decided_by)])


def _standing_in(user_ids: set[int], now: datetime) -> dict[int, str]:
    """{who is away: names of those who decide in their place}."""
    if not user_ids:
        return {}
    found = substitutes(user_ids, now)
    people = User.objects.in_bulk(set().union(*found.values())) if any(found.values()) else {}
    return {
        away: ", ".join(people[pk].name for pk in sorted(pks) if pk in people)
        for away, pks in found.items()
        if pks
    }


def _round(approval: Approval, standing_in: Mapping[int, str], now: datetime) -> Shown:
    stages = list(approval.stages.all())
    asker = approval.asked_by
    asked = Mark("asked")
    box = _box(asker, asked, at=approval.asked_at) if asker else _nobody(asked, approval.asked_at)
    final = [stage for stage in stages if stage.state == StageState.FINAL]
    last = next((stage for stage in reversed(stages) if stage not in final), None)
    parts = [_part(stage, approval, last if final else None, standing_in, now) for stage in stages]
    state = RoundState(approval.state)
    return Shown(
        number=approval.number,
        parts=(Part(_drafting(), asked, (box,)), *parts),
        tone=ROUND_TONES[state],
        word=str(state.label),
        now=_now(stages, now) if state == RoundState.PENDING else "",
        rule=approval.policy.name if approval.policy else "",
        reason=approval.reason,
        pk=approval.pk,
        ended_at=approval.ended_at,
        is_pending=state == RoundState.PENDING,
        is_afterwards=approval.afterwards,
    )


def _nobody(mark: Mark, at: datetime) -> Box:
    return Box(_("Maru"), "", "", mark, at)


def _part(
    stage: ApprovalStage,
    approval: Approval,
    decider: ApprovalStage | None,
    standing_in: Mapping[int, str],
    now: datetime,
) -> Part:
    seats = list(stage.seats.all())
    boxes = tuple(_of_seat(seat, stage, approval, decider, standing_in) for seat in seats)
    is_now = stage.state == StageState.OPEN and approval.state == RoundState.PENDING
    return Part(
        name=stage.name,
        mark=_stage_mark(stage, approval),
        boxes=boxes,
        rule=_settled_by(stage.decided_by, stage.share, len(boxes)),
        is_now=is_now,
        due_at=stage.due_at if is_now else None,
        is_overdue=is_now and stage.due_at is not None and stage.due_at <= now,
    )


def _stage_mark(stage: ApprovalStage, approval: Approval) -> Mark:
    known = {
        StageState.WAITING: "waiting",
        StageState.OPEN: "pending",
        StageState.APPROVED: "approved",
        StageState.REJECTED: "rejected",
        StageState.FINAL: "final",
        StageState.VOID: _ended_as(approval),
    }
    return Mark(known[StageState(stage.state)])


def _ended_as(approval: Approval) -> str:
    """What became of a part that nobody decided."""
    if approval.state == RoundState.RECALLED:
        return "recalled"
    return "void" if approval.state == RoundState.VOID else "spared"


def _seat_mark(seat: ApprovalSeat, approval: Approval, *, with_authority: bool) -> Mark:
    state = SeatState(seat.state)
    if state == SeatState.APPROVED:
        if seat.in_proxy:
            return Mark("in_proxy")
        if approval.afterwards:
            return Mark("afterwards")
        return Mark("with_authority" if with_authority else "approved")
    if state in (SeatState.SPARED, SeatState.VOID):
        return Mark(_ended_as(approval))
    return Mark(state.value)


def _of_seat(
    seat: ApprovalSeat,
    stage: ApprovalStage,
    approval: Approval,
    decider: ApprovalStage | None,
    standing_in: Mapping[int, str],
) -> Box:
    mark = _seat_mark(seat, approval, with_authority=stage == decider)
    note = ""
    if seat.in_proxy and seat.decided_by is not None:
        note = _("%(name)s decided in their place") % {"name": seat.decided_by.name}
    elif seat.state in TO_DECIDE and seat.user_id in standing_in:
        note = _("Away. Standing in: %(names)s") % {"names": standing_in[seat.user_id]}
    elif seat.given_by is not None:
        note = _("Handed over by %(name)s") % {"name": seat.given_by.name}
    box = _box(seat.user, mark, at=seat.decided_at, opinion=seat.opinion, note=note)
    if seat.in_proxy and seat.decided_by is not None:
        return replace(box, by=seat.decided_by.name)
    return box


def _box(
    user: User,
    mark: Mark,
    *,
    at: datetime | None = None,
    opinion: str = "",
    note: str = "",
    why: str = "",
) -> Box:
    place = user.department.name if user.department is not None else ""
    return Box(user.name, user.job_title, place, mark, at, opinion, note, why)


def _called(box: Box) -> str:
    return f"{box.name} {box.title}".strip()


def _now(stages: Iterable[ApprovalStage], now: datetime) -> str:
    """Who has it, for how long: one sentence; with a deadline a second one."""
    stage = next((one for one in stages if one.state == StageState.OPEN), None)
    if stage is None or stage.opened_at is None:
        return ""
    seats = [seat for seat in stage.seats.all() if seat.state in TO_DECIDE]
    names = ", ".join(f"{seat.user.name} {seat.user.job_title}".strip() for seat in seats)
    said = _("Now with: %(people)s") % {"people": names}
    if now - stage.opened_at >= A_MINUTE:
        age = formats.age(stage.opened_at, now)
        said = _("Now with: %(people)s, for %(age)s") % {"people": names, "age": age}
    if stage.due_at is None:
        return said
    when = {"time": formats.moment(stage.due_at)}
    late = stage.due_at <= now
    due = _("It was due on %(time)s") % when if late else _("Due on %(time)s") % when
    return f"{said}. {due}"
