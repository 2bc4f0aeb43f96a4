"""Policies over the API: the desk reads and tries them, administrators edit the draft."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from core.api.filters import Filters, TextFilter, YesNoFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant
from core.api.views import ApiView, read
from core.models import pick
from sla import book
from sla.actions import policies as actions
from sla.actions.lines import DOES, WHO
from sla.api.fields import facts, find, for_the_desk
from sla.api.policyforms import PolicyAdding, PolicyChanging, PolicyMatching
from sla.enums import Agreement, Metric, OnChange, OnReopen, Reach, agreement_of
from sla.facts import seconds
from sla.models import Policy
from sla.queries import changes, matching
from tickets import access

SORTS = Sorts("position", {"position": ("agreement", "position", "id"), "id": ("id",)})
_COLUMNS = ("id", "agreement", "position")
_PLAIN = (
    "agreement", "is_active", "name_ko", "name_en", "note", "kinds", "priorities", "tags", "vip",
    "security", "on_change", "on_reopen", "offerings",
)  # fmt: skip


class PolicyTarget(serializers.Serializer[Any]):
    metric = serializers.ChoiceField(choices=Metric.values)
    priority = serializers.IntegerField(allow_null=True, help_text="Null: those without their own.")
    goal = serializers.IntegerField(help_text="Working seconds.")
    calendar = Named()
    warn_at = serializers.ListField(child=serializers.IntegerField(), help_text="Percents.")


class PolicyDeed(serializers.Serializer[Any]):
    do = serializers.ChoiceField(choices=DOES)
    who = serializers.ListField(child=serializers.ChoiceField(choices=WHO), required=False)
    people = serializers.ListField(child=serializers.IntegerField(), required=False)
    team = serializers.IntegerField(required=False)
    webhook = serializers.IntegerField(required=False)


class PolicyStep(serializers.Serializer[Any]):
    """What happens at a share of a target; 100 is the breach."""

    percent = serializers.IntegerField()
    metrics = serializers.ListField(child=serializers.CharField(), help_text="Empty: all.")
    repeat_minutes = serializers.IntegerField(help_text="Of working time.")
    repeat_limit = serializers.IntegerField()
    actions = PolicyDeed(many=True)


class PolicyRow(Named):
    """A policy as it is edited now. An empty condition fits every record."""

    agreement = serializers.ChoiceField(choices=Agreement.values)
    is_active = serializers.BooleanField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    kinds = serializers.ListField(child=serializers.CharField())
    priorities = serializers.ListField(child=serializers.IntegerField())
    tags = serializers.ListField(child=serializers.CharField())
    services = Named(many=True)
    offerings = serializers.ListField(child=serializers.IntegerField(), help_text="Ids.")
    departments = Named(many=True, help_text="With all below them.")
    teams = Named(many=True)
    vip = serializers.BooleanField(allow_null=True)
    security = serializers.BooleanField(allow_null=True)
    contract = Named(allow_null=True)
    applies_from = serializers.DateTimeField(allow_null=True)
    on_change = serializers.ChoiceField(choices=OnChange.values)
    on_reopen = serializers.ChoiceField(choices=OnReopen.values)
    targets = PolicyTarget(many=True)
    steps = PolicyStep(many=True)
    version = serializers.CharField(help_text="Send it back as `seen`.")


class PolicyTried(Named):
    """A policy that was asked. `condition` and `wants`: what does not hold, in words."""

    fits = serializers.BooleanField()
    counts = serializers.BooleanField(help_text="The first that fits.")
    condition = serializers.CharField(allow_blank=True)
    wants = serializers.CharField(allow_blank=True)


class PolicyOutcome(serializers.Serializer[Any]):
    """What one kind of agreement says of the record."""

    agreement = serializers.ChoiceField(choices=Agreement.values)
    tried = PolicyTried(many=True)
    targets = PolicyTarget(many=True)


class PolicyMatch(serializers.Serializer[Any]):
    results = PolicyOutcome(many=True)


class PolicyFilters(Filters):
    agreement = TextFilter("agreement")
    is_active = YesNoFilter("is_active")

    class Meta:
        model = Policy
        fields: list[str] = []


class PolicyList(ApiView):
    parameters = PolicyFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        found = PolicyFilters.apply(request, Policy.objects.all())
        return paged(request, found.values(*_COLUMNS), SORTS, _rows)

    @idempotent
    @transaction.atomic
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        values = read(request, PolicyAdding)
        active = values.pop("is_active", True)
        made = actions.create_policy(values, by=request.user)
        actions.switch_policy(made, active, by=request.user)
        where = request.build_absolute_uri(f"/api/v1/policies/{made.pk}/")
        return Response(_one(made.pk), status=201, headers={"Location": where})


class OnePolicy(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        return Response(_one(pk))

    @transaction.atomic
    def patch(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        policy = find(Policy.objects, pk)
        values = read(request, PolicyChanging)
        seen, places = values.pop("seen", None), values.pop("move", 0)
        active = values.pop("is_active", policy.is_active)
        actions.edit_policy(policy, values, by=request.user, seen=seen)
        actions.switch_policy(policy, active, by=request.user)
        actions.move_policy(policy, places, by=request.user)
        return Response(_one(pk))


class PolicyMatchView(ApiView):
    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        asked = read(request, PolicyMatching)
        newest = None if asked.get("draft") else changes.newest()
        data = newest.data if newest else changes.draft()
        opened = None
        if "number" in asked:
            record, opened = matching.facts_of(access.get(request.user, asked["number"]))
        else:
            record = facts(asked)
        outcomes = matching.matching(data, record, opened)
        read_book = book.read(0, seconds(timezone.now()), Reach.NEW, data)
        return Response({"results": [_outcome(each, read_book, record) for each in outcomes]})


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    keys = [row["id"] for row in rows]
    found = Policy.objects.filter(pk__in=keys).select_related("contract")
    many = ("services", "departments", "teams", "targets__calendar", "steps")
    by_key = {policy.pk: policy for policy in found.prefetch_related(*many)}
    return [_policy(by_key[key]) for key in keys if key in by_key]


def _one(pk: int) -> dict[str, Any]:
    return _rows([find(Policy.objects.values(*_COLUMNS), pk)])[0]


def _policy(policy: Policy) -> dict[str, Any]:
    state = actions.state_of(policy)
    calendars = {row.calendar_id: row.calendar.name for row in policy.targets.all()}
    return {
        **_named(policy),
        **{name: getattr(policy, name) for name in _PLAIN},
        **{
            name: [_named(row) for row in sorted(getattr(policy, name).all(), key=lambda r: r.pk)]
            for name in actions.MANY
        },
        "contract": _named(policy.contract) if policy.contract else None,
        "applies_from": instant(policy.applies_from),
        "targets": [_target(line, calendars[line["calendar"]]) for line in state["targets"]],
        "steps": state["steps"],
        "version": actions.token_of(policy),
    }


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name}


def _target(line: Mapping[str, Any], calendar: str) -> dict[str, Any]:
    return {**line, "calendar": {"id": line["calendar"], "name": calendar}}


def _outcome(outcome: matching.Outcome, read_book: book.Book, record: Any) -> dict[str, Any]:
    counting = {tried.id for tried in outcome.tried if tried.counts}
    found = next((policy for policy in read_book.policies if policy.id in counting), None)
    return {
        "agreement": outcome.agreement,
        "tried": [
            {
                "id": tried.id,
                "name": tried.name,
                "fits": tried.fits,
                "counts": tried.counts,
                "condition": tried.label,
                "wants": tried.wants,
            }
            for tried in outcome.tried
        ],
        "targets": _goals(found, read_book, record.priority) if found else [],
    }


def _goals(policy: book.Policy, read_book: book.Book, level: int | None) -> list[dict[str, Any]]:
    metrics = [metric for metric in Metric if agreement_of(metric) == policy.agreement]
    found = [policy.target(metric, level) for metric in metrics]
    return [
        {
            "metric": target.metric,
            "priority": target.priority,
            "goal": target.goal,
            "calendar": {
                "id": target.calendar,
                "name": pick(*read_book.calendar_names[target.calendar]),
            },
            "warn_at": list(target.warn_at),
        }
        for target in found
        if target is not None
    ]
