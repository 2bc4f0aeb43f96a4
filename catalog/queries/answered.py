"""Answers as people read them, and what checking them needs to know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.answers import Item, Known, stored
from catalog.conditions import is_empty, number
from catalog.definition import Definition, Field, parse, shown
from catalog.enums import FieldType
from catalog.models import Request
from cmdb.enums import ItemStatus
from cmdb.models import ConfigurationItem
from core import formats


@dataclass(frozen=True)
class Told:
    """One answer in words. `text` is empty where a question was left open."""

    key: str
    label: str
    text: str
    section: str
    long: bool = False
    value: Any = None


def known_for(definition: Definition, raw: Mapping[str, Any]) -> Known:
    """The active people and the items that these answers name; two queries at most."""
    values = stored(definition, raw)
    people = _ids(definition, values, FieldType.PERSON)
    items = _ids(definition, values, FieldType.ITEM)
    return Known(
        people={user.pk: user.name for user in User.objects.filter(pk__in=people, is_active=True)}
        if people
        else {},
        items={
            item.pk: Item(item.name, item.type, item.owner_id, item.status == ItemStatus.RETIRED)
            for item in ConfigurationItem.objects.filter(pk__in=items)
        }
        if items
        else {},
    )


def told(
    definition: Definition, values: Mapping[str, Any], *, today: date | None = None
) -> list[Told]:
    """The questions that were asked with their answers, in the reader's language."""
    asked = shown(definition, values, today or timezone.localdate())
    people = _names(User, _ids(definition, asked, FieldType.PERSON))
    items = _names(ConfigurationItem, _ids(definition, asked, FieldType.ITEM))
    return [
        Told(
            key=field.key,
            label=str(field.label) or field.key,
            text=_text(field, asked[field.key], people, items),
            section=str(section.title),
            long=field.type == FieldType.LONG_TEXT,
            value=asked[field.key],
        )
        for section in definition.sections
        for field in section.fields
        if field.asks and field.key in asked
    ]


def changed_answers(request_id: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What an event says was answered anew: "Model: Air → Pro"."""
    request = Request.objects.select_related("made_with").filter(pk=request_id).first()
    if request is None or request.made_with is None:
        return []
    definition = parse(request.made_with.data)
    before, after = _texts(definition, old), _texts(definition, new)
    lines = []
    for field in definition.fields:
        if field.key in before or field.key in after:
            was, now = before.get(field.key, ""), after.get(field.key, "") or _("none")
            lines.append(f"{field.label}: {was} → {now}" if was else f"{field.label}: {now}")
    return lines


def _texts(definition: Definition, values: Mapping[str, Any]) -> dict[str, str]:
    people = _names(User, _ids(definition, values, FieldType.PERSON))
    items = _names(ConfigurationItem, _ids(definition, values, FieldType.ITEM))
    found = {field.key: field for field in definition.fields}
    return {
        key: _text(found[key], value, people, items)
        for key, value in values.items()
        if key in found
    }


def _ids(definition: Definition, values: Mapping[str, Any], wanted: FieldType) -> set[int]:
    given = (values.get(field.key) for field in definition.fields if field.type == wanted)
    return {value for value in given if isinstance(value, int) and not isinstance(value, bool)}


def _names(model: Any, ids: Iterable[int]) -> dict[int, str]:
    ids = set(ids)
    return {row.pk: row.name for row in model.objects.filter(pk__in=ids)} if ids else {}


def _text(field: Field, value: Any, people: Mapping[int, str], items: Mapping[int, str]) -> str:
    if is_empty(value):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_option(field, one) for one in value)
    if field.type == FieldType.CHOICE:
        return _option(field, value)
    if field.type in (FieldType.NUMBER, FieldType.AMOUNT):
        given = number(value)
        return f"{given:,f}" if given is not None else str(value)
    if field.type == FieldType.DATE:
        return _day(str(value))
    if field.type == FieldType.PERSON:
        return people.get(value, str(value))
    return items.get(value, str(value)) if field.type == FieldType.ITEM else str(value)


def _option(field: Field, key: Any) -> str:
    option = field.option(key)
    return str(option.label) if option is not None else str(key)


def _day(text: str) -> str:
    try:
        return formats.day(date.fromisoformat(text), date.min)
    except ValueError:
        return text
