"""Offerings for tests: short ways to write definitions."""

from itertools import count
from typing import Any

from catalog.actions import offerings
from catalog.models import Offering, Shelf

_number = count(1)


def field(key: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    """A question."""
    return {"key": key, "type": type_, "label": {"ko": f"{key} 항목", "en": key.title()}, **more}


def choice(key: str, *keys: str, type_: str = "choice", **more: Any) -> dict[str, Any]:
    """A question with options; "air:1500000" has a price."""
    options = []
    for each in keys:
        name, _colon, price = each.partition(":")
        options.append({"key": name, "label": name.title(), "price": price or None})
    return field(key, type_, options=options, **more)


def definition(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition with one section of these questions."""
    return {
        "name": {"ko": "노트북", "en": "Laptop"},
        "summary": {"ko": "업무용 노트북을 받습니다.", "en": "Get a laptop for work."},
        "form": {"sections": [{"key": "main", "title": "Main", "fields": list(fields)}]},
        **more,
    }


def make_shelf(name: str = "", **fields: Any) -> Shelf:
    number = next(_number)
    label = name or f"Shelf {number}"
    return Shelf.objects.create(slug=f"shelf-{number}", name_ko=label, name_en=label, **fields)


def make_offering(
    *questions: dict[str, Any],
    publish: bool = True,
    shelf: Shelf | None = None,
    service: Any = None,
    by: Any = None,
    **more: Any,
) -> Offering:
    """An offering with these questions, published unless told otherwise."""
    data = definition(*questions, **more)
    name = data["name"]
    values = {
        "shelf": shelf or Shelf.objects.first() or make_shelf(),
        "service": service,
        "name_ko": name["ko"],
        "name_en": name["en"],
    }
    offering = offerings.create(values, by=by, data=data)
    if publish:
        offerings.publish(offering, by=by)
    return Offering.objects.get(pk=offering.pk)
