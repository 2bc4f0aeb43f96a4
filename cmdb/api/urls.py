"""Addresses of services and configuration items."""

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from cmdb.api import catalogue
from core.api.docs import key, operation, page_of, paging

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

urlpatterns = [
    path("services/", services.as_view(), name="services"),
    path("services/<key:pk>/", service.as_view(), name="service"),
    path("items/", items.as_view(), name="items"),
]
