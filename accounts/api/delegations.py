"""Who stands in for whom (대결), as far as it names the token's person; administrators see all."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts import delegations
from accounts.actions import delegation as actions
from accounts.models import Delegation, User
from accounts.reach import reach_of
from core.api.fields import Input, Instant, Reference, Text
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant, person
from core.api.views import ApiView, read
from core.errors import NotFound

SORTS = Sorts("id", {"id": ("id",), "starts_at": ("starts_at", "id")})
_COLUMNS = (
    "id", "starts_at", "ends_at", "reason", "cancelled_at", "created_at",
    "user_id", "user__display_name", "user__roman_name",
    "to_id", "to__display_name", "to__roman_name",
)  # fmt: skip


class DelegationRow(serializers.Serializer[Any]):
    """`to` decides for `user` from `starts_at` until before `ends_at`."""

    id = serializers.IntegerField()
    user = Named()
    to = Named()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class Colleague(Reference):
    """Somebody by id; the desk may also say an e-mail address, which others don't get to try."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User, key="email", **kwargs)

    def find(self, given: list[Any]) -> list[Any]:
        if isinstance(given[0], str) and not reach_of(self.context["by"]).opens_desk:
            self.fail("unknown")
        return super().find(given)


class Delegating(Input):
    """Without `user` it is for yourself; administrators name somebody else."""

    user = Colleague(required=False, help_text="Id of who is away.")
    to = Colleague(help_text="Id of who decides meanwhile.")
    starts_at = Instant()
    ends_at = Instant()
    reason = Text(required=False, allow_blank=True, max_length=200)


class Delegations(ApiView):
    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        return paged(request, _known(request.user).values(*_COLUMNS), SORTS, _rows)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        given = read(request, Delegating)
        whose = given.pop("user", request.user)
        made = actions.delegate(whose, **given, by=request.user)
        (shown,) = _rows(list(Delegation.objects.filter(pk=made.pk).values(*_COLUMNS)))
        where = request.build_absolute_uri(f"/api/v1/delegations/{made.pk}/")
        return Response(shown, status=201, headers={"Location": where})


class OneDelegation(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        rows = list(_known(request.user).filter(pk=pk).values(*_COLUMNS))
        if not rows:
            raise _missing()
        return Response(_rows(rows)[0])

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        found = _known(request.user).filter(pk=pk).first()
        if found is None:
            raise _missing()
        actions.cancel(found, by=request.user)
        return Response(status=204)


def _known(user: User) -> QuerySet[Delegation]:
    if reach_of(user).administers:
        return Delegation.objects.select_related("user")
    return delegations.of(user).order_by()


def _missing() -> NotFound:
    return NotFound(_("There is no such delegation."))


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "user": person(row, "user"),
            "to": person(row, "to"),
            "starts_at": instant(row["starts_at"]),
            "ends_at": instant(row["ends_at"]),
            "reason": row["reason"],
            "cancelled_at": instant(row["cancelled_at"]),
        }
        for row in rows
    ]
