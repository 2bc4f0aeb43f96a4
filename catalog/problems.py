"""What keeps a definition from being published, each with its place and what to do. Pure.

A place is a path into the JSON: "form.sections.0.fields.2.shown_if". References to rows (teams,
policies, people, offerings) are checked by catalog.queries.references.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import regex
from django.utils.translation import gettext as _

from catalog.answers import bound_day
from catalog.conditions import ALONE, SEVERAL, day, is_empty, number
from catalog.definition import Definition, Field, parse, words
from catalog.enums import FieldType, Payer, Period
from catalog.possible import possible
from cmdb.enums import ItemType

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_SECTIONS = 12
MOST_FIELDS = 80
MOST_OPTIONS = 200
MOST_TASKS = 40
MOST_PARTS = 20
MOST_TEXT = 10_000
DEEPEST = 6
MOST_COMPARISONS = 40
LONGEST_NAME = 120
LONGEST_SUMMARY = 300
LONGEST_PATTERN = 300
MOST_HOURS = 2000
MOST_DAYS = 365
_ANY_DAY = date(2026, 1, 15)
# Which comparisons make sense for which question.
_PLAIN = ("eq", "ne", "in", "not_in", "filled", "empty")
FITTING: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: _PLAIN,
    FieldType.LONG_TEXT: ("filled", "empty"),
    FieldType.CHOICE: _PLAIN,
    FieldType.CHOICES: ("has", "in", "not_in", "filled", "empty"),
    FieldType.YES_NO: ("eq", "ne", "filled", "empty"),
    FieldType.NUMBER: ("eq", "ne", "gt", "ge", "lt", "le", "filled", "empty"),
    FieldType.AMOUNT: ("eq", "ne", "gt", "ge", "lt", "le", "filled", "empty"),
    FieldType.DATE: ("eq", "ne", "gt", "ge", "lt", "le", "filled", "empty"),
    FieldType.PERSON: _PLAIN,
    FieldType.ITEM: _PLAIN,
    FieldType.FILE: ("filled", "empty"),
    FieldType.NOTE: (),
}


@dataclass(frozen=True)
class Problem:
    """One thing to mend, and where."""

    path: str
    message: str


def problems(data: Any) -> list[Problem]:
    """Everything wrong with a definition as written, in the order of its parts."""
    said = data if isinstance(data, Mapping) else {}
    definition = parse(said)
    return [
        *_texts(definition),
        *_form(said, definition),
        *_tasks(said, definition),
        *_promise(said),
        *_price(said, definition),
        *_audience(said),
        *_bundle(said, definition),
    ]


def _texts(definition: Definition) -> Iterator[Problem]:
    if not definition.name:
        yield Problem("name", _("Give it a name."))
    if not definition.summary:
        yield Problem("summary", _("Say in one sentence what one gets."))
    for path, text, most in (
        ("name", definition.name, LONGEST_NAME),
        ("summary", definition.summary, LONGEST_SUMMARY),
        ("description", definition.description, MOST_TEXT),
        ("outcome", definition.outcome, MOST_TEXT),
    ):
        if max(len(text.ko), len(text.en)) > most:
            yield Problem(path, _("Shorten this to %(most)s characters.") % {"most": f"{most:,}"})


def _form(said: Any, definition: Definition) -> Iterator[Problem]:
    sections = _objects(_object(said.get("form")).get("sections"))
    if len(sections) > MOST_SECTIONS or len(definition.fields) > MOST_FIELDS:
        yield Problem("form", _("The form is too long: nobody fills that in."))
        return
    keys = Counter(
        str(one.get("key")) for section in sections for one in _objects(section.get("fields"))
    )
    before: dict[str, Field] = {}
    for at, section in enumerate(sections):
        place = f"form.sections.{at}"
        if not words(section.get("title")) and len(sections) > 1:
            yield Problem(f"{place}.title", _("Give the section a title."))
        for n, written in enumerate(_objects(section.get("fields"))):
            yield from _question(f"{place}.fields.{n}", written, keys, before, definition)
            field = definition.field(str(written.get("key")))
            if field is not None:
                before[field.key] = field


def _question(
    place: str,
    written: Mapping[str, Any],
    keys: Counter[str],
    before: Mapping[str, Field],
    definition: Definition,
) -> Iterator[Problem]:
    key = written.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        message = _("Give the question a short name: small letters, digits and _.")
        yield Problem(f"{place}.key", message)
        return
    if keys[key] > 1:
        message = _("Two questions have the same short name: %(key)s") % {"key": key}
        yield Problem(f"{place}.key", message)
    if written.get("type") not in FieldType.values:
        yield Problem(f"{place}.type", _("Choose what kind of question it is."))
        return
    field = definition.field(key)
    if field is None or keys[key] > 1:
        return
    if not field.label:
        yield Problem(f"{place}.label", _("Write the question."))
    yield from condition_problems(f"{place}.shown_if", written.get("shown_if"), before, definition)
    yield from _settings(place, written, field)


def _settings(place: str, written: Mapping[str, Any], field: Field) -> Iterator[Problem]:
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        yield from _options(place, written, field)
    if field.type in (FieldType.NUMBER, FieldType.AMOUNT, FieldType.DATE):
        yield from _bounds(place, field)
    if field.pattern:
        try:
            too_long = len(field.pattern) > LONGEST_PATTERN
            regex.compile(field.pattern)
        except regex.error:
            too_long = True
        if too_long:
            yield Problem(f"{place}.pattern", _("This pattern can't be read. Mend it."))
        elif not field.pattern_help:
            message = _("Say in words what the pattern asks for; people see that.")
            yield Problem(f"{place}.pattern_help", message)
    if any(type_ not in ItemType.values for type_ in field.item_types):
        yield Problem(f"{place}.item_types", _("There is no such type of item."))


def _options(place: str, written: Mapping[str, Any], field: Field) -> Iterator[Problem]:
    given = _objects(written.get("options"))
    if len(given) < 1 or len(given) > MOST_OPTIONS:
        message = _("Give something to choose from, at most %(most)s.") % {"most": MOST_OPTIONS}
        yield Problem(f"{place}.options", message)
    keys = Counter(str(one.get("key")) for one in given)
    for n, one in enumerate(given):
        at = f"{place}.options.{n}"
        if not isinstance(one.get("key"), str) or not one["key"].strip() or keys[one["key"]] > 1:
            yield Problem(f"{at}.key", _("Each choice needs a short name of its own."))
        if not words(one.get("label")):
            yield Problem(f"{at}.label", _("Write what can be chosen."))
        price = one.get("price")
        if not is_empty(price) and number(price) is None:
            yield Problem(f"{at}.price", _("Write the price as a number, for example 1500000."))
    if not is_empty(field.default):
        chosen = field.default if isinstance(field.default, list) else [field.default]
        if any(field.option(key) is None for key in chosen):
            yield Problem(f"{place}.default", _("The answer given before is none of the choices."))


def _bounds(place: str, field: Field) -> Iterator[Problem]:
    def read(bound: Any) -> Any:
        from_today = field.type == FieldType.DATE
        return (bound_day(bound, _ANY_DAY) or None) if from_today else number(bound)

    ends = []
    for name, bound in (("low", field.low), ("high", field.high)):
        value = None if is_empty(bound) else read(bound)
        if value is None and not is_empty(bound):
            yield Problem(f"{place}.{name}", _("This limit can't be read. Mend it."))
        ends.append(value)
    low, high = ends
    if low is not None and high is not None and low > high and _comparable(field):
        message = _("The smallest allowed is larger than the largest allowed.")
        yield Problem(f"{place}.high", message)


def _comparable(field: Field) -> bool:
    """Whether both limits move with today, or neither."""
    if field.type != FieldType.DATE:
        return True
    moving = [len(str(bound)) < len("2026-01-01") for bound in (field.low, field.high)]
    return moving[0] == moving[1]


def condition_problems(
    place: str, condition: Any, before: Mapping[str, Field], definition: Definition
) -> Iterator[Problem]:
    """What is wrong with a condition that may look at the questions in `before`."""
    if condition in (None, {}, ""):
        return
    found = list(_parts(place, condition, before, definition, 0))
    yield from found
    if not found and not possible(condition, before):
        yield Problem(place, _("This condition can never hold. Mend it or take it out."))


def _parts(
    place: str, part: Any, before: Mapping[str, Field], definition: Definition, depth: int
) -> Iterator[Problem]:
    if not isinstance(part, Mapping) or depth > DEEPEST:
        yield Problem(place, _("This condition can't be read. Make it anew."))
        return
    for word in ("all", "any"):
        if word in part:
            several = part[word]
            if not isinstance(several, list) or not 0 < len(several) <= MOST_COMPARISONS:
                yield Problem(place, _("Add something to this group of conditions."))
                return
            for n, one in enumerate(several):
                yield from _parts(f"{place}.{word}.{n}", one, before, definition, depth + 1)
            return
    if "not" in part:
        yield from _parts(f"{place}.not", part["not"], before, definition, depth + 1)
        return
    yield from _comparison(place, part, before, definition)


def _comparison(
    place: str, part: Mapping[str, Any], before: Mapping[str, Field], definition: Definition
) -> Iterator[Problem]:
    key, operator = str(part.get("field")), str(part.get("is"))
    field = before.get(key)
    if field is None:
        known = definition.field(key) is not None
        message = (
            _("It depends on %(key)s, which is asked only here or later. Move that question up.")
            if known
            else _("It depends on %(key)s, but there is no such question.")
        )
        yield Problem(place, message % {"key": key})
    elif operator not in FITTING[field.type]:
        message = _("%(label)s can't be compared like that.") % {"label": field.label}
        yield Problem(place, message)
    elif operator not in ALONE and not _fits(field, operator, part.get("value")):
        message = _("This can't be an answer to: %(label)s") % {"label": field.label}
        yield Problem(place, message)


def _fits(field: Field, operator: str, value: Any) -> bool:
    """Whether a value is one that the question can have."""
    several = value if isinstance(value, list) else [value]
    if (operator in SEVERAL) != isinstance(value, list) or not several:
        return False
    if field.type == FieldType.YES_NO:
        return isinstance(value, bool)
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        return all(field.option(one) for one in several)
    if field.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return number(value) is not None
    if field.type == FieldType.DATE:
        return isinstance(value, str | Mapping) and bool(day(value, _ANY_DAY))
    if field.type in (FieldType.PERSON, FieldType.ITEM):
        return all(isinstance(one, int) and not isinstance(one, bool) for one in several)
    return all(isinstance(one, str) and one.strip() for one in several)


def _tasks(said: Any, definition: Definition) -> Iterator[Problem]:
    tasks = definition.tasks
    if len(tasks) > MOST_TASKS:
        yield Problem("tasks", _("At most %(most)s tasks.") % {"most": MOST_TASKS})
        return
    fields = {field.key: field for field in definition.fields}
    keys = Counter(task.key for task in tasks)
    for n, task in enumerate(tasks):
        place = f"tasks.{n}"
        written = _objects(said.get("tasks"))[n]
        if not KEY.fullmatch(task.key) or keys[task.key] > 1:
            message = _("Each task needs a short name of its own: small letters, digits and _.")
            yield Problem(f"{place}.key", message)
        if not task.title:
            yield Problem(f"{place}.title", _("Say what is to be done."))
        if task.team is None:
            yield Problem(f"{place}.team", _("Choose the team that does it."))
        if any(key not in keys for key in task.after):
            yield Problem(f"{place}.after", _("It waits for a task that doesn't exist."))
        hours = written.get("hours")
        if not is_empty(hours) and (task.hours is None or not 0 < task.hours <= MOST_HOURS):
            message = _("Write whole hours from 1 to %(most)s.") % {"most": f"{MOST_HOURS:,}"}
            yield Problem(f"{place}.hours", message)
        yield from condition_problems(f"{place}.if", written.get("if"), fields, definition)
    circle = _circle(tasks)
    if circle:
        message = _("These tasks wait for each other: %(tasks)s") % {"tasks": ", ".join(circle)}
        yield Problem("tasks", message)


def _circle(tasks: Any) -> list[str]:
    """Tasks that wait for each other, in a circle; empty when there is none."""
    waiting = {task.key: set(task.after) for task in tasks}
    while ready := [key for key, after in waiting.items() if not after & waiting.keys()]:
        for key in ready:
            del waiting[key]
    return sorted(waiting)


def _promise(said: Any) -> Iterator[Problem]:
    days = said.get("delivery_days")
    if not is_empty(days) and not (_whole(days) and 0 <= int(days) <= MOST_DAYS):
        message = _("Write working days from 0 to %(most)s.") % {"most": MOST_DAYS}
        yield Problem("delivery_days", message)
    for name in ("impact", "urgency"):
        if name in said and said[name] not in (1, 2, 3):
            yield Problem(name, _("Choose 1, 2 or 3."))


def _price(said: Any, definition: Definition) -> Iterator[Problem]:
    price = _object(said.get("price"))
    amount = price.get("amount")
    if not is_empty(amount) and (number(amount) is None or number(amount) < 0):  # type: ignore[operator]
        yield Problem("price.amount", _("Write the price as a number, for example 1500000."))
    if not re.fullmatch(r"[A-Z]{3}", definition.price.currency):
        yield Problem("price.currency", _("Write the currency in three letters, for example KRW."))
    if price.get("period", Period.ONCE) not in Period.values:
        yield Problem("price.period", _("Choose how often it is due."))
    if price.get("payer", Payer.NOBODY) not in Payer.values:
        yield Problem("price.payer", _("Choose who pays."))
    costs = definition.price.amount > 0 or any(
        o.price for f in definition.fields for o in f.options
    )
    if costs and definition.price.payer == Payer.NOBODY:
        yield Problem("price.payer", _("It has a price: choose who pays."))


def _audience(said: Any) -> Iterator[Problem]:
    audience = said.get("audience")
    if audience in (None, {}):
        return
    named = _object(audience)
    lists = [named.get(name) for name in ("departments", "teams", "roles", "people")]
    if not named.get("everybody") and not any(isinstance(one, list) and one for one in lists):
        yield Problem("audience", _("Choose who may ask for it."))


def _bundle(said: Any, definition: Definition) -> Iterator[Problem]:
    parts = _objects(said.get("bundle"))
    if len(parts) > MOST_PARTS:
        yield Problem("bundle", _("At most %(most)s parts.") % {"most": MOST_PARTS})
        return
    fields = {field.key: field for field in definition.fields}
    for n, written in enumerate(parts):
        place = f"bundle.{n}"
        if not _whole(written.get("offering")):
            yield Problem(f"{place}.offering", _("Choose what is ordered."))
        yield from condition_problems(f"{place}.if", written.get("if"), fields, definition)
        for key, source in _object(written.get("answers")).items():
            if isinstance(source, str) and source not in fields:
                message = _("There is no such question: %(key)s") % {"key": source}
                yield Problem(f"{place}.answers.{key}", message)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _object(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _objects(said: Any) -> list[Mapping[str, Any]]:
    given = said if isinstance(said, list | tuple) else []
    return [one for one in given if isinstance(one, Mapping)]
