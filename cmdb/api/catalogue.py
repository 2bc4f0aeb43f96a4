"""What records are about: services for everybody, configuration items for the desk."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from cmdb.enums import ItemStatus, ItemType, ServiceStatus
from cmdb.models import ConfigurationItem, Service
from core.api.filters import Filters, IdsFilter, TextFilter, WordsFilter
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, person
from core.api.views import ApiView
from core.errors import NotAllowed, NotFound
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


class ItemRow(Named):
    """A configuration item."""

    type = serializers.ChoiceField(choices=ItemType.values)
    status = serializers.ChoiceField(choices=ItemStatus.values)
    serial = serializers.CharField(allow_blank=True)
    location = serializers.CharField(allow_blank=True)
    owner = Named(allow_null=True)
    support_team = Named(allow_null=True)


class ServiceFilters(Filters):
    status = WordsFilter("status", offered=lambda: ServiceStatus.values)
    support_team = IdsFilter("support_team_id", specials=("none",))
    q = TextFilter(method="matching", about="In the names.")

    class Meta:
        model = Service
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name_ko__icontains=value) | Q(name_en__icontains=value))


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


class OneService(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        row = _offered_to(request.user).filter(pk=pk).values(*_SERVICE).first()
        if row is None:
            raise NotFound(_("There is no such service."))
        return Response(_service(row, desk=reach_of(request.user).opens_desk))


def _items(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in _ITEM[:6]},
            "owner": person(row, "owner"),
            "support_team": bilingual(row, "support_team"),
        }
        for row in rows
    ]


class ItemList(ApiView):
    parameters = ItemFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        if not reach_of(request.user).opens_desk:
            raise NotAllowed(_("Configuration items are for the service desk."))
        found = ItemFilters.apply(request, ConfigurationItem.objects.all())
        return paged(request, found.values(*_ITEM), ITEM_SORTS, _items)
