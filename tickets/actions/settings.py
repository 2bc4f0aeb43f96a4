"""What an administrator sets: lists of choices, routing rules, saved replies, task templates.

Rows of these lists are switched off rather than deleted: old records keep them.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import Team, User
from core.errors import ActionError
from tickets import kinds
from tickets.models import (
    CannedText,
    Category,
    CauseCategory,
    PendingReason,
    ResolutionCode,
    RoutingRule,
    WorkTemplate,
)

NAMES = ("name_ko", "name_en")
FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Category: (*NAMES, "parent", "service", "team", "in_portal"),
    PendingReason: (*NAMES, "waits_for", "pauses_clocks"),
    ResolutionCode: NAMES,
    CauseCategory: NAMES,
    CannedText: (*NAMES, "body_ko", "body_en", "team"),
    WorkTemplate: (*NAMES, "kind", "for_major", "service", "lines"),
    RoutingRule: ("kind", "service", "category", "priority_at_most", "title_contains", "team"),
}
# Resolving asks for one of each: the last one offered can't be switched off.
NEVER_EMPTY = (ResolutionCode, CauseCategory, PendingReason)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLACEHOLDERS = frozenset({"requester", "number", "title"})
MOST_LINES = 50


def keep(model: type[models.Model], fields: tuple[str, ...]) -> None:
    """Name a list of an app above that is kept the same way, and the fields that are edited."""
    FIELDS[model] = fields


@transaction.atomic
def create(model: type[models.Model], values: Mapping[str, Any], *, by: User | None) -> Any:
    """Add a row to one of the lists, at its end."""
    require_administrator(by)
    row: Any = model()
    changes = audit.put(row, _checked(row, values))
    row.position = _next_position(row)
    if hasattr(row, "key"):
        row.key = _free_key(model, row.name_en or row.name_ko)
    row.save()
    audit.record(row, AuditVerb.CREATED, by=by, changes=changes)
    return row


@transaction.atomic
def change(row: Any, values: Mapping[str, Any], *, by: User | None) -> Any:
    """Change a row. Its key, which importers and rules know, stays."""
    require_administrator(by)
    row = type(row).objects.select_for_update().get(pk=row.pk)
    changes = audit.put(row, _checked(row, values))
    if changes:
        row.save(update_fields=sorted(changes))
        audit.record(row, AuditVerb.CHANGED, by=by, changes=changes)
    return row


@transaction.atomic
def set_active(row: Any, active: bool, *, by: User | None) -> Any:
    """Offer a row or not. Records that have it keep it."""
    require_administrator(by)
    model = type(row)
    siblings = list(model.objects.select_for_update().order_by("pk"))
    row = next(sibling for sibling in siblings if sibling.pk == row.pk)
    if row.is_active == active:
        return row
    others = [sibling for sibling in siblings if sibling.is_active and sibling.pk != row.pk]
    if not active and model in NEVER_EMPTY and not others:
        raise ActionError(_("At least one has to be offered: records ask for it."), code="last_one")
    row.is_active = active
    row.save(update_fields=["is_active"])
    verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
    audit.record(row, verb, by=by)
    return row


@transaction.atomic
def move(row: Any, step: int, *, by: User | None) -> None:
    """Move a row up (-1) or down (+1) among those beside it, and number them anew."""
    require_administrator(by)
    beside = _beside(row).select_for_update(of=("self",)).order_by("position", "id")
    ordered = list(beside)
    at = next(index for index, other in enumerate(ordered) if other.pk == row.pk)
    to = min(max(at + step, 0), len(ordered) - 1)
    if at == to:
        return
    ordered.insert(to, ordered.pop(at))
    moved = []
    for position, other in enumerate(ordered, 1):
        if other.position != position:
            other.position = position
            moved.append(other)
    type(row).objects.bulk_update(moved, ["position"])
    audit.record(row, AuditVerb.CHANGED, by=by, changes={"position": [at + 1, to + 1]})


def _beside(row: Any) -> Any:
    rows = type(row).objects.all()
    return rows.filter(parent_id=row.parent_id) if isinstance(row, Category) else rows


def _next_position(row: Any) -> int:
    last = _beside(row).aggregate(last=models.Max("position"))["last"]
    return (last or 0) + 1


def _free_key(model: Any, name: str) -> str:
    base = slugify(name, allow_unicode=True)[:50] or "x"
    taken = set(model.objects.filter(key__startswith=base).values_list("key", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, 10_000))
    return next(key for key in candidates if key not in taken)


def _checked(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS[type(row)])
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
    if hasattr(row, "name_ko") and not any(_value(row, cleaned, name) for name in NAMES):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    check = _CHECKS.get(type(row))
    if check:
        check(row, cleaned)
    return cleaned


def _value(row: Any, cleaned: Mapping[str, Any], name: str) -> Any:
    return cleaned[name] if name in cleaned else getattr(row, name)


def _check_category(row: Category, cleaned: dict[str, Any]) -> None:
    parent = cleaned.get("parent")
    if parent is None:
        return
    if parent.parent_id:
        raise ActionError(_("Categories have two levels. Choose one of the first."), field="parent")
    if row.pk and (parent.pk == row.pk or row.children.exists()):
        raise ActionError(
            _("This category has others below it and can't go below one itself."), field="parent"
        )


def _check_canned(row: CannedText, cleaned: dict[str, Any]) -> None:
    bodies = {name: _value(row, cleaned, name) for name in ("body_ko", "body_en")}
    if not any(bodies.values()):
        raise ActionError(
            _("Write the text in at least one language."), field="body_ko", code="required"
        )
    for name, body in bodies.items():
        if set(PLACEHOLDER.findall(body)) - PLACEHOLDERS:
            raise ActionError(
                _("Only {requester}, {number} and {title} are filled in."), field=name
            )


def _check_template(row: WorkTemplate, cleaned: dict[str, Any]) -> None:
    kind = _value(row, cleaned, "kind")
    if kind and kind not in {known.key for known in kinds.all_kinds()}:
        raise ActionError(_("Choose one of the values offered."), field="kind")
    lines = []
    for line in _value(row, cleaned, "lines"):
        title = str(line.get("title", "")).strip()[:250]
        if title:
            team = line.get("team") if line.get("type") == "task" else None
            lines.append({"type": line["type"], "title": title, "team": team})
    if not 0 < len(lines) <= MOST_LINES:
        raise ActionError(
            _("A template has 1 to %(most)s lines.") % {"most": MOST_LINES}, field="lines"
        )
    known_teams = set(Team.objects.values_list("pk", flat=True))
    for line in lines:
        if line["type"] not in ("task", "check") or (line["team"] or 0) not in known_teams | {0}:
            raise ActionError(_("Choose one of the values offered."), field="lines")
    cleaned["lines"] = lines


def _check_rule(row: RoutingRule, cleaned: dict[str, Any]) -> None:
    team = cleaned["team"] if "team" in cleaned else getattr(row, "team", None)
    if team is None or not team.is_active:
        raise ActionError(_("Choose a team that is active."), field="team", code="required")
    kind = _value(row, cleaned, "kind")
    if kind and kind not in {known.key for known in kinds.all_kinds()}:
        raise ActionError(_("Choose one of the values offered."), field="kind")
    level = _value(row, cleaned, "priority_at_most")
    if level is not None and level not in range(1, 6):
        raise ActionError(_("Choose one of the values offered."), field="priority_at_most")


_CHECKS: dict[type[models.Model], Any] = {
    Category: _check_category,
    CannedText: _check_canned,
    WorkTemplate: _check_template,
    RoutingRule: _check_rule,
}
