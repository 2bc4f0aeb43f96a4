"""What records are about: services for everybody, configuration items for the desk."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from cmdb import actions
from cmdb.api.forms import (
    AddingItem,
    AddingService,
    ChangingItem,
    ChangingService,
    ReviewingService,
)
from cmdb.api.graph import for_the_desk
from cmdb.enums import CostPeriod, ItemStatus, ItemType, ReviewState, ServiceStatus
from cmdb.models import ConfigurationItem, Service
from cmdb.queries import matching
from core.api.filters import Filters, IdsFilter, TextFilter, WordsFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, instant, person
from core.api.views import ApiView, read
from core.errors import NotFound
from core.models import pick

SERVICE_SORTS = Sorts("id", {"id": ("id",)})
ITEM_SORTS = Sorts("name", {"name": ("name", "id"), "id": ("id",)})
_SERVICE = (
    "id", "slug", "name_ko", "name_en", "summary_ko", "summary_en", "status", "criticality",
    "owner_id", "owner__display_name", "owner__roman_name",
    "support_team_id", "support_team__name_ko", "support_team__name_en",
)  # fmt: skip
_ITEM = (
    "id", "name", "type", "status", "serial", "location",
    "owner_id", "owner__display_name", "owner__roman_name",
    "support_team_id", "support_team__name_ko", "support_team__name_en",
)  # fmt: skip


class ServiceRow(Named):
    """A service. What is not required is told to the desk only."""

    slug = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    summary = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=ServiceStatus.values)
    criticality = serializers.IntegerField(required=False, help_text="1 business critical … 4 low.")
    owner = Named(required=False, allow_null=True)
    support_team = Named(required=False, allow_null=True)


# Everything that is written about a service, for everybody to read, and what is for the desk.
_PLAIN = (
    "description_ko", "description_en", "contact_ko", "contact_en", "contact_email",
    "contact_phone", "users_ko", "users_en", "user_count", "hours_ko", "hours_en",
    "support_policy_ko", "support_policy_en", "cost_amount", "cost_currency", "cost_period",
    "cost_unit_ko", "cost_unit_en", "paid_by_ko", "paid_by_en", "tags", "synonyms_ko",
    "synonyms_en",
)  # fmt: skip


class ServiceFacts(ServiceRow):
    """Everything about a service. What is not required is told to the desk only."""

    summary_ko = serializers.CharField(allow_blank=True)
    summary_en = serializers.CharField(allow_blank=True)
    description_ko = serializers.CharField(allow_blank=True)
    description_en = serializers.CharField(allow_blank=True)
    contact_person = Named(required=False, allow_null=True)
    contact_ko = serializers.CharField(allow_blank=True)
    contact_en = serializers.CharField(allow_blank=True)
    contact_email = serializers.CharField(allow_blank=True)
    contact_phone = serializers.CharField(allow_blank=True)
    users_ko = serializers.CharField(allow_blank=True)
    users_en = serializers.CharField(allow_blank=True)
    user_count = serializers.IntegerField(allow_null=True)
    hours_ko = serializers.CharField(allow_blank=True)
    hours_en = serializers.CharField(allow_blank=True)
    support_policy_ko = serializers.CharField(allow_blank=True)
    support_policy_en = serializers.CharField(allow_blank=True)
    cost_amount = serializers.FloatField(allow_null=True)
    cost_currency = serializers.CharField()
    cost_period = serializers.ChoiceField(choices=CostPeriod.values)
    cost_unit_ko = serializers.CharField(allow_blank=True)
    cost_unit_en = serializers.CharField(allow_blank=True)
    paid_by_ko = serializers.CharField(allow_blank=True)
    paid_by_en = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    synonyms_ko = serializers.ListField(child=serializers.CharField())
    synonyms_en = serializers.ListField(child=serializers.CharField())
    review_every = serializers.IntegerField(required=False, allow_null=True, help_text="Months.")
    review_due_on = serializers.DateField(required=False, allow_null=True)
    review_state = serializers.ChoiceField(choices=ReviewState.values, required=False)
    reviewed_at = serializers.DateTimeField(required=False, allow_null=True)
    depends_on = Named(many=True, required=False)
    needed_by = Named(many=True, required=False)


class ItemRow(Named):
    """A configuration item."""

    type = serializers.ChoiceField(choices=ItemType.values)
    status = serializers.ChoiceField(choices=ItemStatus.values)
    serial = serializers.CharField(allow_blank=True)
    location = serializers.CharField(allow_blank=True)
    owner = Named(allow_null=True)
    support_team = Named(allow_null=True)


class ItemFacts(ItemRow):
    """A configuration item, and the services that run on it."""

    services = Named(many=True)


class ServiceFilters(Filters):
    status = WordsFilter("status", offered=lambda: ServiceStatus.values)
    support_team = IdsFilter("support_team_id", specials=("none",))
    q = TextFilter(method="matching", about="In names, summaries, synonyms and tags.")

    class Meta:
        model = Service
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(matching(value))


class ItemFilters(Filters):
    type = WordsFilter("type", offered=lambda: ItemType.values)
    status = WordsFilter("status", offered=lambda: ItemStatus.values)
    q = TextFilter(method="matching", about="In name or serial number.")

    class Meta:
        model = ConfigurationItem
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=value) | Q(serial__icontains=value))


def _offered_to(user: User) -> QuerySet[Service]:
    """Requesters know the services that are live."""
    services = Service.objects.all()
    return services if reach_of(user).opens_desk else services.filter(status=ServiceStatus.LIVE)


def _service(row: Row, *, desk: bool) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "slug", "name_ko", "name_en", "status")}
    shown["name"] = pick(row["name_ko"], row["name_en"])
    shown["summary"] = pick(row["summary_ko"], row["summary_en"])
    if desk:
        shown["criticality"] = row["criticality"]
        shown["owner"] = person(row, "owner")
        shown["support_team"] = bilingual(row, "support_team")
    return shown


class ServiceList(ApiView):
    parameters = ServiceFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        found = ServiceFilters.apply(request, _offered_to(request.user))
        desk = reach_of(request.user).opens_desk
        return paged(
            request,
            found.values(*_SERVICE),
            SERVICE_SORTS,
            lambda rows: [_service(row, desk=desk) for row in rows],
        )

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        made = actions.create_service(read(request, AddingService), by=request.user)
        where = request.build_absolute_uri(f"/api/v1/services/{made.pk}/")
        return Response(_facts(made.pk, request), status=201, headers={"Location": where})


def _facts(pk: int, request: SignedInRequest) -> dict[str, Any]:
    """Everything about one service that the reader may know of."""
    desk = reach_of(request.user).opens_desk
    related = ("owner", "support_team", "contact_person")
    service = _offered_to(request.user).select_related(*related).filter(pk=pk).first()
    if service is None:
        raise NotFound(_("There is no such service."))
    shown: dict[str, Any] = {
        name: getattr(service, name)
        for name in ("id", "slug", "name_ko", "name_en", "name", "status", "summary")
    }
    shown |= {name: getattr(service, name) for name in ("summary_ko", "summary_en", *_PLAIN)}
    shown["cost_amount"] = None if service.cost_amount is None else float(service.cost_amount)
    if desk:
        shown |= {name: _named(getattr(service, name)) for name in related}
        shown |= {
            "criticality": service.criticality,
            "review_every": service.review_every,
            "review_due_on": service.review_due_on,
            "review_state": service.review_state(timezone.localdate()).value,
            "reviewed_at": instant(service.reviewed_at),
            "depends_on": [_named(row) for row in service.depends_on.order_by("id")],
            "needed_by": [_named(row) for row in service.dependents.order_by("id")],
        }
    return shown


def _named(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row is not None else None


def _service_for(request: SignedInRequest, pk: int) -> Service:
    service = _offered_to(request.user).filter(pk=pk).first()
    if service is None:
        raise NotFound(_("There is no such service."))
    return service


class OneService(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        return Response(_facts(pk, request))

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        service = _service_for(request, pk)
        actions.edit_service(service, read(request, ChangingService), by=request.user)
        return Response(_facts(pk, request))


class ServiceReviewed(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        service = _service_for(request, pk)
        note = read(request, ReviewingService).get("note", "")
        actions.mark_reviewed(service, note, by=request.user)
        return Response(_facts(pk, request))


def _items(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in _ITEM[:6]},
            "owner": person(row, "owner"),
            "support_team": bilingual(row, "support_team"),
        }
        for row in rows
    ]


def _one_item(pk: int) -> dict[str, Any]:
    rows = _items(list(ConfigurationItem.objects.filter(pk=pk).values(*_ITEM)))
    if not rows:
        raise NotFound(_("There is no such configuration item."))
    services = Service.objects.filter(items=pk).order_by("id")
    return {**rows[0], "services": [_named(service) for service in services]}


class ItemList(ApiView):
    parameters = ItemFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        found = ItemFilters.apply(request, ConfigurationItem.objects.all())
        return paged(request, found.values(*_ITEM), ITEM_SORTS, _items)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        made = actions.create_item(read(request, AddingItem), by=request.user)
        where = request.build_absolute_uri(f"/api/v1/items/{made.pk}/")
        return Response(_one_item(made.pk), status=201, headers={"Location": where})


class OneItem(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        return Response(_one_item(pk))

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        item = ConfigurationItem.objects.filter(pk=pk).first()
        if item is None:
            raise NotFound(_("There is no such configuration item."))
        actions.edit_item(item, read(request, ChangingItem), by=request.user)
        return Response(_one_item(pk))
