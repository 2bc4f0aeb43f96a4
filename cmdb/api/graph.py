"""Relations between items, and what fails with what."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.reach import reach_of
from cmdb import actions
from cmdb.api.forms import AddingRelation
from cmdb.enums import RelationType
from cmdb.models import ConfigurationItem, Relation, Service
from cmdb.queries.impact import ITEM, SERVICE, Key, nodes_of, reach
from core.api.filters import Filters, IdsFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named
from core.api.views import ApiView, no_content, read
from core.errors import NotAllowed, NotFound

RELATION_SORTS = Sorts("id", {"id": ("id",)})
_RELATION = ("id", "type", "source_id", "source__name", "target_id", "target__name")


class RelationRow(serializers.Serializer[Any]):
    """`source` depends on, runs on, is part of, is connected to `target`."""

    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=RelationType.values)
    source = Named()  # type: ignore[assignment]
    target = Named()


class ImpactRow(serializers.Serializer[Any]):
    """A service or an item, and how many steps away it is."""

    kind = serializers.ChoiceField(choices=[SERVICE, ITEM])
    id = serializers.IntegerField()
    name = serializers.CharField()
    steps = serializers.IntegerField()


class Impact(serializers.Serializer[Any]):
    """`fails_with_it`: what needs it, however far above; `needs`: what it needs below."""

    fails_with_it = ImpactRow(many=True)
    needs = ImpactRow(many=True)


class RelationFilters(Filters):
    source = IdsFilter("source_id")
    target = IdsFilter("target_id")

    class Meta:
        model = Relation
        fields: list[str] = []


def for_the_desk(request: SignedInRequest) -> None:
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Configuration items are for the service desk."))


def _relations(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "type": row["type"],
            **{
                end: {"id": row[f"{end}_id"], "name": row[f"{end}__name"]}
                for end in ("source", "target")
            },
        }
        for row in rows
    ]


def _one(pk: int) -> dict[str, Any]:
    rows = _relations(list(Relation.objects.filter(pk=pk).values(*_RELATION)))
    if not rows:
        raise NotFound(_("There is no such relation."))
    return rows[0]


class RelationList(ApiView):
    parameters = RelationFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        found = RelationFilters.apply(request, Relation.objects.all())
        return paged(request, found.values(*_RELATION), RELATION_SORTS, _relations)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        sent = read(request, AddingRelation)
        made = actions.relate(sent["source"], sent["type"], sent["target"], by=request.user)
        where = request.build_absolute_uri(f"/api/v1/relations/{made.pk}/")
        return Response(_one(made.pk), status=201, headers={"Location": where})


class OneRelation(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        return Response(_one(pk))

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        row = Relation.objects.select_related("source").filter(pk=pk).first()
        if row is None:
            raise NotFound(_("There is no such relation."))
        actions.unrelate(row, by=request.user)
        return no_content()


def _impact(start: Key) -> dict[str, Any]:
    """Both ways; six queries however much hangs on it."""
    return {"fails_with_it": _rows(start, "up"), "needs": _rows(start, "down")}


def _rows(start: Key, way: str) -> list[dict[str, Any]]:
    steps = reach(start, way)
    steps.pop(start, None)
    nodes = nodes_of(steps)
    return [
        {"kind": key[0], "id": key[1], "name": nodes[key].name, "steps": depth}
        for key, depth in steps.items()
        if key in nodes
    ]


class ServiceImpact(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        if not Service.objects.filter(pk=pk).exists():
            raise NotFound(_("There is no such service."))
        return Response(_impact((SERVICE, pk)))


class ItemImpact(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        if not ConfigurationItem.objects.filter(pk=pk).exists():
            raise NotFound(_("There is no such configuration item."))
        return Response(_impact((ITEM, pk)))
