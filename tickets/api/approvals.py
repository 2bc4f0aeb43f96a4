"""Approvals through the API: what waits for the reader, and deciding it by the same rules."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from core.api.fields import LARGEST_ID, Choice, Input, Text, Whole
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged, refuse
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant, person
from core.api.views import ApiView, read
from core.errors import NotFound
from core.models import pick
from tickets import access, actions, decisions
from tickets.actions.approving import VERDICTS
from tickets.api.forms import Person
from tickets.enums import RoundState, SeatState, StageKind, StageState
from tickets.models import Approval, ApprovalSeat, ApprovalStage
from tickets.turns import to_decide

SORTS = Sorts("id", {"id": ("id",)})
TO_DECIDE, DECIDED = "to_decide", "decided"
SHOWS = (TO_DECIDE, DECIDED)
LONGEST = 20_000
_SEAT = (
    "id", "state", "opinion", "decided_at", "channel", "ticket__number", "ticket__title",
    "user_id", "user__display_name", "user__roman_name",
    "decided_by_id", "decided_by__display_name", "decided_by__roman_name",
    "ticket__requester_id", "ticket__requester__display_name", "ticket__requester__roman_name",
    "stage__approval_id", "stage__approval__number", "stage__kind", "stage__name_ko",
    "stage__name_en", "stage__opened_at", "stage__due_at",
)  # fmt: skip


# Answers -----------------------------------------------------------------------------------------


class DecisionRow(serializers.Serializer[Any]):
    """One decision that waits for the reader, or that they made."""

    id = serializers.IntegerField(help_text="Of the round of approval: its address.")
    seat = serializers.IntegerField(help_text="Which decision of the round.")
    ticket = serializers.CharField(help_text="Number of the record.")
    title = serializers.CharField()
    round = serializers.IntegerField()
    requester = Named()
    holder = Named(help_text="Whose decision it is; the reader may be standing in for them.")
    kind = serializers.ChoiceField(StageKind.choices)
    stage = serializers.CharField()
    state = serializers.ChoiceField(SeatState.choices)
    opinion = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = Named(allow_null=True)


class ApprovalFact(serializers.Serializer[Any]):
    """A line of what is asked for."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField(allow_blank=True)


class ApprovalSeatRow(serializers.Serializer[Any]):
    """One person's part in a stage."""

    id = serializers.IntegerField()
    holder = Named()
    state = serializers.ChoiceField(SeatState.choices)
    opinion = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = Named(allow_null=True, help_text="Another one than the holder: in their place.")


