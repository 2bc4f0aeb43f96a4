"""The choices an administrator names, for programs that fill in forms."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from accounts.reach import reach_of
from core.api.filters import Filters, active_only
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.views import ApiView
from core.models import pick
from tickets.models import Category, CauseCategory, PendingReason, ResolutionCode

SORTS = Sorts("position", {"position": ("position", "id")})
_COMMON = ("id", "key", "name_ko", "name_en", "position", "is_active")


class LookupRow(serializers.Serializer[Any]):
    """A choice. `key` stays the same, names may be changed by an administrator."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()


class CategoryRow(LookupRow):
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    service = serializers.IntegerField(allow_null=True)
    team = serializers.IntegerField(allow_null=True)
    in_portal = serializers.BooleanField()


class PendingReasonRow(LookupRow):
    waits_for = serializers.ChoiceField(choices=PendingReason.WaitsFor.values)
    pauses_clocks = serializers.BooleanField()


class ResolutionCodeRow(LookupRow):
    pass


class CauseCategoryRow(LookupRow):
    pass


class LookupList(ApiView):
    """`more`: columns beside those that every lookup has."""

    model: ClassVar[type[Model]]
    row: ClassVar[type[LookupRow]]
    more: ClassVar[tuple[str, ...]] = ()
    filters: ClassVar[type[Filters]]

    def get(self, request: SignedInRequest) -> Response:
        found = self.filters.apply(request, self.offered_to(request.user))
        return paged(request, found.values(*_COMMON, *self.more), SORTS, self.shape)

    def offered_to(self, user: User) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def shape(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [{**row, "name": pick(row["name_ko"], row["name_en"])} for row in rows]


def _lookup(
    model: type[Model], row: type[LookupRow], base: type[LookupList] = LookupList
) -> type[LookupList]:
    more = tuple(name for name in row().fields if name not in LookupRow().fields)
    filters = active_only(model)
    own = {"model": model, "row": row, "more": more, "filters": filters}
    return type(
        f"{model.__name__}List", (base,), {**own, "parameters": filters.names() | PARAMETERS}
    )


class _OfferedCategories(LookupList):
    def offered_to(self, user: User) -> QuerySet[Any]:
        """Requesters choose among those of the portal."""
        everything = Category.objects.all()
        if reach_of(user).opens_desk:
            return everything
        return everything.filter(in_portal=True, is_active=True)


CategoryList = _lookup(Category, CategoryRow, _OfferedCategories)
PendingReasonList = _lookup(PendingReason, PendingReasonRow)
ResolutionCodeList = _lookup(ResolutionCode, ResolutionCodeRow)
CauseCategoryList = _lookup(CauseCategory, CauseCategoryRow)
