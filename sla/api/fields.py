"""Values of agreements as the API takes them, and forms whose answers stand in the address."""

from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department, Team
from accounts.reach import reach_of
from cmdb.models import Service
from core.api.fields import Choice, Flag, Input, Instant, Reference, Text, Whole, is_storable
from core.api.request import SignedInRequest
from core.errors import NotAllowed, NotFound
from sla import hours
from sla.actions.drafts import refusal
from sla.book import Facts
from tickets import kinds, priority

OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True}
LONGEST_DAY = 400
MOST_TAGS = 50


class Hours(serializers.CharField):
    """The working hours of a day as people write them; empty: none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "max_length": LONGEST_DAY, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        if not is_storable(data, LONGEST_DAY):
            self.fail("max_length", max_length=LONGEST_DAY)
        try:
            return hours.read(super().to_internal_value(data))
        except hours.Unreadable as error:
            raise serializers.ValidationError(refusal(error)) from None

    def to_representation(self, value: Any) -> str:
        return hours.write(value)


class Day(serializers.DateField):
    """A calendar day, YYYY-MM-DD."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or len(value) != len("2026-11-23"):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class Measure(serializers.FloatField):
    """A JSON number."""

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool) or abs(data) > 1e300:
            self.fail("invalid")
        found = float(data)
        if not isfinite(found):
            self.fail("invalid")
        return found


class Percent(Measure):
    """A share in percent, to the thousandth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0.001, "max_value": 100, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        return Decimal(str(round(super().to_internal_value(data), 3)))


class Asking(Input):
    """Parameters of a GET as a form: text becomes numbers, yes and no where the form says so."""

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset(cls().fields)

    @classmethod
    def of(cls, request: SignedInRequest) -> dict[str, Any]:
        """What is asked; ValidationError where it can't be used."""
        given = request.query_params
        fields = cls().fields
        asked = {
            name: _typed(fields[name], given.getlist(name)) for name in given if name in fields
        }
        form = cls(data=asked, context={"by": request.user})
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


def _typed(field: Any, values: list[str]) -> Any:
    if isinstance(field, serializers.ListField):
        return [_typed(field.child, [value]) for value in values]
    if len(values) != 1:
        return values  # told twice: of no type that a single value has
    (text,) = values
    numeric = isinstance(field, Whole | Reference) or (
        isinstance(field, Choice) and all(isinstance(one, int) for one in field.choices)
    )
    if numeric and text.isascii() and text.isdigit() and len(text) < 20:
        return int(text)
    if isinstance(field, Flag):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(field, Instant):
        return text.replace(" ", "+")  # a plus sign that was not escaped
    return text


def _kinds() -> list[str]:
    return [kind.key for kind in kinds.all_kinds()]


class Imagined(Asking):
    """A record as agreements ask of it."""

    kind = Text(required=False, max_length=20, help_text="Else the first kind there is.")
    priority = Choice(list(priority.LEVELS), required=False, help_text="Else 3.")
    service = Reference(Service, key="slug", required=False, help_text="Id or slug.")
    offering = Whole(required=False, help_text="Id of what is asked for.")
    team = Reference(Team, key="slug", required=False, help_text="Id or slug.")
    department = Reference(
        Department,
        key="name_en",
        required=False,
        help_text="Id, or English name that only one has.",
    )
    vip = Flag(required=False, help_text="Of the requester.")
    security = Flag(required=False)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=MOST_TAGS)

    def validate_kind(self, value: str) -> str:
        if value not in _kinds():
            raise serializers.ValidationError(_("There is no such choice."))
        return value


def facts(asked: dict[str, Any]) -> Facts:
    """The record that these answers of `Imagined` describe."""
    kind = kinds.get(asked.get("kind") or _kinds()[0])
    keys = {
        name: asked[name].pk if asked.get(name) else None
        for name in ("service", "team", "department")
    }
    return Facts(
        kind=kind.key,
        status=kind.machine.initial,
        priority=asked.get("priority", 3),
        vip=asked.get("vip", False),
        security=asked.get("security", False),
        tags=frozenset(asked.get("tags", ())),
        offering=asked.get("offering"),
        **keys,
    )


def for_the_desk(request: SignedInRequest) -> None:
    """NotAllowed for those who do not work on the desk."""
    if not reach_of(request.user).opens_desk:
        raise NotAllowed(_("Service levels are for the service desk."))


def find(rows: Any, pk: int) -> Any:
    """The row of this id; NotFound."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such entry."))
    return row
