"""Filters of a list: declared once with django-filter, checked strictly, built only when asked."""

import copy
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from core.api.fields import LARGEST_ID, read_instant
from core.api.request import SignedInRequest

MOST_VALUES = 100
_ID = re.compile(r"[1-9]\d{0,18}", re.ASCII)


class Words(forms.Field):
    """Values separated by commas, each one of those offered."""

    def __init__(self, *, offered: Callable[[], Iterable[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offered = offered

    def to_python(self, value: Any) -> list[str]:
        values = _parts(value)
        offered = {str(one) for one in self.offered()}
        if not set(values) <= offered:
            raise forms.ValidationError(_("Choose one of: %s.") % ", ".join(sorted(offered)))
        return values


class Ids(forms.Field):
    """Ids separated by commas; also the words in `specials`."""

    def __init__(self, *, specials: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.specials = specials

    def to_python(self, value: Any) -> list[int | str]:
        return [one if one in self.specials else self._id(one) for one in _parts(value)]

    def _id(self, text: str) -> int:
        if not _ID.fullmatch(text) or int(text) > LARGEST_ID:
            raise forms.ValidationError(
                _("Give ids separated by commas; also taken: %s.")
                % (", ".join(self.specials) or "–")
            )
        return int(text)


class Moment(forms.Field):
    """An RFC 3339 instant."""

    def to_python(self, value: Any) -> datetime:
        # A plus sign that was not escaped arrives as a space.
        found = read_instant(str(value).replace(" ", "+"))
        if found is None:
            raise forms.ValidationError(_("Give an instant such as 2026-11-23T14:05:00Z."))
        return found


class YesNo(forms.Field):
    def to_python(self, value: Any) -> bool:
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Choose one of: %s.") % "true, false")
        return bool(value == "true")


def _parts(value: Any) -> list[str]:
    parts = str(value).split(",")
    if len(parts) > MOST_VALUES:
        raise forms.ValidationError(_("Give fewer."))
    return parts


class _Documented(django_filters.Filter):
    """A filter that says in the schema what it takes."""

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about

    def schema(self) -> Any:
        return OpenApiTypes.STR

    def parameter(self, name: str) -> OpenApiParameter:
        listed = isinstance(self, WordsFilter | IdsFilter)
        return OpenApiParameter(
            name,
            self.schema(),
            OpenApiParameter.QUERY,
            description=self.about,
            style="form" if listed else None,
            explode=False if listed else None,
        )


class WordsFilter(_Documented):
    field_class = Words

    def __init__(self, *args: Any, offered: Callable[[], Iterable[Any]], **kwargs: Any) -> None:
        super().__init__(*args, lookup_expr="in", offered=offered, **kwargs)
        self.offered = offered

    def schema(self) -> Any:
        words = [str(one) for one in self.offered()]
        return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": words}}


class IdsFilter(_Documented):
    """`none` means empty; `me` is whoever asks."""

    field_class = Ids

    def __init__(self, *args: Any, specials: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, specials=specials, **kwargs)
        self.specials = specials

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        me = self.parent.request.user.pk
        wanted = self.condition({me if one == "me" else one for one in value if one != "none"})
        if "none" in value:
            wanted |= Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(wanted)

    def condition(self, ids: set[int]) -> Q:
        return Q(**{f"{self.field_name}__in": ids})

    def schema(self) -> Any:
        number: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        special = {"type": "string", "enum": list(self.specials)}
        items = {"oneOf": [number, special]} if self.specials else number
        return {"type": "array", "minItems": 1, "items": items}


class MomentFilter(_Documented):
    field_class = Moment

    def schema(self) -> Any:
        return {"type": "string", "format": "date-time"}


class YesNoFilter(_Documented):
    field_class = YesNo

    def schema(self) -> Any:
        return {"type": "boolean"}


class TextFilter(_Documented):
    field_class = forms.CharField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=200, strip=True, **kwargs)

    def schema(self) -> Any:
        return {"type": "string", "minLength": 1, "maxLength": 200}


class Filters(django_filters.FilterSet):
    """The base of a list's filters. A parameter that is there must have a usable value."""

    def __init__(self, request: SignedInRequest, queryset: QuerySet[Any]) -> None:
        self.request = request
        self.queryset = queryset
        self.data = request.query_params
        self.is_bound = True
        self.form_prefix = None
        # Copying all of them for each request would cost more than the query.
        asked = [name for name in self.base_filters if name in self.data]
        self.filters = {name: copy.deepcopy(self.base_filters[name]) for name in asked}
        for item in self.filters.values():
            item.model = queryset.model
            item.parent = self
            item.extra["required"] = True

    @classmethod
    def apply(cls, request: SignedInRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows the parameters ask for; ValidationError where they can't be used."""
        filters = cls(request, rows)
        if not filters.filters:
            return rows
        if filters.errors:
            raise ValidationError({name: list(errors) for name, errors in filters.errors.items()})
        return filters.qs

    @classmethod
    def names(cls) -> frozenset[str]:
        return frozenset(cls.base_filters)

    @classmethod
    def parameters(cls) -> list[OpenApiParameter]:
        return [item.parameter(name) for name, item in cls.base_filters.items()]


def active_only(model: type[Model]) -> type[Filters]:
    """The filter that most lookups have."""

    class Meta:
        fields: list[str] = []

    return type(
        f"{model.__name__}Filters",
        (Filters,),
        {
            "Meta": type("Meta", (Meta,), {"model": model}),
            "is_active": YesNoFilter(field_name="is_active", about="Only those still offered."),
        },
    )
