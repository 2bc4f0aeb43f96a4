"""Whether a condition can ever hold. Pure: it is tried with every answer that could matter.

What is tried: each option, both sides of each number and date that is named, named texts and
another one, no answer. A condition too large to try is taken as possible.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, islice, pairwise, product
from typing import Any

from catalog.conditions import atoms, day, fields_of, is_empty, number, plain, truth
from catalog.definition import Field
from catalog.enums import FieldType

_MOST_CASES = 400
_MOST_SETS = 512
_TODAY = date(2026, 1, 15)
_OTHER = "\u2026another"
_EPSILON = Decimal("0.5")


def possible(condition: Any, fields: Mapping[str, Field]) -> bool:
    """Whether some answers make it hold. `fields`: all questions before it, by key."""
    try:
        cases = list(islice(_cases(condition, holds=True), _MOST_CASES + 1))
    except RecursionError:
        return True
    if len(cases) > _MOST_CASES:
        return True
    return any(_open(case, fields, frozenset()) for case in cases)


Case = tuple[tuple[bool, Any], ...]  # comparisons, and whether each is to hold


def _cases(condition: Any, *, holds: bool) -> Iterator[Case]:
    """The ways in which a condition can hold: each a list of comparisons that must all be so."""
    if not isinstance(condition, Mapping) or not condition:
        if holds and not condition:
            yield ()
        return
    if "not" in condition:
        yield from _cases(condition["not"], holds=not holds)
        return
    both = "all" if holds else "any"
    for word in ("all", "any"):
        if word not in condition:
            continue
        parts = condition[word] if isinstance(condition[word], list | tuple) else []
        if word == both:
            ways = (islice(_cases(part, holds=holds), _MOST_CASES + 1) for part in parts)
            for found in product(*ways):
                yield tuple(atom for case in found for atom in case)
        else:
            for part in parts:
                yield from _cases(part, holds=holds)
        return
    yield ((holds, condition),)


def _open(case: Case, fields: Mapping[str, Field], done: frozenset[str]) -> bool:
    """Whether each field has an answer that fits all that is said of it, and can be asked."""
    needed = []
    for key in dict.fromkeys(str(atom.get("field")) for _holds, atom in case):
        field = fields.get(key)
        if field is None:
            return True
        said = [(holds, atom) for holds, atom in case if str(atom.get("field")) == key]
        fitting = [
            value
            for value in _answers(field, [atom for _holds, atom in said])
            if all(truth(atom, {key: value}, _TODAY) == holds for holds, atom in said)
        ]
        if not fitting:
            return False
        if key not in done and field.shown_if and all(map(_filled, fitting)):
            needed.append(key)
    if not needed:
        return True
    # The fields that must have an answer must be shown for that.
    shown = {"all": [fields[key].shown_if for key in needed]}
    ways = islice(_cases(shown, holds=True), _MOST_CASES)
    return any(_open((*case, *way), fields, done | set(needed)) for way in ways)


def _filled(value: Any) -> bool:
    return not is_empty(value)


def _answers(field: Field, said: list[Any]) -> Iterable[Any]:
    """The answers worth trying for a field, no answer among them."""
    named = [value for atom in said for value in _named(atom)]
    if field.type == FieldType.YES_NO:
        return [None, True, False]
    if field.type == FieldType.CHOICE:
        return [None, *(option.key for option in field.options)]
    if field.type == FieldType.CHOICES:
        return _sets([option.key for option in field.options], named)
    if field.type in (FieldType.NUMBER, FieldType.AMOUNT):
        return [None, *_numbers(field, named)]
    if field.type == FieldType.DATE:
        return [None, *_days(field, named)]
    if field.type == FieldType.FILE:
        return [None, [_OTHER]]
    return [None, _OTHER, *(plain(value) for value in named)]


def _named(atom: Mapping[str, Any]) -> list[Any]:
    value = atom.get("value")
    return list(value) if isinstance(value, list | tuple) else [value]


def _sets(keys: list[str], named: list[Any]) -> Iterator[list[str]]:
    """No option, then sets of those that are named and one other."""
    said = {plain(value) for value in named}
    of_interest = [key for key in keys if key in said] + [k for k in keys if k not in said][:1]
    chosen = (
        list(some)
        for size in range(len(of_interest) + 1)
        for some in combinations(of_interest, size)
    )
    return islice(chosen, _MOST_SETS)


def _numbers(field: Field, named: list[Any]) -> Iterator[str]:
    low, high = number(field.low), number(field.high)
    if low is None and field.type == FieldType.AMOUNT:
        low = Decimal(0)
    edges = {one for one in map(number, [*named, field.low, field.high]) if one is not None}
    edges |= {Decimal(0)}
    ordered = sorted(edges)
    between = {(one + other) / 2 for one, other in pairwise(ordered)}
    for one in sorted(edges | between | {ordered[0] - _EPSILON, ordered[-1] + _EPSILON}):
        if (low is None or one >= low) and (high is None or one <= high):
            yield format(one, "f")


def _days(field: Field, named: list[Any]) -> Iterator[str]:
    """Days around those that are named. Bounds that move with today are not held against it."""
    fixed = [isinstance(bound, str) and day(bound, _TODAY) for bound in (field.low, field.high)]
    edges = {text for one in named if (text := day(one, _TODAY))}
    edges |= {bound for bound in fixed if bound} | {_TODAY.isoformat()}
    for text in sorted(edges):
        try:
            middle = date.fromisoformat(text)
            around = [(middle + timedelta(days=n)).isoformat() for n in (-1, 0, 1)]
        except (ValueError, OverflowError):
            around = [text]
        for one in around:
            if (not fixed[0] or one >= fixed[0]) and (not fixed[1] or one <= fixed[1]):
                yield one


def size(condition: Any) -> int:
    """How many comparisons a condition has."""
    return sum(1 for _atom in atoms(condition))


def known_fields(condition: Any, fields: Mapping[str, Field]) -> bool:
    """Whether all its questions are among `fields`."""
    return all(key in fields for key in fields_of(condition))
