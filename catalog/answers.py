"""What somebody answered: brought into the stored form, and checked.

Pure. Stored: texts, keys of options, lists of keys (choices) and of file names, true and false,
numbers and amounts as plain decimal text, ISO dates, ids of people and items. Bringing stored
answers into the stored form changes nothing. Hidden questions keep what they held, but nothing is
asked of it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import regex
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.conditions import MOST_DIGITS, day, is_empty, number
from catalog.definition import Definition, Field, shown
from catalog.enums import FieldType
from core.text import row_id

# A value that no form allows is still kept while it is mended, up to here.
LONGEST_KEPT = 50_000
MOST_KEPT = 200
# How long a pattern of an administrator's may think about a text.
PATTERN_SECONDS = 0.1
YES = frozenset({"yes", "true", "on", "1"})
NO = frozenset({"no", "false", "off", "0"})
_SPOILT_NUMBER = re.compile(r"[\s,_₩￦$€£원]")
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_DATE = re.compile(r"([0-9]{4})[-./]?\s*([0-9]{1,2})[-./]?\s*([0-9]{1,2})\.?")
# What is trimmed, the same in Python and in a browser.
_SPACE = " \t\n\r\x0b\x0c\xa0\u3000\ufeff"


@dataclass(frozen=True)
class Item:
    """What checking an answer needs to know of a configuration item."""

    name: str
    type: str
    owner_id: int | None
    retired: bool = False


@dataclass(frozen=True)
class Known:
    """The people and items that answers name; only active people, by id."""

    people: Mapping[int, str] = field(default_factory=dict)
    items: Mapping[int, Item] = field(default_factory=dict)


@dataclass(frozen=True)
class Cleaned:
    """`values`: stored answers, hidden ones included. `visible`: what was asked, in order.

    `errors`: field key → what to do. Empty means that it may be sent.
    """

    values: dict[str, Any]
    visible: tuple[str, ...]
    errors: dict[str, str]

    @property
    def counted(self) -> dict[str, Any]:
        """The answers that count: of questions that were asked."""
        return {key: self.values[key] for key in self.visible if key in self.values}


def stored(definition: Definition, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Answers in the stored form; questions without one and unknown keys are left out."""
    found = {
        field.key: normal(field.type, raw[field.key])
        for field in definition.fields
        if field.asks and field.key in raw
    }
    return {key: value for key, value in found.items() if not is_empty(value)}


def clean(
    definition: Definition,
    raw: Mapping[str, Any],
    *,
    today: date,
    known: Known,
    beneficiary_id: int | None = None,
) -> Cleaned:
    """Check answers as somebody sends them."""
    values = stored(definition, raw)
    visible = shown(definition, values, today)
    errors = {}
    for asked in definition.fields:
        if asked.key in visible and asked.asks:
            complaint = _complaint(asked, values.get(asked.key), today, known, beneficiary_id)
            if complaint:
                errors[asked.key] = complaint
    return Cleaned(values, tuple(visible), errors)


def normal(type_: FieldType, raw: Any) -> Any:
    """A value in the stored form. What can't be read stays as it was typed, to be mended."""
    if type_ in (FieldType.CHOICES, FieldType.FILE):
        many = raw if isinstance(raw, list | tuple) else [raw]
        said = (_trimmed(one) for one in many[:MOST_KEPT])
        return list(dict.fromkeys(one for one in said if one))
    if isinstance(raw, list | tuple):
        raw = raw[0] if raw else ""
    if isinstance(raw, bool) and type_ == FieldType.YES_NO:
        return raw
    return _NORMAL.get(type_, _same)(_trimmed(raw))


def _trimmed(raw: Any) -> str:
    if raw is None or isinstance(raw, dict | list | tuple):
        return ""
    said = str(raw).lower() if isinstance(raw, bool) else str(raw)
    said = said.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_KEPT]
    return unicodedata.normalize("NFC", said).strip(_SPACE)


def _same(said: str) -> Any:
    return said


def _yes_no(said: str) -> Any:
    low = said.lower()
    return True if low in YES else False if low in NO else said


def _decimal(said: str) -> Any:
    """A number in one way of writing it: no thousands, no leading or trailing zeros, no -0."""
    match = _NUMBER.fullmatch(_SPOILT_NUMBER.sub("", unicodedata.normalize("NFKC", said)))
    if match is None or not (match[2] or match[3]):
        return said
    head, tail = match[2].lstrip("0") or "0", (match[3] or "").rstrip("0")
    digits = head + ("." + tail if tail else "")
    return ("-" if match[1] == "-" and digits != "0" else "") + digits


def _date(said: str) -> Any:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", said))
    try:
        return date(*map(int, match.groups())).isoformat() if match else said
    except ValueError:
        return said


def _id(said: str) -> Any:
    pk = row_id(said)
    return said if pk is None else pk


