"""When a question is asked, a task is made, a part of a bundle is ordered.

Pure, and mirrored line by line by static/js/conditions.js, so that the page and the server agree.
A condition is JSON: {"field": key, "is": operator, "value": v}, {"all": [..]}, {"any": [..]} or
{"not": condition}; nothing at all holds always. A date may be {"days": n}: so many days from
today. Answers are stored values (catalog.answers); what was not answered is missing.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

ONE = ("eq", "ne")
SEVERAL = ("in", "not_in")
ORDER = ("gt", "ge", "lt", "le")
ALONE = ("filled", "empty")
OPERATORS = (*ONE, *SEVERAL, "has", *ALONE, *ORDER)
MOST_DIGITS = 15
FARTHEST_DAYS = 36_500
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def truth(condition: Any, answers: Mapping[str, Any], today: date) -> bool:
    """Whether the condition holds for these answers. A spoilt condition never does."""
    if not condition:
        return True
    if not isinstance(condition, Mapping):
        return False
    if "all" in condition:
        return all(truth(part, answers, today) for part in _parts(condition["all"]))
    if "any" in condition:
        return any(truth(part, answers, today) for part in _parts(condition["any"]))
    if "not" in condition:
        return not truth(condition["not"], answers, today)
    given = answers.get(str(condition.get("field")))
    return _holds(str(condition.get("is")), given, condition.get("value"), today)


def fields_of(condition: Any) -> Iterator[str]:
    """The keys of the questions that a condition looks at."""
    for atom in atoms(condition):
        yield str(atom.get("field"))


def atoms(condition: Any) -> Iterator[Mapping[str, Any]]:
    """The comparisons that a condition is made of."""
    if isinstance(condition, Mapping) and condition:
        parts = [*_parts(condition.get("all")), *_parts(condition.get("any"))]
        parts += [condition["not"]] if "not" in condition else []
        for part in parts:
            yield from atoms(part)
        if not {"all", "any", "not"} & condition.keys():
            yield condition


def is_empty(value: Any) -> bool:
    """Whether a question has no answer. "No" is one."""
    return value is None or value in ("", [])


def number(text: Any) -> Decimal | None:
    """The number that a text is, None when it is none or has more digits than a page can hold."""
    said = plain(text)
    if not _NUMBER.fullmatch(said) or sum(ch.isdigit() for ch in said) > MOST_DIGITS:
        return None
    return Decimal(said)


def plain(value: Any) -> str:
    """A value as text, for comparing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def day(value: Any, today: date) -> str:
    """A date of a condition or bound as ISO text; empty when it is none."""
    if isinstance(value, Mapping):
        days = value.get("days")
        known = isinstance(days, int) and not isinstance(days, bool)
        if not known or abs(days) > FARTHEST_DAYS:  # type: ignore[arg-type]
            return ""
        return (today + timedelta(days=days)).isoformat()  # type: ignore[arg-type]
    said = plain(value)
    return said if _DATE.fullmatch(said) else ""


def _parts(parts: Any) -> list[Any]:
    return list(parts) if isinstance(parts, list | tuple) else []


def _holds(operator: str, given: Any, value: Any, today: date) -> bool:
    if operator == "filled":
        return not is_empty(given)
    if operator == "empty":
        return is_empty(given)
    if operator in ("ne", "not_in"):
        return not _holds({"ne": "eq", "not_in": "in"}[operator], given, value, today)
    if is_empty(given):
        return False
    if operator in ORDER:
        return _in_order(operator, given, value, today)
    held = [plain(one) for one in given] if isinstance(given, list | tuple) else [plain(given)]
    if operator == "in":
        return any(_said(one, today) in held for one in _parts(value))
    if operator == "has":
        return _said(value, today) in held
    return operator == "eq" and held == [_said(value, today)]


def _said(value: Any, today: date) -> str:
    return day(value, today) if isinstance(value, Mapping) else plain(value)


def _in_order(operator: str, given: Any, value: Any, today: date) -> bool:
    one: Any = number(given)
    other: Any = None if isinstance(value, Mapping) else number(value)
    if one is None or other is None:
        one, other = day(given, today), day(value, today)
        if isinstance(given, Mapping) or not one or not other:
            return False
    if operator == "gt":
        return bool(one > other)
    if operator == "ge":
        return bool(one >= other)
    return bool(one < other) if operator == "lt" else bool(one <= other)
