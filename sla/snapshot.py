"""What is edited now, in the form in which a book keeps it (see sla.book.read)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from sla.enums import Agreement
from sla.facts import seconds


def snapshot(apps: Any) -> dict[str, Any]:
    """All that is edited now, in the form of a book. `apps`: whose models to read."""
    active = apps.get_model("sla", "Policy").objects.filter(is_active=True)
    return {
        "calendars": {str(row.pk): calendar_data(row) for row in _calendars(apps)},
        "policies": policies_data(apps, active),
        "pending_reasons": [
            {"id": row.pk, "pauses": row.pauses_clocks, "waits_for": row.waits_for}
            for row in apps.get_model("tickets", "PendingReason").objects.order_by("pk")
        ],
    }


def policies_data(apps: Any, policies: Any) -> list[dict[str, Any]]:
    """Policies as a book keeps them, in the order in which they are asked."""
    rows = policies.select_related("contract").prefetch_related(
        "services", "departments", "teams", "targets", "steps", "contract__services"
    )
    children = _departments_below(apps)
    return [_policy_data(policy, children) for policy in _in_order(rows)]


def _calendars(apps: Any) -> Any:
    return apps.get_model("sla", "Calendar").objects.order_by("pk").prefetch_related("days")


def _in_order(policies: Any) -> list[Any]:
    ranks = {key: rank for rank, key in enumerate(Agreement.values)}
    return sorted(
        policies, key=lambda policy: (ranks[policy.agreement], policy.position, policy.pk)
    )


def calendar_data(row: Any) -> dict[str, Any]:
    """A calendar as a book keeps it."""
    days = sorted(row.days.all(), key=lambda day: day.day)
    return {
        "name_ko": row.name_ko,
        "name_en": row.name_en,
        "rules": {
            "zone": row.zone,
            "week": row.week,
            "days": {day.day.isoformat(): day.windows for day in days},
            "names": {day.day.isoformat(): day.name_ko or day.name_en for day in days},
            "always": row.always,
        },
    }


def _departments_below(apps: Any) -> dict[int, set[int]]:
    """Each department with all below it."""
    parents = dict(apps.get_model("accounts", "Department").objects.values_list("pk", "parent_id"))
    below: dict[int, set[int]] = {pk: {pk} for pk in parents}
    for pk in parents:
        upper, seen = parents[pk], {pk}
        while upper is not None and upper not in seen:
            below[upper].add(pk)
            seen.add(upper)
            upper = parents.get(upper)
    return below


def _policy_data(policy: Any, below: dict[int, set[int]]) -> dict[str, Any]:
    departments = {each for row in policy.departments.all() for each in below[row.pk]}
    return {
        "id": policy.pk,
        "name_ko": policy.name_ko,
        "name_en": policy.name_en,
        "agreement": policy.agreement,
        "on_change": policy.on_change,
        "on_reopen": policy.on_reopen,
        "kinds": sorted(policy.kinds),
        "priorities": sorted(policy.priorities),
        "services": sorted(row.pk for row in policy.services.all()),
        "offerings": sorted(getattr(policy, "offerings", ())),  # migrations read older models
        "departments": sorted(departments),
        "teams": sorted(row.pk for row in policy.teams.all()),
        "tags": sorted(policy.tags),
        "vip": policy.vip,
        "security": policy.security,
        "applies_from": seconds(policy.applies_from) if policy.applies_from else None,
        "contract": _contract_data(policy),
        "targets": [
            {
                "id": target.pk,
                "metric": target.metric,
                "priority": target.priority,
                "goal": target.goal,
                "calendar": target.calendar_id,
                "warn_at": sorted(target.warn_at),
            }
            for target in sorted(policy.targets.all(), key=lambda row: row.pk)
        ],
        "steps": [
            {
                "id": step.pk,
                "metrics": sorted(step.metrics),
                "percent": step.percent,
                "repeat_seconds": step.repeat_minutes * 60,
                "repeat_limit": step.repeat_limit,
                "actions": step.actions,
            }
            for step in sorted(policy.steps.all(), key=lambda row: (row.percent, row.pk))
        ],
    }


def _contract_data(policy: Any) -> dict[str, Any] | None:
    contract = policy.contract
    if contract is None:
        return None
    zone = ZoneInfo(settings.DEFAULT_USER_TIME_ZONE)

    def midnight(day: Any, later: int = 0) -> int:
        local = datetime.combine(day + timedelta(days=later), time.min, zone)
        return seconds(local)

    # The last day there is has no day after it: people write it for "without an end".
    ends = contract.ends_on is not None and contract.ends_on < date.max
    return {
        "id": contract.pk,
        "services": sorted(row.pk for row in contract.services.all()),
        "starts": midnight(contract.starts_on),
        "ends": midnight(contract.ends_on, 1) if ends else None,
    }