class ApprovalStageRow(serializers.Serializer[Any]):
    """One stage of the line."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(StageKind.choices)
    state = serializers.ChoiceField(StageState.choices)
    decided_by = serializers.CharField(help_text="first, all or share.")
    share = serializers.IntegerField(help_text="Per cent that have to approve, for `share`.")
    opened_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    seats = ApprovalSeatRow(many=True)


class ApprovalRound(serializers.Serializer[Any]):
    """One round of approval with its line."""

    id = serializers.IntegerField()
    ticket = serializers.CharField(help_text="Number of the record.")
    number = serializers.IntegerField()
    state = serializers.ChoiceField(RoundState.choices)
    afterwards = serializers.BooleanField(help_text="The work does not wait for it.")
    content = ApprovalFact(many=True)
    asked_by = Named(allow_null=True)
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    stages = ApprovalStageRow(many=True)
    your_seat = serializers.IntegerField(
        allow_null=True, help_text="What you can decide now; null: nothing."
    )
    why_not = serializers.CharField(allow_blank=True, help_text="Why you can't, in words.")


# Bodies ------------------------------------------------------------------------------------------


class _InSeat(Input):
    seat = Whole(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="Else the one that is yours."
    )


class Deciding(_InSeat):
    """Rejecting needs an opinion."""

    answer = Choice(list(VERDICTS))
    opinion = Text(required=False, allow_blank=True, max_length=LONGEST)


class HoldingDecision(_InSeat):
    """Why it waits."""

    reason = Text(max_length=LONGEST)


class AskingBack(_InSeat):
    """A question, written to the requester."""

    text = Text(max_length=LONGEST)


class HandingOver(_InSeat):
    """Who decides instead."""

    to = Person(help_text="Id of the person.")
    reason = Text(required=False, allow_blank=True, max_length=500)


# Views -------------------------------------------------------------------------------------------


class Decisions(ApiView):
    parameters = frozenset({"show"}) | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        show = request.query_params.get("show", TO_DECIDE)
        if show not in SHOWS:
            raise refuse("show", _("Choose one of: %s.") % ", ".join(SHOWS))
        seats = to_decide if show == TO_DECIDE else decisions.decided
        rows = seats(request.user).order_by()
        if show == DECIDED:
            # What is no longer theirs to see is not told either.
            visible = _visible(request)
            rows = rows.filter(ticket__in=visible)
        return paged(request, rows.values(*_SEAT), SORTS, _rows)


def _visible(request: SignedInRequest) -> Any:
    from_seats = ApprovalSeat.objects.filter(decided_by=request.user).values("ticket_id")
    model: Any = ApprovalSeat._meta.get_field("ticket").related_model
    return model.objects.visible_to(request.user).filter(pk__in=from_seats).values("pk")


class OneApproval(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        return _answer(request, _approval(request, pk))


class _Verb(ApiView):
    """One thing done in a seat, answered with the round as it is then."""

    def act(
        self, request: SignedInRequest, pk: int, form: type[Input], do: Callable[..., Any]
    ) -> Any:
        approval = _approval(request, pk)
        given = read(request, form)
        with transaction.atomic():
            do(_seat(request, approval, given.pop("seat", None)), given)
            return _after(request, pk)


class Decide(_Verb):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        def do(seat: ApprovalSeat, given: dict[str, Any]) -> None:
            opinion = given.get("opinion", "")
            actions.decide(seat, given["answer"], by=request.user, opinion=opinion)

        return self.act(request, pk, Deciding, do)


class Hold(_Verb):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        def do(seat: ApprovalSeat, given: dict[str, Any]) -> None:
            actions.hold(seat, given["reason"], by=request.user)

        return self.act(request, pk, HoldingDecision, do)


class Question(_Verb):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        def do(seat: ApprovalSeat, given: dict[str, Any]) -> None:
            actions.question(seat, given["text"], by=request.user)

        return self.act(request, pk, AskingBack, do)


class HandOver(_Verb):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        def do(seat: ApprovalSeat, given: dict[str, Any]) -> None:
            actions.hand_over(seat, given["to"], given.get("reason", ""), by=request.user)

        return self.act(request, pk, HandingOver, do)


class Recall(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        actions.recall(_approval(request, pk), by=request.user)
        return _answer(request, _approval(request, pk))


def _approval(request: SignedInRequest, pk: int) -> Approval:
    """The round, through the door of its record."""
    related = Approval.objects.select_related("ticket__requester", "ticket__service")
    approval = related.filter(pk=pk).first()
    if approval is None:
        raise NotFound(_("There is no such approval."))
    access.require(request.user, "view", approval.ticket)
    return approval


def _seat(request: SignedInRequest, approval: Approval, pk: int | None) -> ApprovalSeat:
    """The seat that is named, else the reader's own; of another's the action says why not."""
    seats = ApprovalSeat.objects.filter(stage__approval=approval)
    if pk is not None:
        found = seats.filter(pk=pk).first()
        if found is None:
            raise NotFound(_("There is no such decision."))
        return found
    mine = decisions.seat_of(request.user, approval)
    last = mine or seats.filter(user=request.user).first() or seats.order_by("id").first()
    if last is None:
        raise NotFound(_("There is no such decision."))
    return last


def _after(request: SignedInRequest, pk: int) -> Response:
    """The round as it is now; nothing for whom it has become somebody else's."""
    try:
        return _answer(request, _approval(request, pk))
    except NotFound:
        return Response(status=204)


def _answer(request: SignedInRequest, approval: Approval) -> Response:
    ticket = approval.ticket
    shown = next(one for one in decisions.rounds(ticket) if one.pk == approval.pk)
    seat = decisions.seat_of(request.user, approval)
    why_not = decisions.may_decide(request.user, seat) if seat is not None else ""
    return Response(
        {
            "id": shown.pk,
            "ticket": ticket.number,
            "number": shown.number,
            "state": shown.state,
            "afterwards": shown.afterwards,
            "content": [{"label": label, "text": text} for label, text in shown.told],
            "asked_by": _named(shown.asked_by),
            "asked_at": instant(shown.asked_at),
            "ended_at": instant(shown.ended_at),
            "reason": shown.reason,
            "stages": [_stage(stage) for stage in shown.stages.all()],
            "your_seat": seat.pk if seat is not None and not why_not else None,
            "why_not": why_not,
        }
    )


def _named(user: Any) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user is not None else None


def _stage(stage: ApprovalStage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "kind": stage.kind,
        "state": stage.state,
        "decided_by": stage.decided_by,
        "share": stage.share,
        "opened_at": instant(stage.opened_at),
        "due_at": instant(stage.due_at),
        "seats": [
            {
                "id": seat.pk,
                "holder": _named(seat.user),
                "state": seat.state,
                "opinion": seat.opinion,
                "decided_at": instant(seat.decided_at),
                "decided_by": _named(seat.decided_by),
            }
            for seat in stage.seats.all()
        ],
    }


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["stage__approval_id"],
            "seat": row["id"],
            "ticket": row["ticket__number"],
            "title": row["ticket__title"],
            "round": row["stage__approval__number"],
            "requester": person(row, "ticket__requester"),
            "holder": person(row, "user"),
            "kind": row["stage__kind"],
            "stage": pick(row["stage__name_ko"], row["stage__name_en"])
            or str(StageKind(row["stage__kind"]).label),
            "state": row["state"],
            "opinion": row["opinion"],
            "asked_at": instant(row["stage__opened_at"]),
            "due_at": instant(row["stage__due_at"]),
            "decided_at": instant(row["decided_at"]),
            "decided_by": person(row, "decided_by"),
        }
        for row in rows
    ]
