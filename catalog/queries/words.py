"""A definition in words: conditions and settings as its editors, and their approvers, read them.

Works on raw data, also on a draft that is still wrong: what can't be read is shown as it is.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from catalog.enums import FieldType
from core.models import pick

Data = Mapping[str, Any]

# What can be asked of an answer, by the type of the question; the first is offered first.
COMPARED = ("eq", "ne", "gt", "ge", "lt", "le", "filled", "empty")
OPERATORS: dict[str, tuple[str, ...]] = {
    FieldType.TEXT: ("eq", "ne", "filled", "empty"),
    FieldType.LONG_TEXT: ("filled", "empty"),
    FieldType.CHOICE: ("eq", "ne", "in", "not_in", "filled", "empty"),
    FieldType.CHOICES: ("has", "filled", "empty"),
    FieldType.YES_NO: ("eq", "filled", "empty"),
    FieldType.NUMBER: COMPARED,
    FieldType.AMOUNT: COMPARED,
    FieldType.DATE: COMPARED,
    FieldType.PERSON: ("filled", "empty"),
    FieldType.ITEM: ("filled", "empty"),
    FieldType.FILE: ("filled", "empty"),
    FieldType.NOTE: (),
}
OPERATOR_WORDS: dict[str, Any] = {
    "eq": pgettext_lazy("condition", "is"),
    "ne": pgettext_lazy("condition", "is not"),
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
    "has": pgettext_lazy("condition", "includes"),
    "filled": pgettext_lazy("condition", "is answered"),
    "empty": pgettext_lazy("condition", "is not answered"),
    "gt": pgettext_lazy("condition", "is more than"),
    "ge": pgettext_lazy("condition", "is at least"),
    "lt": pgettext_lazy("condition", "is less than"),
    "le": pgettext_lazy("condition", "is at most"),
}
DATE_WORDS: dict[str, Any] = {
    "gt": pgettext_lazy("condition", "is after"),
    "ge": pgettext_lazy("condition", "is on or after"),
    "lt": pgettext_lazy("condition", "is before"),
    "le": pgettext_lazy("condition", "is on or before"),
}
WITHOUT_VALUE = frozenset({"filled", "empty"})
UNNAMED = gettext_lazy("(without a name)")


def text(value: Any, otherwise: Any = "") -> str:
    """A text of both languages in the reader's, falling back to the other."""
    if not isinstance(value, Mapping):
        return str(value or otherwise)
    return pick(str(value.get("ko") or ""), str(value.get("en") or "")) or str(otherwise)


def operator(op: str, kind: str) -> str:
    words = DATE_WORDS if kind == FieldType.DATE else {}
    return str(words.get(op) or OPERATOR_WORDS.get(op, op))


def condition(value: Any, fields: Mapping[str, Data]) -> str:
    """A condition as one sentence; empty where there is none. `fields`: questions by key."""
    if not isinstance(value, Mapping) or not value:
        return ""
    if "field" in value:
        return _row(value, fields)
    if "not" in value:
        return _("not (%(condition)s)") % {"condition": condition(value["not"], fields)}
    word = "any" if "any" in value else "all"
    inner = value.get(word)
    parts = [condition(one, fields) for one in inner] if isinstance(inner, list) else []
    parts = [
        f"({part})" if "field" not in one and len(parts) > 1 else part
        for one, part in zip(inner or [], parts, strict=True)
        if part
    ]
    joint = pgettext("condition", " or ") if word == "any" else pgettext("condition", " and ")
    return joint.join(parts)


def _row(value: Data, fields: Mapping[str, Data]) -> str:
    field = fields.get(str(value["field"]), {})
    op = str(value.get("is", ""))
    parts = [
        text(field.get("label"), value["field"]),
        operator(op, str(field.get("type", ""))),
    ]
    if op not in WITHOUT_VALUE:
        parts.append(answer(value.get("value"), field))
    return " ".join(part for part in parts if part)


def answer(value: Any, field: Data) -> str:
    """A stored value of a question in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(answer(one, field) for one in value)
    for option in field.get("options") or []:
        if isinstance(option, Mapping) and option.get("key") == value:
            return text(option.get("label"), value)
    return str(value)


def by_key(data: Data) -> dict[str, Data]:
    """The questions of a form by their keys."""
    found: dict[str, Data] = {}
    for section in (data.get("form") or {}).get("sections") or []:
        for field in section.get("fields") or []:
            found[str(field.get("key", ""))] = field
    return found
