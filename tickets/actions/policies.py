"""Approval policies, by administrators: who approves, in which order, up to which amount.

A round that runs keeps the line it was made with; a policy counts for rounds asked for later.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb, Role
from accounts.models import Team, User
from core.errors import ActionError, Conflict
from tickets import kinds
from tickets.enums import DecidedBy, StageKind
from tickets.lines import HIGHEST, SELECTORS
from tickets.models import ApprovalPolicy

Data = Mapping[str, Any]
MOST_STAGES = 12
MOST_WHO = 20
MOST_FINALS = 12
MOST_DAYS = 60
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "in")
NUMBERS = ("amount",)


def token_of(policy: ApprovalPolicy) -> str:
    """Says which state of a policy somebody had before them."""
    state = [policy.name_ko, policy.name_en, policy.kind, policy.data]
    written = json.dumps(state, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


@transaction.atomic
def create_policy(values: Data, *, by: User | None) -> ApprovalPolicy:
    """Add a policy. `values`: name_ko, name_en, kind (empty: any), data."""
    require_administrator(by)
    policy = ApprovalPolicy()
    changes = audit.put(policy, _checked(values))
    policy.save()
    audit.record(policy, AuditVerb.CREATED, by=by, changes=changes)
    return policy


@transaction.atomic
def edit_policy(
    policy: ApprovalPolicy, values: Data, *, by: User | None, seen: str | None = None
) -> ApprovalPolicy:
    """Change a policy. `seen`: the token of what was edited; Conflict when it changed since."""
    require_administrator(by)
    policy = ApprovalPolicy.objects.select_for_update().get(pk=policy.pk)
    if seen and seen != token_of(policy):
        raise Conflict(_("Somebody else changed this policy meanwhile. Look at both."), [])
    changes = audit.put(policy, _checked(values))
    if changes:
        policy.save(update_fields=sorted(changes))
        audit.record(policy, AuditVerb.CHANGED, by=by, changes=changes)
    return policy


@transaction.atomic
def switch_policy(policy: ApprovalPolicy, active: bool, *, by: User | None) -> None:
    """Take a policy into use or out of it."""
    require_administrator(by)
    policy = ApprovalPolicy.objects.select_for_update().get(pk=policy.pk)
    if policy.is_active != active:
        policy.is_active = active
        policy.save(update_fields=["is_active"])
        verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
        audit.record(policy, verb, by=by)


def _checked(values: Data) -> dict[str, Any]:
    errors = dict(problems(values))
    if errors:
        raise ActionError(next(iter(errors.values())), code="problems", errors=errors)
    return {name: values[name] for name in ("name_ko", "name_en", "kind", "data")}


def problems(values: Data) -> Iterator[tuple[str, str]]:
    """What is wrong with a policy as written: (place, what to do)."""
    if not (values.get("name_ko") or values.get("name_en")):
        yield "name_ko", _("Enter the name in at least one language.")
    if values.get("kind") and values["kind"] not in {kind.key for kind in kinds.all_kinds()}:
        yield "kind", _("Choose one of the values offered.")
    data = values.get("data") or {}
    stages = data.get("stages") or []
    if not 0 < len(stages) <= MOST_STAGES:
        yield "stages", _("A policy has 1 to %(most)s stages.") % {"most": MOST_STAGES}
    for at, stage in enumerate(stages[:MOST_STAGES]):
        yield from _stage(f"stages.{at}", stage)
    yield from _selectors("fallback", data.get("fallback") or [])
    finals = data.get("finals") or []
    if len(finals) > MOST_FINALS:
        yield "finals", _("At most %(most)s rules.") % {"most": MOST_FINALS}
    for at, rule in enumerate(finals[:MOST_FINALS]):
        yield from _final(f"finals.{at}", rule, len(stages))


def _stage(place: str, stage: Data) -> Iterator[tuple[str, str]]:
    if stage.get("kind") not in StageKind.values:
        yield f"{place}.kind", _("Choose one of the values offered.")
    if stage.get("decided_by") not in DecidedBy.values:
        yield f"{place}.decided_by", _("Choose one of the values offered.")
    if stage.get("decided_by") == DecidedBy.SHARE and not _within(stage.get("share"), 1, 100):
        yield f"{place}.share", _("Write whole per cents from 1 to 100.")
    for name in ("days", "remind"):
        if stage.get(name) is not None and not _within(stage.get(name), 1, MOST_DAYS):
            yield (
                f"{place}.{name}",
                _("Write working days from 1 to %(most)s.") % {"most": MOST_DAYS},
            )
    if not stage.get("who"):
        yield f"{place}.who", _("Name who decides this stage.")
    yield from _selectors(f"{place}.who", stage.get("who") or [])
    yield from _condition(f"{place}.if", stage.get("if"))


def _selectors(place: str, selectors: list[Data]) -> Iterator[tuple[str, str]]:
    if len(selectors) > MOST_WHO:
        yield place, _("At most %(most)s lines.") % {"most": MOST_WHO}
        return
    for at, selector in enumerate(selectors):
        message = _selector(selector)
        if message:
            yield f"{place}.{at}", message


def _selector(selector: Data) -> str:
    kind = selector.get("type")
    if kind not in SELECTORS:
        return _("Choose who decides.")
    if kind == "person":
        people = User.objects.filter(is_active=True, is_machine=False)
        if not people.filter(pk=selector.get("id") or 0).exists():
            return _("Choose a person who works here.")
    if kind in ("team", "team_lead"):
        team = Team.objects.filter(is_active=True, pk=selector.get("id") or 0).first()
        if team is None:
            return _("Choose a team that is active.")
        if kind == "team_lead" and team.lead_id is None:
            return _("This team has no lead. Name one, or choose another team.")
    if kind == "role" and selector.get("role") not in Role.values:
        return _("Choose a role.")
    lowest = {"manager": 1, "head": 0}.get(str(kind))
    if lowest is not None and not _within(selector.get("level"), lowest, HIGHEST):
        return _("Write levels from %(low)s to %(high)s.") % {"low": lowest, "high": HIGHEST}
    return ""


def _final(place: str, rule: Data, stages: int) -> Iterator[tuple[str, str]]:
    if not _within(rule.get("stage"), 0, stages - 1):
        yield f"{place}.stage", _("Choose the stage that decides for those after it.")
    elif rule.get("stage") == stages - 1:
        yield f"{place}.stage", _("Choose an earlier stage: after the last one nothing is spared.")
    if not rule.get("if"):
        yield f"{place}.if", _("Say when it applies.")
    yield from _condition(f"{place}.if", rule.get("if"))


def _condition(place: str, condition: Any) -> Iterator[tuple[str, str]]:
    if not condition:
        return
    if not isinstance(condition, Mapping) or condition.get("is") not in OPERATORS:
        yield place, _("This condition can't be read. Make it anew.")
        return
    value = condition.get("value")
    if value in (None, "", []):
        yield place, _("Say what to compare with.")
    elif condition.get("field") in NUMBERS and not _is_number(value):
        yield place, _("Write an amount such as 1500000.")


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def _within(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
