"""Definitions that travel between installations: rows are named there, not numbered. Pure."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from catalog.enums import FieldType

# turn(table, value): what to put in place of a reference; None leaves it out.
Turn = Callable[[str, Any], Any]
_TABLES = {FieldType.PERSON.value: "person", FieldType.ITEM.value: "item"}


def turned(data: Mapping[str, Any], turn: Turn) -> dict[str, Any]:
    """A copy in which each reference is what `turn` makes of it; the rest is as it was."""
    found: dict[str, Any] = deepcopy(dict(data))
    _one(found.get("approval"), "policy", "policy", turn)
    _one(found, "team", "team", turn)
    audience = found.get("audience")
    for name, table in (("departments", "department"), ("teams", "team"), ("people", "person")):
        _several(audience, name, table, turn)
    _several(found, "articles", "article", turn)
    tables = _answers(found)
    for field in _fields(found):
        if field.get("key") in tables:
            _one(field, "default", tables[field["key"]], turn)
        _condition(field.get("shown_if"), tables, turn)
    for task in _objects(found.get("tasks")):
        _one(task, "team", "team", turn)
        _condition(task.get("if"), tables, turn)
    for part in _objects(found.get("bundle")):
        _one(part, "offering", "offering", turn)
        _condition(part.get("if"), tables, turn)
    return found


def references(data: Mapping[str, Any]) -> dict[str, set[Any]]:
    """What a definition refers to, by table."""
    found: dict[str, set[Any]] = {}

    def note(table: str, value: Any) -> Any:
        found.setdefault(table, set()).add(value)
        return value

    turned(data, note)
    return found


def _one(holder: Any, name: str, table: str, turn: Turn) -> None:
    if isinstance(holder, dict) and _is_reference(holder.get(name)):
        holder[name] = turn(table, holder[name])


def _several(holder: Any, name: str, table: str, turn: Turn) -> None:
    if isinstance(holder, dict) and isinstance(holder.get(name), list):
        given = [turn(table, one) for one in holder[name] if _is_reference(one)]
        holder[name] = [one for one in given if one is not None]


def _condition(condition: Any, tables: Mapping[Any, str], turn: Turn) -> None:
    """Comparisons with a person or an item name it too."""
    if not isinstance(condition, dict):
        return
    for word in ("all", "any"):
        for part in _objects(condition.get(word)):
            _condition(part, tables, turn)
    _condition(condition.get("not"), tables, turn)
    table = tables.get(condition.get("field")) if _is_reference(condition.get("field")) else None
    if table:
        _one(condition, "value", table, turn)
        _several(condition, "value", table, turn)


def _answers(data: Mapping[str, Any]) -> dict[Any, str]:
    """The questions that are answered with a row, and of which table."""
    return {
        field["key"]: _TABLES[field["type"]]
        for field in _fields(data)
        if isinstance(field.get("key"), str) and field.get("type") in list(_TABLES)
    }


def _fields(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    form = data.get("form")
    sections = _objects(form.get("sections")) if isinstance(form, dict) else []
    return [field for section in sections for field in _objects(section.get("fields"))]


def _objects(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _is_reference(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, str) and bool(value))
