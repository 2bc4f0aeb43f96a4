"""Addresses of services, configuration items, suppliers and contracts."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from cmdb.api import catalogue, forms, graph, suppliers
from core.api.docs import IDEMPOTENCY, key, operation, page_of, paging

reviewed = extend_schema_view(
    post=operation(
        "services",
        "review_service",
        "Mark a service reviewed",
        body=forms.ReviewingService,
        answer=catalogue.ServiceFacts,
        parameters=[key("id"), IDEMPOTENCY],
        refuses=(403, 409, 422),
    )
)(catalogue.ServiceReviewed)
relations = extend_schema_view(
    get=operation(
        "services",
        "list_relations",
        "List relations between items",
        answer=page_of(graph.RelationRow),
        parameters=[*graph.RelationFilters.parameters(), *paging(graph.RELATION_SORTS)],
        refuses=(403,),
    ),
    post=operation(
        "services",
        "add_relation",
        "Relate two items",
        body=forms.AddingRelation,
        answer=graph.RelationRow,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(graph.RelationList)
relation = extend_schema_view(
    get=operation(
        "services",
        "read_relation",
        "One relation",
        answer=graph.RelationRow,
        parameters=[key("id")],
        refuses=(403,),
    ),
    delete=operation(
        "services",
        "drop_relation",
        "Take a relation back",
        status=204,
        parameters=[key("id")],
        refuses=(403,),
    ),
)(graph.OneRelation)


def _impact(noun: str, view: Any) -> Any:
    return extend_schema_view(
        get=operation(
            "services",
            f"{noun}_impact",
            f"What fails with the {noun}, and what it needs",
            answer=graph.Impact,
            parameters=[key("id")],
            refuses=(403,),
        )
    )(view)


service_impact = _impact("service", graph.ServiceImpact)
item_impact = _impact("item", graph.ItemImpact)


def _kept(
    noun: str,
    one: Any,
    many: Any,
    row: Any,
    sent: tuple[Any, Any],
    listed: Any,
    listed_as: Any = None,
) -> Any:
    """The two addresses of what administrators keep: listed and added to, read and changed.

    `listed_as`: the shape of a row of the list, where one by itself says more.
    """
    adding, changing = sent
    collection = extend_schema_view(
        get=operation(
            "services",
            f"list_{noun}s",
            f"List {noun}s",
            answer=page_of(listed_as or row),
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
    *_kept(
        "service",
        catalogue.OneService,
        catalogue.ServiceList,
        catalogue.ServiceFacts,
        (forms.AddingService, forms.ChangingService),
        [*catalogue.ServiceFilters.parameters(), *paging(catalogue.SERVICE_SORTS)],
        listed_as=catalogue.ServiceRow,
    ),
    path("services/<key:pk>/review/", reviewed.as_view(), name="service_review"),
    path("services/<key:pk>/impact/", service_impact.as_view(), name="service_impact"),
    *_kept(
        "item",
        catalogue.OneItem,
        catalogue.ItemList,
        catalogue.ItemFacts,
        (forms.AddingItem, forms.ChangingItem),
        [*catalogue.ItemFilters.parameters(), *paging(catalogue.ITEM_SORTS)],
        listed_as=catalogue.ItemRow,
    ),
    path("items/<key:pk>/impact/", item_impact.as_view(), name="item_impact"),
    path("relations/", relations.as_view(), name="relations"),
    path("relations/<key:pk>/", relation.as_view(), name="relation"),
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
