"""Duty rotas: who is on duty at an instant, and changes of duty. For the desk."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts import duty
from accounts import rota as turns
from accounts.actions import rotas
from accounts.models import Rota, RotaOverride, User
from accounts.reach import reach_of
from core.api.fields import Input, Instant, Reference, Text, read_instant
from core.api.filters import Filters, IdsFilter, MomentFilter, YesNoFilter
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, bilingual, instant, person
from core.api.views import ApiView, read
from core.errors import NotAllowed, NotFound
from core.models import pick

SORTS = Sorts("id", {"id": ("id",)})
OVERRIDE_SORTS = Sorts("begins_at", {"begins_at": ("begins_at", "id"), "id": ("id",)})
_ROTA = (
    "id", "name_ko", "name_en", "zone", "is_active",
    "team_id", "team__name_ko", "team__name_en",
)  # fmt: skip
_OVERRIDE = (
    "id", "begins_at", "ends_at", "reason",
    "user_id", "user__display_name", "user__roman_name",
    "instead_of_id", "instead_of__display_name", "instead_of__roman_name",
)  # fmt: skip


class OnDuty(Named):
    """Somebody on duty."""

    rank = serializers.IntegerField(help_text="1: on duty; 2 and more: deputies, in their order.")
    instead_of = Named(allow_null=True, help_text="In whose place, if it is not their own turn.")
    phone = serializers.CharField(allow_blank=True)
    extension = serializers.CharField(allow_blank=True)


class RotaRow(Named):
    """A rota, and who is on duty by it."""

    name_ko = serializers.CharField(allow_blank=True)
    name_en = serializers.CharField(allow_blank=True)
    team = Named()
    zone = serializers.CharField(help_text="Whose clock its hand-overs keep to.")
    is_active = serializers.BooleanField()
    on_duty = OnDuty(many=True, help_text="Empty: nobody.")


class OverrideRow(serializers.Serializer[Any]):
    """A change of duty. No `user`: `instead_of` is away; no `instead_of`: whoever is first."""

    id = serializers.IntegerField()
    user = Named(allow_null=True)
    instead_of = Named(allow_null=True)
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)


def _somebody(about: str) -> Reference:
    return Reference(User, key="email", required=False, allow_null=True, help_text=about)


class AddingOverride(Input):
    """`user` or `instead_of` is needed."""

    user = _somebody("Id or e-mail of who is on duty; null: the next in the order.")
    instead_of = _somebody("Id or e-mail of whose turn it is; null: whoever is first.")
    begins_at = Instant()
    ends_at = Instant()
    reason = Text(required=False, allow_blank=True, max_length=200)


class RotaFilters(Filters):
    team = IdsFilter("team_id")
    is_active = YesNoFilter("is_active")
    at = MomentFilter(method="any_time", about="Who is on duty then; else now.")

    class Meta:
        model = Rota
        fields: list[str] = []

    def any_time(self, rows: QuerySet[Any], name: str, value: datetime) -> QuerySet[Any]:
        return rows


class OverrideFilters(Filters):
    after = MomentFilter("ends_at", lookup_expr="gt", about="Those that end after this instant.")

    class Meta:
        model = RotaOverride
        fields: list[str] = []


class RotaList(ApiView):
    parameters = RotaFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        _for_the_desk(request)
        found = RotaFilters.apply(request, Rota.objects.all())
        asked = request.query_params.get("at", "").replace(" ", "+")
        at = read_instant(asked) or timezone.now()
        return paged(request, found.values(*_ROTA), SORTS, lambda rows: _rotas(rows, at))


class OverrideList(ApiView):
    parameters = OverrideFilters.names() | PARAMETERS

    def get(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        found = OverrideFilters.apply(request, RotaOverride.objects.filter(rota=_rota(pk)))
        return paged(request, found.values(*_OVERRIDE), OVERRIDE_SORTS, _overrides)

    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        _for_the_desk(request)
        rota = _rota(pk)
        given = {"user": None, **read(request, AddingOverride)}
        made = rotas.add_override(rota, by=request.user, **given)
        (shown,) = _overrides(list(RotaOverride.objects.filter(pk=made.pk).values(*_OVERRIDE)))
        where = request.build_absolute_uri(f"/api/v1/rotas/{pk}/overrides/{made.pk}/")
        return Response(shown, status=201, headers={"Location": where})


class OneOverride(ApiView):
    def get(self, request: SignedInRequest, pk: int, override_pk: int) -> Response:
        _for_the_desk(request)
        rows = RotaOverride.objects.filter(pk=override_pk, rota=pk).values(*_OVERRIDE)
        if not rows:
            raise NotFound(_("There is no such change of duty."))
        return Response(_overrides(list(rows))[0])

    def delete(self, request: SignedInRequest, pk: int, override_pk: int) -> Response:
        _for_the_desk(request)
        found = RotaOverride.objects.filter(pk=override_pk, rota=pk).select_related("rota__team")
        change = found.first()
        if change is None:
            raise NotFound(_("There is no such change of duty."))
        rotas.remove_override(change, by=request.user)
        return Response(status=204)


def _for_the_desk(request: SignedInRequest) -> None:
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Duty rotas are for the service desk."))


def _rota(pk: int) -> Rota:
    rota = Rota.objects.filter(pk=pk).select_related("team").first()
    if rota is None:
        raise NotFound(_("There is no such rota."))
    return rota


def _rotas(rows: list[Row], at: datetime) -> list[dict[str, Any]]:
    found = Rota.objects.in_bulk([row["id"] for row in rows])
    loaded = {one.rota.pk: one for one in duty.load(found.values(), at, at)}
    return [
        {
            **{name: row[name] for name in _ROTA[:5]},
            "name": pick(row["name_ko"], row["name_en"]),
            "team": bilingual(row, "team"),
            "on_duty": _on_duty(loaded[row["id"]], at) if row["is_active"] else [],
        }
        for row in rows
    ]


def _on_duty(loaded: duty.Duty, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            **_named(loaded.people[pick.user]),
            "rank": pick.rank,
            "instead_of": _named(loaded.people[pick.instead_of]) if pick.instead_of else None,
            "phone": loaded.people[pick.user].phone,
            "extension": loaded.people[pick.user].extension,
        }
        for pick in turns.picks(loaded.plan, at)
    ]


def _named(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name}


def _overrides(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "user": person(row, "user"),
            "instead_of": person(row, "instead_of"),
            "begins_at": instant(row["begins_at"]),
            "ends_at": instant(row["ends_at"]),
            "reason": row["reason"],
        }
        for row in rows
    ]
