"""Suppliers and contracts: the desk reads them, administrators write them."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from cmdb import actions
from cmdb.enums import ContractState
from cmdb.models import ConfigurationItem, Contract, Service, Supplier
from core.api.fields import Flag, Input, Reference, References, Text
from core.api.filters import Filters, IdsFilter, TextFilter, YesNoFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, person
from core.api.views import ApiView, read
from core.errors import NotAllowed, NotFound
from core.models import pick

SUPPLIER_SORTS = Sorts("id", {"id": ("id",)})
CONTRACT_SORTS = Sorts("number", {"number": ("number",), "id": ("id",)})
_SUPPLIER = (
    "id", "slug", "name_ko", "name_en", "contact_name", "email", "phone", "url", "note",
    "is_active",
)  # fmt: skip
_CONTRACT = (
    "id", "number", "name_ko", "name_en", "starts_on", "ends_on", "terms", "is_active",
    "supplier_id", "supplier__name_ko", "supplier__name_en",
    "owner_id", "owner__display_name", "owner__roman_name",
)  # fmt: skip
OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True}


class Day(serializers.DateField):
    """A calendar day, YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or len(value) != len("2026-11-23"):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class SupplierRow(Named):
    """A supplier, with both its names."""

    slug = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    contact_name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    is_active = serializers.BooleanField()


class ContractRow(Named):
    """A contract. `state` is what it is today."""

    number = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    supplier = Named()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    terms = serializers.CharField(allow_blank=True)
    owner = Named(allow_null=True)
    is_active = serializers.BooleanField()
    state = serializers.ChoiceField(choices=ContractState.values)
    services = Named(many=True)
    items = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of items.")


class _Names(Input):
    name_ko = Text(**OPTIONAL, max_length=120)
    name_en = Text(**OPTIONAL, max_length=120)


class ChangingSupplier(_Names):
    contact_name = Text(**OPTIONAL, max_length=120)
    email = Text(**OPTIONAL, max_length=254)
    phone = Text(**OPTIONAL, max_length=40)
    url = Text(**OPTIONAL, max_length=300)
    note = Text(**OPTIONAL, max_length=4000)
    is_active = Flag(required=False)


class AddingSupplier(ChangingSupplier):
    """One of the two names is needed."""


def _supplier(**kwargs: Any) -> Reference:
    return Reference(Supplier, key="slug", help_text="Id or slug.", **kwargs)


class _Covering(_Names):
    ends_on = Day(required=False, allow_null=True, help_text="The last day; null: it runs on.")
    terms = Text(**OPTIONAL, max_length=20_000)
    owner = Reference(User, key="email", required=False, allow_null=True, help_text="Id or e-mail.")
    services = References(Service, key="slug", required=False, help_text="Ids or slugs.")
    items = References(ConfigurationItem, key="name", required=False, help_text="Ids or names.")
    is_active = Flag(required=False)


class AddingContract(_Covering):
    """One of the two names is needed."""

    number = Text(max_length=60)
    supplier = _supplier()
    starts_on = Day()


class ChangingContract(_Covering):
    number = Text(max_length=60, required=False)
    supplier = _supplier(required=False)
    starts_on = Day(required=False)


class SupplierFilters(Filters):
    is_active = YesNoFilter(field_name="is_active", about="Only those in use, or no longer.")
    q = TextFilter(method="matching", about="In the names.")

    class Meta:
        model = Supplier
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name_ko__icontains=value) | Q(name_en__icontains=value))


class ContractFilters(Filters):
    supplier = IdsFilter("supplier_id")
    service = IdsFilter("services", about="Those that cover one of these services.", distinct=True)
    is_active = YesNoFilter(field_name="is_active", about="Only those in use, or no longer.")
    q = TextFilter(method="matching", about="In number or names.")

    class Meta:
        model = Contract
        fields: list[str] = []

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        names = Q(name_ko__icontains=value) | Q(name_en__icontains=value)
        return rows.filter(names | Q(number__icontains=value))


def _for_the_desk(request: SignedInRequest) -> None:
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Suppliers and contracts are for the service desk."))


def _suppliers(rows: list[Row]) -> list[dict[str, Any]]:
    return [{**row, "name": pick(row["name_ko"], row["name_en"])} for row in rows]


def _contracts(rows: list[Row]) -> list[dict[str, Any]]:
    today = timezone.localdate()
    services, items = _covered([row["id"] for row in rows])
    return [
        {
            **{name: row[name] for name in _CONTRACT[:8]},
            "name": pick(row["name_ko"], row["name_en"]),
            "supplier": bilingual(row, "supplier"),
            "owner": person(row, "owner"),
            "state": _state(row, today),
            "services": services[row["id"]],
            "items": items[row["id"]],
        }
        for row in rows
    ]


def _state(row: Row, today: date) -> str:
    plain = {name: row[name] for name in ("starts_on", "ends_on", "is_active")}
    return Contract(**plain).state_on(today).value


def _covered(ids: list[int]) -> tuple[dict[int, list[Any]], dict[int, list[int]]]:
    """What each of these contracts covers, in two queries."""
    services: dict[int, list[Any]] = defaultdict(list)
    items: dict[int, list[int]] = defaultdict(list)
    named = Service.objects.filter(contracts__in=ids).order_by("id")
    for contract, pk, ko, en in named.values_list("contracts", "id", "name_ko", "name_en"):
        services[contract].append({"id": pk, "name": pick(ko, en)})
    on = ConfigurationItem.objects.filter(contracts__in=ids).order_by("id")
    for contract, pk in on.values_list("contracts", "id"):
        items[contract].append(pk)
    return services, items


def _one_supplier(pk: int) -> dict[str, Any]:
    (shown,) = _suppliers(list(Supplier.objects.filter(pk=pk).values(*_SUPPLIER)))
    return shown


def _one_contract(pk: int) -> dict[str, Any]:
    (shown,) = _contracts(list(Contract.objects.filter(pk=pk).values(*_CONTRACT)))
    return shown


def _find(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such entry."))
    return row


class SupplierList(ApiView):
    parameters = SupplierFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        found = SupplierFilters.apply(request, Supplier.objects.all())
        return paged(request, found.values(*_SUPPLIER), SUPPLIER_SORTS, _suppliers)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        made = actions.create_supplier(read(request, AddingSupplier), by=request.user)
        where = request.build_absolute_uri(f"/api/v1/suppliers/{made.pk}/")
        return Response(_one_supplier(made.pk), status=201, headers={"Location": where})


class OneSupplier(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        return Response(_one_supplier(_find(Supplier, pk).pk))

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        supplier = _find(Supplier, pk)
        actions.edit_supplier(supplier, read(request, ChangingSupplier), by=request.user)
        return Response(_one_supplier(pk))


class ContractList(ApiView):
    parameters = ContractFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        found = ContractFilters.apply(request, Contract.objects.all())
        return paged(request, found.values(*_CONTRACT), CONTRACT_SORTS, _contracts)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        made = actions.create_contract(read(request, AddingContract), by=request.user)
        where = request.build_absolute_uri(f"/api/v1/contracts/{made.pk}/")
        return Response(_one_contract(made.pk), status=201, headers={"Location": where})


class OneContract(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        return Response(_one_contract(_find(Contract, pk).pk))

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        contract = _find(Contract, pk)
        actions.edit_contract(contract, read(request, ChangingContract), by=request.user)
        return Response(_one_contract(pk))
