"""Objectives of services, outages and samples. For the desk; each action says who may write."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from cmdb.models import Service
from core.api.fields import Choice, Flag, Input, Instant, Reference, Text
from core.api.filters import Filters, IdsFilter, MomentFilter, YesNoFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, instant
from core.api.views import ApiView, read
from core.errors import NotAllowed, NotFound
from sla.actions import objectives as acting
from sla.actions import outages as keeping
from sla.api.fields import Day, Measure
from sla.enums import ObjectiveKind, OutageKind, OutageSource
from sla.models import Calendar, Objective, Outage
from sla.objectives import Availability
from sla.queries.objectives import Month, months_back, standings
from tickets.models import Ticket

OUTAGE_SORTS = Sorts("-started_at", {"started_at": ("started_at", "id"), "id": ("id",)})
_OUTAGE = (
    "id", "kind", "started_at", "ended_at", "announced_at", "withdrawn_at", "note", "source",
    "service_id", "service__name_ko", "service__name_en", "ticket_id",
)  # fmt: skip
MONTHS = 12


class ObjectiveMonth(serializers.Serializer[Any]):
    """One calendar month. What was not measured is null, never 0 and never good."""

    month = serializers.DateField()
    ratio = serializers.FloatField(allow_null=True)
    met = serializers.BooleanField(allow_null=True)
    budget_left = serializers.FloatField(help_text="Seconds, or samples; negative: overspent.")
    burn_rate = serializers.FloatField(allow_null=True)
    down_seconds = serializers.IntegerField(allow_null=True)
    planned_seconds = serializers.IntegerField(allow_null=True)
    degraded_seconds = serializers.IntegerField(allow_null=True)
    failures = serializers.IntegerField(allow_null=True)
    mtrs_seconds = serializers.FloatField(allow_null=True)
    mtbf_seconds = serializers.FloatField(allow_null=True)
    samples = serializers.IntegerField(allow_null=True)


class ObjectiveRow(serializers.Serializer[Any]):
    """An objective, and how it stands."""

    id = serializers.IntegerField()
    service = serializers.IntegerField()
    kind = serializers.ChoiceField(ObjectiveKind.choices)
    target = serializers.FloatField(help_text="Per cent.")
    calendar = serializers.IntegerField()
    metric = serializers.CharField(allow_blank=True)
    threshold = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField()
    is_active = serializers.BooleanField()
    months = ObjectiveMonth(many=True, help_text="Oldest first.")


class ObjectiveRows(serializers.Serializer[Any]):
    results = ObjectiveRow(many=True)


class ObjectiveAdding(Input):
    service = Reference(Service, key="slug")
    kind = Choice(ObjectiveKind.choices)
    target = serializers.DecimalField(max_digits=6, decimal_places=3, min_value=0, max_value=100)
    calendar = Reference(Calendar, key="key")
    starts_on = Day()
    metric = serializers.SlugField(required=False, allow_blank=True, max_length=60)
    threshold = Measure(required=False, allow_null=True)
    unit = Text(required=False, allow_blank=True, max_length=20)
    is_active = Flag(required=False)


class ObjectiveChanging(Input):
    target = serializers.DecimalField(
        max_digits=6, decimal_places=3, min_value=0, max_value=100, required=False
    )
    calendar = Reference(Calendar, key="key", required=False)
    starts_on = Day(required=False)
    threshold = Measure(required=False, allow_null=True)
    unit = Text(required=False, allow_blank=True, max_length=20)
    is_active = Flag(required=False)


def _for_the_desk(request: SignedInRequest) -> None:
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Service objectives are for the service desk."))


def _objectives() -> Any:
    found = Objective.objects.select_related("service", "calendar")
    return found.prefetch_related("calendar__days").order_by("id")


class Objectives(ApiView):
    """The objectives in use with this month and the one before."""

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        found = list(_objectives().filter(is_active=True))
        return Response({"results": _told(found, 2)})

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        data = read(request, ObjectiveAdding)
        made = acting.save_objective(None, data, by=request.user)
        return Response(_told([_objectives().get(pk=made.pk)], MONTHS)[0], status=201)


class OneObjective(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        return Response(_told([_one(pk)], MONTHS)[0])

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        acting.save_objective(_one(pk), read(request, ObjectiveChanging), by=request.user)
        return Response(_told([_one(pk)], MONTHS)[0])


def _one(pk: int) -> Objective:
    found: Objective | None = _objectives().filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def _told(objectives: Sequence[Objective], months: int) -> list[dict[str, Any]]:
    found = standings(objectives, months_back(months))
    return [
        {
            "id": row.pk,
            "service": row.service_id,
            "kind": row.kind,
            "target": float(row.target),
            "calendar": row.calendar_id,
            "metric": row.metric,
            "threshold": row.threshold,
            "unit": row.unit,
            "starts_on": row.starts_on.isoformat(),
            "is_active": row.is_active,
            "months": [_month(month) for month in found[row.pk]],
        }
        for row in objectives
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _month(month: Month) -> dict[str, Any]:
    result = month.result
    time = result if isinstance(result, Availability) else None
    return {
        "month": month.first.isoformat(),
        "ratio": _number(month.ratio),
        "met": month.met,
        "budget_left": float(month.budget.left),
        "burn_rate": _number(month.burn_rate),
        "down_seconds": time.down if time else None,
        "planned_seconds": time.planned if time else None,
        "degraded_seconds": time.degraded if time else None,
        "failures": time.failures if time else None,
        "mtrs_seconds": _number(time.mtrs) if time else None,
        "mtbf_seconds": _number(time.mtbf) if time else None,
        "samples": None if isinstance(result, Availability) else result.samples,
    }


# Outages -----------------------------------------------------------------------------------------


class OutageRow(serializers.Serializer[Any]):
    """An outage as it was entered and corrected."""

    id = serializers.IntegerField()
    service = Named()
    kind = serializers.ChoiceField(OutageKind.choices)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    announced_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Entered by mistake.")
    note = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(OutageSource.choices)  # type: ignore[assignment]


class OutageAdding(Input):
    service = Reference(Service, key="slug")
    kind = Choice(OutageKind.choices, required=False)
    started_at = Instant(required=False, help_text="Now, if left out.")
    ended_at = Instant(required=False, allow_null=True)
    note = Text(required=False, allow_blank=True, max_length=300)


class OutageChanging(Input):
    kind = Choice(OutageKind.choices, required=False)
    started_at = Instant(required=False)
    ended_at = Instant(required=False, allow_null=True)
    note = Text(required=False, allow_blank=True, max_length=300)


class OutageEnding(Input):
    at = Instant(required=False, help_text="Now, if left out.")


class OutageFilters(Filters):
    service = IdsFilter("service_id")
    started_after = MomentFilter("started_at", lookup_expr="gte")
    going_on = YesNoFilter(method="is_going_on", about="Neither ended nor withdrawn.")

    class Meta:
        model = Outage
        fields: list[str] = []

    def is_going_on(self, rows: Any, name: str, value: bool) -> Any:
        going_on = Q(ended_at=None, withdrawn_at=None)
        return rows.filter(going_on if value else ~going_on)


class Outages(ApiView):
    parameters = OutageFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        found = OutageFilters.apply(request, Outage.objects.all())
        return paged(
            request, found.values(*_OUTAGE), OUTAGE_SORTS, lambda rows: _outages(rows, request.user)
        )

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        data = dict(read(request, OutageAdding))
        service = data.pop("service")
        made = keeping.open_outage(service, by=request.user, source=OutageSource.API, **data)
        return Response(_outage(made.pk, request.user), status=201)


class OneOutage(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        return Response(_outage(_kept(pk).pk, request.user))

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        keeping.correct_outage(_kept(pk), read(request, OutageChanging), by=request.user)
        return Response(_outage(pk, request.user))


class OutageEnd(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        data = read(request, OutageEnding)
        keeping.end_outage(_kept(pk), by=request.user, at=data.get("at") or timezone.now())
        return Response(_outage(pk, request.user))


class OutageWithdrawal(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        keeping.withdraw_outage(_kept(pk), by=request.user)
        return Response(_outage(pk, request.user))


def _kept(pk: int) -> Outage:
    found = Outage.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such outage."))
    return found


def _outage(pk: int, reader: User) -> dict[str, Any]:
    return _outages(list(Outage.objects.filter(pk=pk).values(*_OUTAGE)), reader)[0]


def _outages(rows: list[Row], reader: User) -> list[dict[str, Any]]:
    """The note of what a record said is told only to those who may see the record."""
    told = {row["ticket_id"] for row in rows} - {None}
    seen: set[int | None] = {None}
    if told:
        visible = Ticket.objects.visible_to(reader).filter(pk__in=told)
        seen |= set(visible.order_by().values_list("pk", flat=True))
    times = ("started_at", "ended_at", "announced_at", "withdrawn_at")
    return [
        {
            "id": row["id"],
            "service": bilingual(row, "service"),
            "kind": row["kind"],
            "note": row["note"] if row["ticket_id"] in seen else "",
            "source": row["source"],
            **{name: instant(row[name]) for name in times},
        }
        for row in rows
    ]


# Samples -----------------------------------------------------------------------------------------


class SampleValue(Input):
    at = Instant()
    value = Measure()


class SamplesSent(Input):
    service = Reference(Service, key="slug")
    metric = serializers.SlugField(max_length=60)
    samples = serializers.ListField(
        child=SampleValue(), allow_empty=False, max_length=acting.MOST_SAMPLES
    )


class SamplesKept(serializers.Serializer[Any]):
    kept = serializers.IntegerField(help_text="How many were sent; what is there already stays.")


class Samples(ApiView):
    """Measured values. Sending the same again changes nothing."""

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        data = read(request, SamplesSent)
        rows = [(row["at"], row["value"]) for row in data["samples"]]
        kept = acting.push_samples(data["service"], data["metric"], rows, by=request.user)
        return Response({"kept": kept}, status=201)
