"""Publishing agreements over the API: the history, what it would do, and doing it."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.access import require_administrator
from accounts.models import User
from core.api.fields import Choice, Input, Text
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant, person
from core.api.views import ApiView, read
from sla.actions import impact
from sla.actions.drafts import fingerprint, refuse_stale
from sla.actions.publish import publish
from sla.api.fields import OPTIONAL, Asking, find, for_the_desk
from sla.enums import Metric, Reach
from sla.models import Book
from sla.queries import changes
from sla.rows import instant as moment
from tickets.models import Ticket

SORTS = Sorts("-id", {"id": ("id",)})
_BOOK = (
    "id", "published_at", "reach", "note", "recomputed_at",
    "published_by_id", "published_by__display_name", "published_by__roman_name",
)  # fmt: skip


class AgreementRow(serializers.Serializer[Any]):
    """All that was agreed, as published at an instant. Never changes."""

    id = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    by = Named(allow_null=True, help_text="Null: Maru itself.")
    reach = serializers.ChoiceField(choices=Reach.values, help_text="Which records it counts for.")
    note = serializers.CharField(allow_blank=True)
    recomputed_at = serializers.DateTimeField(
        allow_null=True, help_text="When all records it reaches had followed; null: under way."
    )


class AgreementDetail(AgreementRow):
    """`data`: calendars by id, policies in order with targets and steps, pending reasons."""

    data = serializers.DictField()  # type: ignore[assignment]


class AgreementStand(serializers.Serializer[Any]):
    """Of a running clock when it is due; of one that stands still the seconds left."""

    due = serializers.DateTimeField(allow_null=True)
    left = serializers.IntegerField(allow_null=True, help_text="Of working time.")


class AgreementMove(serializers.Serializer[Any]):
    """A clock that would move."""

    number = serializers.CharField()
    metric = serializers.ChoiceField(choices=Metric.values)
    sequence = serializers.IntegerField()
    effect = serializers.ChoiceField(choices=impact.EFFECTS)
    old = AgreementStand(allow_null=True)
    new = AgreementStand(allow_null=True)


class AgreementImpact(serializers.Serializer[Any]):
    """What publishing the draft would do to the first records it reaches."""

    draft = serializers.CharField(help_text="Send it as `seen` to publish just this.")
    is_unpublished = serializers.BooleanField(help_text="Whether there is something to publish.")
    records = serializers.IntegerField(help_text="So many were looked at.")
    total = serializers.IntegerField(help_text="So many it reaches.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Clocks by what becomes of them."
    )
    moves = AgreementMove(many=True, help_text="The first, on records you may see.")


class AgreementPublishing(Input):
    reach = Choice(Reach.values, required=False, help_text="Else “new”.")
    note = Text(**OPTIONAL, max_length=250)
    seen = Text(required=False, max_length=40, help_text="The `draft` read; 409 if outdated.")


class AgreementAsking(Asking):
    reach = Choice(Reach.values, required=False, help_text="Else “open”.")


class AgreementList(ApiView):
    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        return paged(request, Book.objects.values(*_BOOK), SORTS, _rows)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        for_the_desk(request)
        require_administrator(request.user)
        values = read(request, AgreementPublishing)
        seen = values.pop("seen", None)
        if seen is not None:
            refuse_stale(seen, fingerprint(changes.draft()))
        made = publish(by=request.user, **values)
        where = request.build_absolute_uri(f"/api/v1/agreements/{made.pk}/")
        return Response(_detail(made.pk), status=201, headers={"Location": where})


class OneAgreement(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        for_the_desk(request)
        return Response(_detail(pk))


class AgreementImpactView(ApiView):
    parameters = AgreementAsking.names()

    def get(self, request: SignedInRequest) -> Response:
        require_administrator(request.user)
        reach = AgreementAsking.of(request).get("reach", Reach.OPEN)
        draft, seen = changes.draft(), impact.sample(reach)
        return Response(
            {
                "draft": fingerprint(draft),
                "is_unpublished": changes.is_unpublished(draft),
                "records": seen.records,
                "total": seen.total,
                "counts": {effect: seen.counts.get(effect, 0) for effect in impact.EFFECTS},
                "moves": _moves(seen.rows, request.user),
            }
        )


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "published_at": instant(row["published_at"]),
            "by": person(row, "published_by"),
            "reach": row["reach"],
            "note": row["note"],
            "recomputed_at": instant(row["recomputed_at"]),
        }
        for row in rows
    ]


def _detail(pk: int) -> dict[str, Any]:
    row = find(Book.objects.values(*_BOOK, "data"), pk)
    return {**_rows([row])[0], "data": row["data"]}


def _moves(rows: list[dict[str, Any]], user: User) -> list[dict[str, Any]]:
    seen = Ticket.objects.visible_to(user).filter(pk__in={row["ticket"] for row in rows})
    numbers = dict(seen.values_list("pk", "number"))
    return [
        {
            "number": numbers[row["ticket"]],
            **{name: row[name] for name in ("metric", "sequence", "effect")},
            "old": _stand(row["old"]),
            "new": _stand(row["new"]),
        }
        for row in rows
        if row["ticket"] in numbers
    ]


def _stand(stand: dict[str, Any] | None) -> dict[str, Any] | None:
    if stand is None:
        return None
    return {"due": instant(moment(stand["due"])), "left": stand["left"]}
