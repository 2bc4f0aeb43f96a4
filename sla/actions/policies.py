"""Policies: add, edit, copy, order, switch off. What is edited counts once it is published."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core.errors import ActionError
from sla.actions.drafts import fingerprint, refuse_stale, tidy
from sla.actions.lines import LINES, checked_lines, put_lines
from sla.enums import Agreement, OnChange, OnReopen
from sla.models import Policy
from tickets import kinds, priority

FIELDS = (
    "name_ko", "name_en", "note", "kinds", "priorities", "tags", "vip", "security", "contract",
    "applies_from", "on_change", "on_reopen", "offerings",
)  # fmt: skip
MANY = ("services", "departments", "teams")
KNOWN = frozenset({*FIELDS, *MANY, *LINES, "agreement"})
NO_CONDITION: dict[str, Any] = {
    "kinds": [], "priorities": [], "tags": [], "vip": None, "security": None,
    "services": [], "departments": [], "teams": [], "applies_from": None, "contract": None,
    "offerings": [],
}  # fmt: skip


def state_of(policy: Policy) -> dict[str, Any]:
    """All that is edited of a policy, as plain values: rows by their keys, lines as `LINES`."""
    fields = {name: getattr(policy, name) for name in FIELDS if name != "contract"}
    return {
        **fields,
        "contract": policy.contract_id,
        **{name: sorted(row.pk for row in getattr(policy, name).all()) for name in MANY},
        "targets": [
            {
                "metric": row.metric,
                "priority": row.priority,
                "goal": row.goal,
                "calendar": row.calendar_id,
                "warn_at": row.warn_at,
            }
            for row in sorted(policy.targets.all(), key=lambda row: row.pk)
        ],
        "steps": [
            {
                "metrics": row.metrics,
                "percent": row.percent,
                "repeat_minutes": row.repeat_minutes,
                "repeat_limit": row.repeat_limit,
                "actions": row.actions,
            }
            for row in sorted(policy.steps.all(), key=lambda row: (row.percent, row.pk))
        ],
    }


def token_of(policy: Policy) -> str:
    """Says which state of a policy somebody had before them."""
    return fingerprint(state_of(policy))


@transaction.atomic
def create_policy(values: Mapping[str, Any], *, by: User | None) -> Policy:
    """Add a policy, ahead of those that fit everything: behind them it would never count."""
    require_administrator(by)
    agreement = values.get("agreement", Agreement.SLA)
    if agreement not in Agreement.values:
        raise ActionError(_("Choose the kind of agreement."), field="agreement")
    policy = Policy(agreement=agreement)
    cleaned = _checked(policy, values)
    changes = audit.put(policy, {name: cleaned[name] for name in FIELDS if name in cleaned})
    policy.position = _place(agreement)
    policy.save()
    changes |= _put_many(policy, cleaned) | put_lines(policy, cleaned)
    audit.record(policy, AuditVerb.CREATED, by=by, changes=changes)
    return policy


def _place(agreement: str) -> int:
    """Room before the policies at the end that have no condition."""
    ordered = list(
        Policy.objects.select_for_update(of=("self",))
        .filter(agreement=agreement)
        .order_by("position", "pk")
    )
    at = len(ordered)
    while at and not has_conditions(ordered[at - 1]):
        at -= 1
    for index, row in enumerate(ordered):
        row.position = index + (index >= at)
    Policy.objects.bulk_update(ordered, ["position"])
    return at


def has_conditions(policy: Policy) -> bool:
    """Whether there are records that it does not fit."""
    state = state_of(policy)
    return any(state[name] != empty for name, empty in NO_CONDITION.items())


@transaction.atomic
def edit_policy(
    policy: Policy, values: Mapping[str, Any], *, by: User | None, seen: str | None = None
) -> Policy:
    """Change a policy; `targets` and `steps`, where named, replace those it has.

    `seen`: the token of what was edited; Conflict when it changed since.
    """
    require_administrator(by)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    refuse_stale(seen, token_of(policy))
    cleaned = _checked(policy, values)
    changes = audit.put(policy, {name: cleaned[name] for name in FIELDS if name in cleaned})
    if changes:
        policy.save(update_fields=sorted(changes))
    changes |= _put_many(policy, cleaned) | put_lines(policy, cleaned)
    if changes:
        audit.record(policy, AuditVerb.CHANGED, by=by, changes=changes)
    return policy


@transaction.atomic
def copy_policy(policy: Policy, *, by: User | None) -> Policy:
    """A switched-off copy right behind it, to be edited and switched on."""
    require_administrator(by)
    state = state_of(policy)
    copied = Policy(agreement=policy.agreement, is_active=False)
    for name in FIELDS:
        setattr(copied, name, getattr(policy, name))
    with override("ko"):
        copied.name_ko = _("%(name)s (copy)") % {"name": policy.name_ko} if policy.name_ko else ""
    with override("en"):
        copied.name_en = _("%(name)s (copy)") % {"name": policy.name_en} if policy.name_en else ""
    copied.name_ko, copied.name_en = copied.name_ko[:120], copied.name_en[:120]
    ordered = _ordered(policy)
    copied.save()
    for name in MANY:
        getattr(copied, name).set(state[name])
    put_lines(copied, state)
    at = next(index for index, row in enumerate(ordered) if row.pk == policy.pk)
    ordered.insert(at + 1, copied)
    _number(ordered)
    audit.record(copied, AuditVerb.CREATED, by=by, changes={"copy_of": [None, policy.pk]})
    return copied


@transaction.atomic
def move_policy(policy: Policy, step: int, *, by: User | None) -> None:
    """One place up (-1) or down (+1) in its list. The first that fits counts."""
    require_administrator(by)
    ordered = _ordered(policy)
    at = next(index for index, row in enumerate(ordered) if row.pk == policy.pk)
    to = min(max(at + step, 0), len(ordered) - 1)
    if at == to:
        return
    ordered.insert(to, ordered.pop(at))
    _number(ordered)
    audit.record(policy, AuditVerb.CHANGED, by=by, changes={"position": [at + 1, to + 1]})


@transaction.atomic
def switch_policy(policy: Policy, active: bool, *, by: User | None) -> Policy:
    """Let a policy count again, or no longer (from the next publishing)."""
    require_administrator(by)
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    if policy.is_active != active:
        policy.is_active = active
        policy.save(update_fields=["is_active"])
        verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
        audit.record(policy, verb, by=by)
    return policy


def _ordered(policy: Policy) -> list[Policy]:
    beside = Policy.objects.filter(agreement=policy.agreement).order_by("position", "pk")
    return list(beside.select_for_update(of=("self",)))


def _number(ordered: list[Policy]) -> None:
    for position, row in enumerate(ordered):
        row.position = position
    Policy.objects.bulk_update(ordered, ["position"])


def _checked(policy: Policy, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = tidy(policy, values, KNOWN)
    cleaned.pop("agreement", None)
    for name, known in (
        ("kinds", {kind.key for kind in kinds.all_kinds()}),
        ("priorities", set(priority.LEVELS)),
    ):
        if name in cleaned:
            cleaned[name] = sorted(set(cleaned[name]))
            if not known.issuperset(cleaned[name]):
                raise ActionError(_("Choose one of the values offered."), field=name)
    for name, offered in (("on_change", OnChange.values), ("on_reopen", OnReopen.values)):
        if cleaned.get(name, getattr(policy, name)) not in offered:
            raise ActionError(_("Choose one of the values offered."), field=name)
    if "tags" in cleaned:
        cleaned["tags"] = sorted({str(tag).strip()[:40] for tag in cleaned["tags"]} - {""})
    if "offerings" in cleaned:
        cleaned["offerings"] = sorted({int(key) for key in cleaned["offerings"]})
    _check_contract(policy, cleaned)
    return cleaned | checked_lines(policy, cleaned)


def _check_contract(policy: Policy, cleaned: Mapping[str, Any]) -> None:
    contract = cleaned.get("contract", policy.contract)
    if policy.agreement == Agreement.UC and contract is None:
        raise ActionError(_("Choose the contract."), field="contract", code="required")
    if policy.agreement != Agreement.UC and contract is not None:
        raise ActionError(
            _("Only an underpinning contract has a contract with a supplier."), field="contract"
        )


def _put_many(policy: Policy, values: Mapping[str, Any]) -> audit.Changes:
    changes: audit.Changes = {}
    for name in MANY:
        if name not in values:
            continue
        old = sorted(row.pk for row in getattr(policy, name).all())
        new = sorted({getattr(row, "pk", row) for row in values[name]})
        if old != new:
            getattr(policy, name).set(new)
            changes[name] = [old, new]
    return changes
