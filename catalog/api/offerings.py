"""What can be asked for, for programs: listed, found, read with its form, kept at hand."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import User
from catalog.actions import favourites
from catalog.definition import Definition, Field, parse
from catalog.enums import FieldType, Payer, Period
from catalog.models import Favourite, Offering
from catalog.queries.offered import find, offered_to
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.request import SignedInRequest
from core.api.shapes import Named
from core.api.views import ApiView
from core.errors import NotFound
from core.models import pick

SORTS = Sorts(
    "-asked_count",
    {"asked_count": ("asked_count", "id"), "position": ("position", "id"), "id": ("id",)},
)
MOST_FOUND = 50


class OfferingRow(serializers.Serializer[Any]):
    """An offering in a list, in the reader's language."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    shelf = serializers.CharField()
    asked_count = serializers.IntegerField()


class OfferingHits(serializers.Serializer[Any]):
    results = OfferingRow(many=True)


class OfferingOption(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    price = serializers.CharField(allow_null=True, help_text="Added to the price when chosen.")


class OfferingQuestion(serializers.Serializer[Any]):
    """One question. `shown_if`: a condition on the questions before it, or null."""

    key = serializers.CharField()
    type = serializers.ChoiceField(FieldType.choices)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    help = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()  # type: ignore[assignment]
    options = OfferingOption(many=True)
    low = serializers.JSONField(allow_null=True)
    high = serializers.JSONField(allow_null=True)
    longest = serializers.IntegerField()
    pattern = serializers.CharField(allow_blank=True)
    item_types = serializers.ListField(child=serializers.CharField())
    mine = serializers.BooleanField(help_text="Only items of the person it is for.")
    files = serializers.IntegerField()
    shown_if = serializers.JSONField(allow_null=True)


class OfferingSection(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True)
    questions = OfferingQuestion(many=True)


class OfferingPrice(serializers.Serializer[Any]):
    amount = serializers.CharField()
    currency = serializers.CharField()
    period = serializers.ChoiceField(Period.choices)
    payer = serializers.ChoiceField(Payer.choices)


class OfferingAnswer(OfferingRow):
    """An offering with its form. `version` is what a request says it was made with."""

    version = serializers.IntegerField()
    description = serializers.CharField(allow_blank=True, help_text="Markdown.")
    outcome = serializers.CharField(allow_blank=True)
    service = Named(allow_null=True)
    price = OfferingPrice()
    delivery_days = serializers.IntegerField(allow_null=True)
    needs_approval = serializers.BooleanField()
    for_others = serializers.BooleanField()
    is_favourite = serializers.BooleanField()
    form = OfferingSection(many=True)


class Offerings(ApiView):
    """What the person may ask for."""

    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        return paged(request, offered_to(request.user).values(*_COLUMNS), SORTS, _rows)


class OfferingSearch(ApiView):
    """The forgiving search: names, other words for them, what one gets."""

    parameters = frozenset({"q"})

    def get(self, request: SignedInRequest) -> Response:
        text = request.query_params.get("q", "").replace("\x00", "")[:200]
        found = [row.pk for row in find(request.user, text, MOST_FOUND)]
        rows = {row["id"]: row for row in Offering.objects.filter(pk__in=found).values(*_COLUMNS)}
        return Response({"results": _rows([rows[pk] for pk in found])})


class OneOffering(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        return Response(_whole(_read(request.user, pk), request.user))


class OfferingFavourite(ApiView):
    """Keeping an offering at hand, or no longer. Doing so twice changes nothing."""

    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        favourites.keep(_read(request.user, pk), by=request.user)
        return Response(status=204)

    def delete(self, request: SignedInRequest, pk: int) -> Response:
        favourites.drop(_read(request.user, pk), by=request.user)
        return Response(status=204)


_COLUMNS = (
    "id", "slug", "name_ko", "name_en", "summary_ko", "summary_en", "asked_count", "position",
    "shelf__slug",
)  # fmt: skip


def _read(user: User, pk: int) -> Offering:
    found = offered_to(user).filter(pk=pk).select_related("live", "service", "shelf").first()
    if found is None:
        raise NotFound("There is no such offering.")
    return found


def _rows(found: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "slug": row["slug"],
            "name": pick(row["name_ko"], row["name_en"]),
            "summary": pick(row["summary_ko"], row["summary_en"]),
            "shelf": row["shelf__slug"],
            "asked_count": row["asked_count"],
        }
        for row in found
    ]


def _whole(offering: Offering, user: User) -> dict[str, Any]:
    live = offering.live
    definition = parse(live.data if live else {})
    service, price = offering.service, definition.price
    return {
        "id": offering.pk,
        "slug": offering.slug,
        "name": offering.name,
        "summary": pick(offering.summary_ko, offering.summary_en),
        "shelf": offering.shelf.slug,
        "asked_count": offering.asked_count,
        "version": offering.live_id,
        "description": str(definition.description),
        "outcome": str(definition.outcome),
        "service": {"id": service.pk, "name": service.name} if service else None,
        "price": {
            "amount": str(price.amount),
            "currency": price.currency,
            "period": price.period,
            "payer": price.payer,
        },
        "delivery_days": definition.delivery_days,
        "needs_approval": definition.policy is not None,
        "for_others": definition.for_others,
        "is_favourite": Favourite.objects.filter(user=user, offering=offering).exists(),
        "form": _form(definition),
    }


def _form(definition: Definition) -> list[dict[str, Any]]:
    return [
        {
            "key": section.key,
            "title": str(section.title),
            "hint": str(section.hint),
            "questions": [_question(field) for field in section.fields],
        }
        for section in definition.sections
    ]


def _question(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type,
        "label": str(field.label),
        "help": str(field.help),
        "required": field.required,
        "options": [
            {
                "key": option.key,
                "label": str(option.label),
                "price": str(option.price) if option.price else None,
            }
            for option in field.options
        ],
        "low": field.low,
        "high": field.high,
        "longest": field.longest,
        "pattern": field.pattern,
        "item_types": list(field.item_types),
        "mine": field.mine,
        "files": field.files,
        "shown_if": field.shown_if,
    }
