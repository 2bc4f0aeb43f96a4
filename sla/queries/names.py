"""Names of the rows that agreements point at, read once for a whole page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

MODELS = {
    "service": "cmdb.Service",
    "department": "accounts.Department",
    "team": "accounts.Team",
    "contract": "cmdb.Contract",
    "offering": "catalog.Offering",  # above this app: known by its name only
    "person": "accounts.User",
    "reason": "tickets.PendingReason",
    "webhook": "notifications.Webhook",
}
MOST = 8


class Names:
    """names("team", 3): what that row is called for the reader; its number where it is gone."""

    def __init__(self, books: Iterable[Mapping[str, Any]]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        self.calendars: dict[int, Mapping[str, Any]] = {}
        for data in books:
            self.calendars |= {int(key): value for key, value in data["calendars"].items()}
            wanted["reason"] |= {row["id"] for row in data["pending_reasons"]}
            for policy in data["policies"]:
                _collect(policy, wanted)
        self._names = {
            what: {row.pk: str(row.name) for row in _rows(MODELS[what], keys)}
            for what, keys in wanted.items()
            if keys
        }

    def __call__(self, what: str, key: int) -> str:
        return self._names.get(what, {}).get(key, f"#{key}")

    def listed(self, what: str, keys: Iterable[int]) -> str:
        """Several, in the order of their names, with a limit."""
        return some(sorted(self(what, key) for key in keys))


def some(texts: list[str]) -> str:
    """A list as text, cut where it would be too long to read."""
    if len(texts) <= MOST:
        return ", ".join(texts)
    shown = ", ".join(texts[:MOST])
    return _("%(names)s and %(n)s more") % {"names": shown, "n": len(texts) - MOST}


def _collect(policy: Mapping[str, Any], wanted: dict[str, set[int]]) -> None:
    wanted["service"].update(policy["services"])
    wanted["offering"].update(policy.get("offerings", ()))
    wanted["department"].update(policy["departments"])
    wanted["team"].update(policy["teams"])
    if policy["contract"]:
        wanted["contract"].add(policy["contract"]["id"])
    for step in policy["steps"]:
        for action in step["actions"]:
            wanted["person"].update(action.get("people", ()))
            for what in ("team", "webhook"):
                if action.get(what) is not None:
                    wanted[what].add(action[what])


def _rows(model: str, keys: set[int]) -> list[Any]:
    try:
        return list(apps.get_model(model).objects.filter(pk__in=keys))
    except LookupError:
        return []
