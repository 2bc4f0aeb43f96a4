"""Small values as the API writes them."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from core.models import pick


class Named(serializers.Serializer[Any]):
    """A row of another list, by id, with its name in the reader's language."""

    id = serializers.IntegerField()
    name = serializers.CharField()


def instant(value: datetime | None) -> str | None:
    """RFC 3339, UTC."""
    return value.isoformat().replace("+00:00", "Z") if value else None


def bilingual(row: Any, prefix: str) -> dict[str, Any] | None:
    """{id, name} of a joined row that has both names, from `.values()` columns."""
    pk = row[f"{prefix}_id"]
    if pk is None:
        return None
    return {"id": pk, "name": pick(row[f"{prefix}__name_ko"], row[f"{prefix}__name_en"])}


def person(row: Any, prefix: str) -> dict[str, Any] | None:
    """{id, name} of a joined person, from `.values()` columns."""
    pk = row[f"{prefix}_id"]
    if pk is None:
        return None
    return {
        "id": pk,
        "name": person_name(row[f"{prefix}__display_name"], row[f"{prefix}__roman_name"]),
    }


def person_name(display: str, roman: str) -> str:
    """As User.name, from columns."""
    korean = (get_language() or "en").startswith("ko")
    return display if korean else roman or display