_NORMAL: dict[FieldType, Callable[[str], Any]] = {
    FieldType.YES_NO: _yes_no,
    FieldType.NUMBER: _decimal,
    FieldType.AMOUNT: _decimal,
    FieldType.DATE: _date,
    FieldType.PERSON: _id,
    FieldType.ITEM: _id,
}


def _complaint(
    asked: Field, value: Any, today: date, known: Known, beneficiary_id: int | None
) -> str:
    """What is wrong with an answer and what to do; empty when nothing is."""
    if is_empty(value):
        return _missing(asked) if asked.required else ""
    if asked.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        return _text_complaint(asked, value)
    if asked.type in (FieldType.CHOICE, FieldType.CHOICES):
        chosen = value if isinstance(value, list) else [value]
        ok = all(asked.option(key) for key in chosen)
        return "" if ok else _("Choose from what is offered; that is no longer part of it.")
    if asked.type == FieldType.YES_NO:
        return "" if isinstance(value, bool) else _("Choose yes or no.")
    if asked.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return _number_complaint(asked, value)
    if asked.type == FieldType.DATE:
        return _date_complaint(asked, value, today)
    if asked.type == FieldType.PERSON:
        ok = value in known.people
        return "" if ok else _("Choose a person from the list; this one can't be chosen.")
    if asked.type == FieldType.ITEM:
        return _item_complaint(asked, known.items.get(value), beneficiary_id)
    if asked.type == FieldType.FILE and len(value) > asked.files:
        return _at_most(asked.files)
    return ""


def _missing(asked: Field) -> str:
    if asked.type in (FieldType.CHOICE, FieldType.YES_NO):
        return _("Choose one: %(label)s") % {"label": asked.label}
    if asked.type == FieldType.CHOICES:
        return _("Choose at least one: %(label)s") % {"label": asked.label}
    if asked.type == FieldType.FILE:
        return _("Add a file: %(label)s") % {"label": asked.label}
    return _("Fill this in: %(label)s") % {"label": asked.label}


def _at_most(most: int) -> str:
    return ngettext("Add at most %(most)s file.", "Add at most %(most)s files.", most) % {
        "most": most
    }


def _text_complaint(asked: Field, value: str) -> str:
    if len(value) > asked.longest:
        return _("Shorten this to %(most)s characters; it has %(has)s.") % {
            "most": f"{asked.longest:,}",
            "has": f"{len(value):,}",
        }
    if asked.type == FieldType.TEXT and "\n" in value:
        return _("Write this in one line.")
    if asked.pattern and not fits(asked.pattern, value):
        return str(asked.pattern_help) or _("Write this in the form that is asked for.")
    return ""


def fits(pattern: str, value: str) -> bool:
    """Whether the whole text fits an administrator's pattern. One that thinks too long fits."""
    try:
        return bool(regex.fullmatch(pattern, value, timeout=PATTERN_SECONDS))
    except (regex.error, TimeoutError):
        return True


def _number_complaint(asked: Field, value: Any) -> str:
    given = number(value)
    if given is None:
        if _NUMBER.fullmatch(str(value)):
            return _("Write a number with at most %(most)s digits.") % {"most": MOST_DIGITS}
        return _("Write a number, for example 12.")
    low, high = number(asked.low), number(asked.high)
    if asked.type == FieldType.AMOUNT and low is None:
        low = Decimal(0)
    return _outside(given, low, high, lambda bound: f"{bound:,f}")


def _date_complaint(asked: Field, value: Any, today: date) -> str:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return _("Write a date as year, month and day, for example 2026-11-24.")
    low, high = bound_day(asked.low, today), bound_day(asked.high, today)
    return _outside(value, low or None, high or None, lambda bound: bound)


def bound_day(bound: Any, today: date) -> str:
    """A bound of a date as ISO text: it is written as one, or as days from today (3, "+3")."""
    if isinstance(bound, int) and not isinstance(bound, bool):
        return day({"days": bound}, today)
    if isinstance(bound, str) and re.fullmatch(r"[+-]?[0-9]{1,5}", bound.strip()):
        return day({"days": int(bound)}, today)
    return day(bound, today)


def _outside(given: Any, low: Any, high: Any, told: Callable[[Any], str]) -> str:
    if (low is None or given >= low) and (high is None or given <= high):
        return ""
    if low is None:
        return _("Choose at most %(high)s.") % {"high": told(high)}
    if high is None:
        return _("Choose at least %(low)s.") % {"low": told(low)}
    return _("Choose from %(low)s to %(high)s.") % {"low": told(low), "high": told(high)}


def _item_complaint(asked: Field, item: Item | None, beneficiary_id: int | None) -> str:
    wrong = item is None or item.retired or (asked.item_types and item.type not in asked.item_types)
    if wrong or (asked.mine and item and item.owner_id != beneficiary_id):
        return _("Choose from the list; this one can't be chosen.")
    return ""
