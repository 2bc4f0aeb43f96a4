"""The short lines of offerings.toml, read into definitions of offerings and approval policies."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cmdb.enums import ItemType

Ids = Mapping[str, int]
Text = dict[str, str]


def text(pair: Any) -> Text:
    """["한국어", "English"] → a text in both languages."""
    return {"ko": pair[0], "en": pair[-1]} if pair else {}


def _both(words: str) -> Text:
    """ "가벼운/Light", or one word for both."""
    ko, _slash, en = words.partition("/")
    return {"ko": ko, "en": en or ko}


def condition(short: str) -> dict[str, Any] | None:
    """ "old=back" · "size=m,l" · "apps~cad" (among those chosen) · "desk" (answered)."""
    if not short:
        return None
    if "~" in short:
        field, _tilde, value = short.partition("~")
        return {"field": field, "is": "has", "value": value}
    field, _equals, value = short.partition("=")
    if not value:
        return {"field": field, "is": "filled"}
    if "," in value:
        return {"field": field, "is": "in", "value": value.split(",")}
    return {"field": field, "is": "eq", "value": True if value == "true" else value}


def question(line: str) -> dict[str, Any]:
    """One question of a form."""
    key, kind, ko, en, more, shown = (line.split("|") + [""] * 6)[:6]
    en = en or ko
    made: dict[str, Any] = {
        "key": key,
        "type": kind.rstrip("!"),
        "label": {"ko": ko, "en": en},
        "required": kind.endswith("!"),
        **_more(kind.rstrip("!"), more),
    }
    if shown:
        made["shown_if"] = condition(shown)
    return made


def _more(kind: str, more: str) -> dict[str, Any]:
    if kind in ("choice", "choices"):
        return {"options": [_option(one) for one in more.split(";")]}
    if kind in ("number", "date") and more:
        low, high = more.split("..")
        return {"low": int(low), "high": int(high)}
    if kind == "item" and more:
        types = more.split(",")
        return {"item_types": types, "mine": ItemType.WORKSTATION in types}
    if kind == "file" and more:
        return {"files": int(more)}
    return {}


def _option(short: str) -> dict[str, Any]:
    key, _equals, words = short.partition("=")
    words, _at, price = words.partition("@")
    return {"key": key, "label": _both(words), "price": price or None}


def task(line: str, teams: Ids) -> dict[str, Any]:
    """One task of the plan."""
    key, ko, en, team, hours, after, only = (line.split("|") + [""] * 7)[:7]
    return {
        "key": key,
        "title": {"ko": ko, "en": en},
        "team": teams[team],
        "hours": int(hours) if hours else None,
        "after": after.split(",") if after else [],
        "if": condition(only),
    }


def part(line: str, offerings: Ids) -> dict[str, Any]:
    """One part of a bundle: what it orders, when, and what it answers there."""
    key, only, answers = (line.split("|") + [""] * 3)[:3]
    pairs = re.findall(r"(\w+)=(\[[^\]]*\]|[^,]*)", answers)
    return {
        "offering": offerings[key],
        "if": condition(only),
        "answers": {field: _answer(value) for field, value in pairs},
    }


def _answer(value: str) -> Any:
    if value.startswith("$"):
        return value[1:]
    if value.startswith("["):
        return {"value": value[1:-1].split(",")}
    return {"value": value}


def stage(line: str, teams: Ids) -> dict[str, Any]:
    """One stage of an approval policy."""
    ko, en, kind, who, decided, days, only = (line.split("|") + [""] * 7)[:7]
    way, _colon, share = decided.partition(":")
    made: dict[str, Any] = {
        "name": {"ko": ko, "en": en},
        "kind": kind,
        "who": [_selector(who, teams)],
        "decided_by": way,
        "days": int(days),
        "remind": 1,
    }
    if share:
        made["share"] = int(share)
    if only:
        field, value = only.split(">=")
        made["if"] = {"field": field, "is": "ge", "value": value}
    return made


def _selector(short: str, teams: Ids) -> dict[str, Any]:
    kind, _colon, more = short.partition(":")
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "manager": lambda: {"level": int(more)},
        "head": lambda: {"level": int(more)},
        "team": lambda: {"id": teams[more]},
        "service_owner": dict,
    }
    return {"type": kind, **readers[kind]()}
