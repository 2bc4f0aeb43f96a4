"""Input as the schema promises it: no field it does not name, no value of another type."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST_ID = 2**63 - 1
LONGEST_KEY = 160
MOST_REFERENCES = 100
# What the database and every client can hold, in any time zone.
EARLIEST_YEAR, LATEST_YEAR = 1970, 2200
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


class Input(serializers.Serializer[Any]):
    """A request body. Names it does not know are refused, so that no typo is lost silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in set(data) - set(self.fields))
            if unknown:
                message = [_("There is no such field.")]
                raise serializers.ValidationError(dict.fromkeys(unknown, message), "unknown_field")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON number without a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_ID, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of the values offered, in their own type."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, int | str) and not isinstance(data, bool):
            for value in self.choices:
                if data == value:
                    return value
        self.fail("invalid_choice", input=str(data)[:100])


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 instant of this era; None when the text is none."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        return None
    return found.astimezone(UTC)  # PostgreSQL refuses offsets that RFC 3339 allows


class Instant(serializers.DateTimeField):
    """An RFC 3339 instant with its offset from UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        found = read_instant(value) if isinstance(value, str) else None
        if found is None:
            self.fail("invalid", format="2026-11-23T14:05:00+09:00")
        return found


REFERENCE = {
    "oneOf": [
        {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    ]
}
_REFUSALS: dict[str, Any] = {
    "invalid": _("Give an id (a number) or a key (a string)."),
    "unknown": _("There is no such choice."),
    "not_a_list": _("Give a list."),
    "max_length": _("Give fewer."),
}


class _Rows(serializers.Field[Any, Any, Any, Any]):
    """What is common to one reference and to many. `offered` narrows what may be chosen."""

    default_error_messages = _REFUSALS

    def __init__(
        self, model: type[Model], *, key: str, offered: Q | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.model, self.key, self.offered = model, key, offered

    def __deepcopy__(self, memo: Any) -> "_Rows":
        # As DRF clones fields, but models and conditions need no copies.
        return type(self)(*self._args, **self._kwargs)  # type: ignore[attr-defined]

    def find(self, given: list[Any]) -> list[Any]:
        ids, keys = _split(given)
        if ids is None or keys is None:
            self.fail("invalid")
        wanted = Q(pk__in=ids) | Q(**{f"{self.key}__in": keys})
        rows = list(self.model._default_manager.filter(self.offered or Q(), wanted))
        by_id = {row.pk: row for row in rows}
        by_key = {getattr(row, self.key): row for row in rows}
        found = [by_id.get(one) if isinstance(one, int) else by_key.get(one) for one in given]
        if None in found:
            self.fail("unknown")
        return found


@extend_schema_field(REFERENCE)
class Reference(_Rows):
    """A row by its id (a number) or by its key (a string)."""

    def to_internal_value(self, data: Any) -> Any:
        return self.find([data])[0]


@extend_schema_field({"type": "array", "items": REFERENCE, "maxItems": MOST_REFERENCES})
class References(_Rows):
    """Several rows, read with one query."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > MOST_REFERENCES:
            self.fail("max_length")
        return list(dict.fromkeys(self.find(data)))


def _split(given: list[Any]) -> tuple[list[int], list[str]] | tuple[None, None]:
    """Ids and keys apart; None when one of them is neither, or could not be in the database."""
    ids = [one for one in given if type(one) is int and 0 < one <= LARGEST_ID]
    keys = [one for one in given if isinstance(one, str) and is_storable(one, LONGEST_KEY)]
    return (ids, keys) if len(ids) + len(keys) == len(given) else (None, None)


def is_storable(text: str, longest: int) -> bool:
    """Whether the database could hold the text: no NUL, no lone surrogate, not too long."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(text) <= longest and "\x00" not in text
