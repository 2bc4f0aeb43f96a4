"""Every address of Maru, read from the URL configuration, so that a new one is attacked too."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import get_resolver

_PART = re.compile(r"<(?:[a-z]+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^\]]*\]|\\.|[^)\[])*\)")
# One word for each named part; tests overrule what they need.
WORDS = {
    "folder": "inc", "number": "INC-1", "reference": "INC-1", "pk": 1, "grant_pk": 1, "token_pk": 1,
    "slug": "mail", "shelf": "devices",
    "member_pk": 1, "change_pk": 1, "override_pk": 1, "relation_pk": 1, "item_pk": 1,
    "view": "open", "source": "tickets", "what": "resolved",
    "audience": "requester", "name": "title", "mode": "reply", "task": "TASK-1", "url": "x",
    "uidb64": "MQ", "token": "set-password", "table": "people", "app_label": "core",
    "language": "en", "file_pk": 1,
    "version_pk": 1, "part": "texts", "revision": 1,
    "role": "commander", "day_pk": 1, "object_id": 1, "content_type_id": 1, "key": "categories",
}  # fmt: skip
# What takes several words: each of them is an address.
MORE: dict[str, dict[str, Any]] = {
    "desk/q/": {"key": ("status", "team", "assignee", "requester", "service", "priority")},
    "/panel/": {"name": ("info", "requester", "links", "tasks", "files", "history")},
    "/menu/": {"what": ("status", "assignee", "priority", "more")},
    "/do/": {"name": ("resolve", "cancel", "pend", "start", "assign")},
    "admin-ui/catalog/": {
        "part": (
            "texts",
            "form",
            "approval",
            "tasks",
            "work",
            "promise",
            "audience",
            "articles",
            "bundle",
        ),
    },
    "admin-ui/lists/": {"key": ("categories", "routing", "saved-replies", "task-templates")},
    "desk/sla/table/": {"name": ("figures", "series", "groups", "spent")},
    "desk/pick/": {"source": ("tickets", "people", "agents", "teams", "services", "items")},
}


def patterns(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Every pattern as the URL configuration has it."""
    for part in (resolver or get_resolver()).url_patterns:
        whole = before + str(part.pattern)
        if hasattr(part, "url_patterns"):
            yield from patterns(part, whole)
        else:
            yield whole


def addresses(words: Mapping[str, Any] | None = None) -> list[str]:
    """Every address, its parts filled from `words`, WORDS and MORE."""
    found: dict[str, None] = {}
    for pattern in patterns():
        for chosen in _choices(pattern):
            known = {**WORDS, **chosen, **(words or {})}
            filled = _PART.sub(lambda hit, k=known: str(k[hit[1] or hit[2]]), pattern)
            # Letters of either case ([Kk][Bb]-1) are asked for as the first one.
            spelt = re.sub(r"\[(\w)\w\]", r"\1", re.sub(r"[\^$]", "", filled))
            found["/" + spelt] = None
    return list(found)


def _choices(pattern: str) -> Iterator[dict[str, str]]:
    for mark, several in MORE.items():
        if mark in pattern:
            for name, values in several.items():
                if re.search(rf"[<:]{name}>", pattern):
                    yield from ({name: value} for value in values)
                    return
    yield {}
