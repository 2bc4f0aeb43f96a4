"""What the pages about policies show: the three lists, in words."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from sla.enums import Agreement
from sla.facts import seconds
from sla.models import Calendar, Policy
from sla.queries.changes import Item, compare
from sla.queries.names import Names
from sla.queries.words import condition_words, policy_words, target_label
from sla.snapshot import calendar_data, policies_data


def lists() -> list[dict[str, Any]]:
    """For each kind of agreement its policies in order, with what they ask and promise."""
    rows = list(Policy.objects.order_by("position", "pk"))
    data = {each["id"]: each for each in policies_data(apps, Policy.objects.all())}
    names = Names([{"calendars": {}, "pending_reasons": [], "policies": list(data.values())}])
    return [
        {
            "agreement": agreement.value,
            "label": agreement.label,
            "rows": _rows([row for row in rows if row.agreement == agreement], data, names),
        }
        for agreement in Agreement
    ]


def _rows(policies: list[Policy], data: Mapping[int, Any], names: Names) -> list[dict[str, Any]]:
    last = len(policies) - 1
    return [
        {
            "pk": policy.pk,
            "name": policy.name,
            "is_active": policy.is_active,
            "is_first": index == 0,
            "is_last": index == last,
            "conditions": list(condition_words(data[policy.pk], names).items()),
            "targets": len(data[policy.pk]["targets"]),
            "measures": _measures(data[policy.pk]),
            "steps": len(data[policy.pk]["steps"]),
        }
        for index, policy in enumerate(policies)
    ]


def _measures(policy: Mapping[str, Any]) -> str:
    labels = (target_label({**target, "priority": None}) for target in policy["targets"])
    return ", ".join(dict.fromkeys(labels))


def theirs(policy: Policy, typed: Mapping[str, Any]) -> list[Item]:
    """What is saved of a policy now where it differs from what somebody typed (old: typed)."""
    (saved,) = policies_data(apps, Policy.objects.filter(pk=policy.pk))
    calendars = {str(row.pk): calendar_data(row) for row in Calendar.objects.all()}
    mine = {**saved, **_as_kept(typed)}
    book = {"calendars": calendars, "pending_reasons": [], "policies": [saved, mine]}
    names = Names([book])
    return compare(policy_words(mine, names), policy_words(saved, names))


def _as_kept(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a form gives the action, in the form of a book; departments as they were ticked."""
    same = ("name_ko", "name_en", "on_change", "on_reopen", "kinds", "priorities", "tags", "vip",
            "security", "targets", "offerings")  # fmt: skip
    opened = typed["applies_from"]
    contract = typed.get("contract")
    return {
        **{name: typed[name] for name in same},
        "services": sorted(row.pk for row in typed["services"]),
        "teams": sorted(row.pk for row in typed["teams"]),
        "applies_from": seconds(opened) if opened else None,
        "contract": {"id": contract.pk} if contract else None,
        "steps": [
            {**step, "repeat_seconds": step["repeat_minutes"] * 60} for step in typed["steps"]
        ],
    }
