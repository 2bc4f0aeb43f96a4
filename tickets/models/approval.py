"""Approvals of a record: policies, rounds, stages, seats and the keys of mailed links."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.reach import Reach
from core.models import Bilingual, pick
from tickets.enums import Channel, DecidedBy, RoundState, SeatState, StageKind, StageState


class ApprovalPolicy(Bilingual):
    """Who approves, in which order. `data`:

    {"stages": [{"name": {"ko", "en"}, "kind": StageKind, "who": [selector], "decided_by":
    DecidedBy, "share": per cent, "days": working days to decide or null, "remind": working days
    between reminders or null, "if": condition or null}],
    "finals": [{"name": {"ko", "en"}, "if": condition, "stage": position}],
    "fallback": [selector]}

    selector: {"type": "person", "id"} · {"type": "manager", "level": 1} (of the requester) ·
    {"type": "head", "level": 0} (of their department, or above) · {"type": "role", "role"} ·
    {"type": "team", "id"} · {"type": "team_lead", "id"} · {"type": "service_owner"}
    """

    kind = models.CharField(max_length=20, blank=True)
    data: Any = models.JSONField(default=dict)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("approval policy")
        ordering: ClassVar = ["name_en"]


def _in_words(text: Any) -> str:
    return pick(text["ko"], text["en"]) if isinstance(text, dict) else str(text)


class Approval(models.Model):
    """One round of asking: what was asked, by whom, and what came of it.

    `content` is what the approvers were shown, [[label, text], …], each a string or one for every
    language ({"ko", "en"}); a later round is compared with it. `involved`: people who may not
    decide because they ask, or benefit. `rule`: why this line ({"policy": id, "final": {…},
    "trace": […]}). `afterwards`: 후결, the work doesn't wait.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="approvals")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PENDING)
    policy = models.ForeignKey(ApprovalPolicy, models.PROTECT, null=True, related_name="+")
    rule: Any = models.JSONField(default=dict)
    content: Any = models.JSONField(default=list)
    involved: Any = models.JSONField(default=list)
    afterwards = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("approval")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "number"], name="approval_round_once"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state="pending"), name="approval_one_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.number}"

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the approvers are shown, in the reader's language."""
        return [(_in_words(label), _in_words(text)) for label, text in self.content]


class ApprovalStage(models.Model):
    """One step of the line. It opens when the one before it is approved."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name_ko = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, choices=StageKind, default=StageKind.APPROVE)
    decided_by = models.CharField(max_length=6, choices=DecidedBy, default=DecidedBy.FIRST)
    share = models.PositiveSmallIntegerField(default=100)
    days = models.PositiveSmallIntegerField(null=True)
    remind = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=StageState, default=StageState.WAITING)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "position"], name="stage_position_once"),
            models.CheckConstraint(
                condition=Q(share__gte=1, share__lte=100), name="stage_share_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name in the reader's language, or the word for its kind."""
        return pick(self.name_ko, self.name_en) or str(self.get_kind_display())


class ApprovalSeat(models.Model):
    """One person's part in a stage.

    `user` holds it; `decided_by` is who decided, another one when they stood in (대결). `why` is
    the selector that chose the person. `remind_at`: when they are next reminded.
    """

    stage = models.ForeignKey(ApprovalStage, models.CASCADE, related_name="seats")
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="approval_seats")
    user = models.ForeignKey(User, models.PROTECT, related_name="approval_seats")
    why: Any = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=SeatState, default=SeatState.WAITING)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.TextField(_("opinion"), blank=True)
    channel = models.CharField(max_length=12, choices=Channel, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    remind_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage", "user"], name="seat_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "-id"],
                condition=Q(state__in=["pending", "held"]),
                name="seat_to_decide",
            ),
            models.Index(fields=["user", "ticket"], name="seat_user"),
            models.Index(fields=["decided_by", "-decided_at"], name="seat_decided"),
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False), name="seat_remind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.user_id} {self.state}"

    @property
    def in_proxy(self) -> bool:
        """Whether somebody else decided in the holder's place (대결)."""
        return self.decided_by_id is not None and self.decided_by_id != self.user_id


class ApprovalKey(models.Model):
    """The key of a mailed link to one decision. Only its hash is kept; it opens a page once."""

    seat = models.ForeignKey(ApprovalSeat, models.CASCADE, related_name="keys")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.seat_id} {self.user_id}"


# Seats that never were somebody's turn let nobody in.
_NOT_THEIR_TURN = (SeatState.WAITING, SeatState.VOID)


def seats_of(reach: Reach) -> models.QuerySet[ApprovalSeat]:
    """The seats that are or were the person's turn: their own, and those they stand in for now."""
    people = [reach.user_id, *reach.stands_in_for]
    seats = ApprovalSeat.objects.order_by().filter(user_id__in=people)
    return seats.exclude(state__in=_NOT_THEIR_TURN)
