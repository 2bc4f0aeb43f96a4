"""What is different between two books, in words; and whether there is anything to publish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from core.models import pick
from sla.models import Book
from sla.queries.names import Names
from sla.queries.words import Words, calendar_words, day_words, policy_words
from sla.snapshot import snapshot

Data = Mapping[str, Any]
NOTHING: dict[str, Any] = {"calendars": {}, "policies": [], "pending_reasons": []}
MOST_DAYS = 12


@dataclass(frozen=True)
class Item:
    """One thing that is said differently; empty where one of the two says nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """A policy, calendar or pending reason: `what` is added, removed or changed."""

    kind: str
    name: str
    what: str
    items: list[Item] = field(default_factory=list)
    more: int = 0


def draft() -> dict[str, Any]:
    """What is edited now, as a book would keep it."""
    return snapshot(apps)


def newest() -> Book | None:
    """What was published last."""
    return Book.objects.select_related("published_by").order_by("pk").last()


def is_unpublished(data: Data | None = None, book: Book | None = None) -> bool:
    """Whether what is edited differs from what was published last. The order of lines is nothing.

    Without arguments both are read.
    """
    book = book or newest()
    return plain(data or draft()) != plain(book.data if book else NOTHING)


def plain(data: Data) -> Any:
    """A book's data without what means nothing: keys and order of lines."""
    return {
        "calendars": dict(data["calendars"]),
        "policies": [_plain_policy(policy) for policy in data["policies"]],
        "pending_reasons": sorted(
            (row["id"], row["pauses"], row["waits_for"]) for row in data["pending_reasons"]
        ),
    }


def _plain_policy(policy: Data) -> dict[str, Any]:
    lines = {
        name: sorted(
            (_without(line, "id") for line in policy[name]),
            key=lambda line: repr(sorted(line.items(), key=lambda pair: pair[0])),
        )
        for name in ("targets", "steps")
    }
    return {**policy, **lines}


def _without(line: Data, name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}


def changes(before: Data | None, after: Data) -> list[Change]:
    """What `after` says differently: policies, their order, calendars, pending reasons."""
    before = before or NOTHING
    names = Names((before, after))
    return [
        *_policies(before, after, names),
        *_order(before, after),
        *_calendars(before, after),
        *_reasons(before, after, names),
    ]


def _policies(before: Data, after: Data, names: Names) -> list[Change]:
    old = {row["id"]: row for row in before["policies"]}
    new = {row["id"]: row for row in after["policies"]}
    return [
        change
        for key in [*new, *(key for key in old if key not in new)]
        if (
            change := _change(
                "policy",
                _name(new.get(key) or old[key]),
                policy_words(old[key], names) if key in old else None,
                policy_words(new[key], names) if key in new else None,
            )
        )
    ]


def _order(before: Data, after: Data) -> list[Change]:
    both = {row["id"] for row in before["policies"]} & {row["id"] for row in after["policies"]}
    old = [row for row in before["policies"] if row["id"] in both]
    new = [row for row in after["policies"] if row["id"] in both]
    if [row["id"] for row in old] == [row["id"] for row in new]:
        return []
    texts = [" → ".join(_name(row) for row in rows) for rows in (old, new)]
    return [Change("order", _("Order of the policies"), "changed", [Item("", *texts)])]


def _calendars(before: Data, after: Data) -> list[Change]:
    old, new = before["calendars"], after["calendars"]
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        change = _change(
            "calendar",
            _name(new.get(key) or old[key]),
            calendar_words(old[key]) if key in old else None,
            calendar_words(new[key]) if key in new else None,
            day_words(old[key]) if key in old else {},
            day_words(new[key]) if key in new else {},
        )
        if change:
            found.append(change)
    return found


def _reasons(before: Data, after: Data, names: Names) -> list[Change]:
    old, new = (
        {row["id"]: _reason(row) for row in data["pending_reasons"]} for data in (before, after)
    )
    found = [
        _change("reason", names("reason", key), old.get(key), new.get(key))
        for key in [*new, *(key for key in old if key not in new)]
    ]
    return [change for change in found if change]


def _reason(row: Data) -> Words:
    return {
        _("Clocks stand still"): _("Yes") if row["pauses"] else _("No"),
        _("Waits for"): {
            "requester": _("the requester"),
            "supplier": _("a supplier"),
        }.get(row["waits_for"], _("something else")),
    }


def _change(
    kind: str,
    name: str,
    old: Words | None,
    new: Words | None,
    old_days: Words | None = None,
    new_days: Words | None = None,
) -> Change | None:
    if old is None:
        return Change(kind, name, "added", [item for item in compare({}, new or {}) if item.new])
    if new is None:
        return Change(kind, name, "removed")
    items = compare(old, new)
    days = compare(old_days or {}, new_days or {})
    more = max(0, len(days) - MOST_DAYS)
    if not items and not days:
        return None
    return Change(kind, name, "changed", [*items, *days[:MOST_DAYS]], more)


def compare(old: Words, new: Words) -> list[Item]:
    """What two sets of words say differently, in the order in which they say it."""
    labels = [*new, *(label for label in old if label not in new)]
    return [
        Item(label, old.get(label, ""), new.get(label, ""))
        for label in labels
        if old.get(label, "") != new.get(label, "")
    ]


def _name(data: Data) -> str:
    return pick(data["name_ko"], data["name_en"])
