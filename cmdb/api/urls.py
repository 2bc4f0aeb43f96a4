"""Addresses of services, configuration items, suppliers and contracts."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from cmdb.api import catalogue, suppliers
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging

services = extend_schema_view(
    get=operation(
        "services",
        "list_services",
        "List services",
        answer=page_of(catalogue.ServiceRow),
        parameters=[*catalogue.ServiceFilters.parameters(), *paging(catalogue.SERVICE_SORTS)],
    )
)(catalogue.ServiceList)
service = extend_schema_view(
    get=operation(
        "services",
        "read_service",
        "One service",
        answer=catalogue.ServiceRow,
        parameters=[key("id")],
    )
)(catalogue.OneService)
items = extend_schema_view(
    get=operation(
        "services",
        "list_items",
        "List configuration items",
        answer=page_of(catalogue.ItemRow),
        parameters=[*catalogue.ItemFilters.parameters(), *paging(catalogue.ITEM_SORTS)],
        refuses=(403,),
    )
)(catalogue.ItemList)


def _kept(noun: str, one: Any, many: Any, row: Any, forms: tuple[Any, Any], listed: Any) -> Any:
    """The two addresses of what administrators keep: listed and added to, read and changed."""
    adding, changing = forms
    collection = extend_schema_view(
        get=operation(
            "services",
            f"list_{noun}s",
            f"List {noun}s",
            answer=page_of(row),
            parameters=listed,
            refuses=(403,),
        ),
        post=operation(
            "services",
            f"add_{noun}",
            f"Add a {noun}",
            body=adding,
            answer=row,
            status=201,
            parameters=[IDEMPOTENCY],
            refuses=(403, 409, 422),
        ),
    )(many)
    single = extend_schema_view(
        get=operation(
            "services",
            f"read_{noun}",
            f"One {noun}",
            answer=row,
            parameters=[key("id")],
            refuses=(403,),
        ),
        patch=operation(
            "services",
            f"change_{noun}",
            f"Change a {noun}",
            body=changing,
            answer=row,
            parameters=[key("id")],
            refuses=(403, 422),
        ),
    )(one)
    return [
        path(f"{noun}s/", collection.as_view(), name=f"{noun}s"),
        path(f"{noun}s/<key:pk>/", single.as_view(), name=noun),
    ]


urlpatterns = [
    path("services/", services.as_view(), name="services"),
    path("services/<key:pk>/", service.as_view(), name="service"),
    path("items/", items.as_view(), name="items"),
    *_kept(
        "supplier",
        suppliers.OneSupplier,
        suppliers.SupplierList,
        suppliers.SupplierRow,
        (suppliers.AddingSupplier, suppliers.ChangingSupplier),
        [*suppliers.SupplierFilters.parameters(), *paging(suppliers.SUPPLIER_SORTS)],
    ),
    *_kept(
        "contract",
        suppliers.OneContract,
        suppliers.ContractList,
        suppliers.ContractRow,
        (suppliers.AddingContract, suppliers.ChangingContract),
        [*suppliers.ContractFilters.parameters(), *paging(suppliers.CONTRACT_SORTS)],
    ),
]
