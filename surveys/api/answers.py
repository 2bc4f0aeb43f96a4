"""Answers to surveys, and feedback on services. Each read as on the pages of satisfaction."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from cmdb.models import Service
from core.api.fields import Choice, Input, Reference, Text
from core.api.filters import Filters, IdsFilter, MomentFilter, WordsFilter, YesNoFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant
from core.api.views import ApiView, read
from core.errors import NotFound
from surveys import actions
from surveys.access import comment_for, extent_of, may_moderate
from surveys.enums import Score, Stars
from surveys.models import Feedback, Survey
from surveys.queries.feedback import feedback_in
from surveys.queries.results import related, seen_by

SURVEY_SORTS = Sorts("-asked_at", {"asked_at": ("asked_at", "id"), "id": ("id",)})
FEEDBACK_SORTS = Sorts("-id", {"id": ("id",)})


class SurveyRow(serializers.Serializer[Any]):
    """A requester was asked after their record closed. Without an answer `score` is null."""

    id = serializers.IntegerField()
    record = serializers.CharField(help_text="Its number.")
    kind = serializers.CharField()
    team = Named(help_text="Of the moment of closing, as is the service.")
    service = Named(allow_null=True)
    requester = Named()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    score = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    first_score = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Their keys.")
    comment = serializers.CharField(
        allow_null=True, allow_blank=True, help_text="null while it is held back from you."
    )
    follow_up = serializers.CharField(allow_null=True, help_text="Number of the task it made.")


class FeedbackRow(serializers.Serializer[Any]):
    """What somebody thinks of a service. The words of hidden ones are for who may hide."""

    id = serializers.IntegerField()
    service = Named()
    person = Named()
    stars = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(allow_blank=True)
    given_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    hidden = serializers.BooleanField()


class GivingFeedback(Input):
    """Within 90 days it replaces what you said before of the same service."""

    service = Reference(Service, key="slug", help_text="Id or slug.")
    stars = Choice(Stars.values)
    comment = Text(required=False, allow_blank=True, max_length=2000)


class SurveyFilters(Filters):
    team = IdsFilter("team_id")
    service = IdsFilter("service_id", specials=("none",))
    score = WordsFilter("score", offered=lambda: Score.values)
    answered = YesNoFilter(method="is_answered", about="Only those answered, or not.")
    asked_after = MomentFilter("asked_at", lookup_expr="gte")
    asked_before = MomentFilter("asked_at", lookup_expr="lt")

    class Meta:
        model = Survey
        fields: list[str] = []

    def is_answered(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(score__isnull=not value)


class FeedbackFilters(Filters):
    service = IdsFilter("service_id")

    class Meta:
        model = Feedback
        fields: list[str] = []


class Surveys(ApiView):
    """Those that your roles reach, about records that you may see."""

    parameters = SurveyFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        user = request.user
        found = SurveyFilters.apply(request, seen_by(user, extent_of(user)))
        keys = found.values("id", "asked_at")
        return paged(request, keys, SURVEY_SORTS, lambda rows: _surveys(rows, user))


class OneSurvey(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        user = request.user
        if not seen_by(user, extent_of(user)).filter(pk=pk).exists():
            raise NotFound(_("There is no such answer."))
        return Response(_surveys([{"id": pk}], user)[0])


def _surveys(rows: list[Any], reader: User) -> list[dict[str, Any]]:
    found = related(Survey.objects.all()).in_bulk([row["id"] for row in rows])
    now = timezone.now()
    return [_survey(found[row["id"]], reader, now) for row in rows]


def _survey(row: Survey, reader: User, now: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "record": row.ticket.number,
        "kind": row.kind,
        "team": _named(row.team),
        "service": _named(row.service) if row.service else None,
        "requester": _named(row.user),
        "asked_at": instant(row.asked_at),
        "answered_at": instant(row.answered_at),
        "score": row.score,
        "first_score": row.first_score,
        "reasons": [reason.key for reason in row.reasons.all()],
        "comment": comment_for(reader, row, now) if row.score else "",
        "follow_up": row.follow_up.number if row.follow_up else None,
    }


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name}


class ServiceFeedback(ApiView):
    """That of the services you answer for; anybody gives their own."""

    parameters = FeedbackFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        user = request.user
        found = FeedbackFilters.apply(request, feedback_in(extent_of(user), user))
        keys = found.values("id")
        return paged(request, keys, FEEDBACK_SORTS, lambda rows: _all_feedback(rows, user))

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        data = read(request, GivingFeedback)
        made = actions.give(
            data["service"], data["stars"], comment=data.get("comment", ""), by=request.user
        )
        return Response(_all_feedback([{"id": made.pk}], request.user, own=True)[0], status=201)


def _all_feedback(rows: list[Any], reader: User, *, own: bool = False) -> list[dict[str, Any]]:
    joined = Feedback.objects.select_related("service", "user")
    found = joined.in_bulk([row["id"] for row in rows])
    return [_feedback(found[row["id"]], reader, own=own) for row in rows]


def _feedback(row: Feedback, reader: User, *, own: bool) -> dict[str, Any]:
    shown = own or row.hidden_at is None or may_moderate(reader, row)
    return {
        "id": row.pk,
        "service": _named(row.service),
        "person": _named(row.user),
        "stars": row.stars,
        "comment": row.comment if shown else "",
        "given_at": instant(row.given_at),
        "changed_at": instant(row.changed_at),
        "hidden": row.hidden_at is not None,
    }
