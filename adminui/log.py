"""The audit log in words: kinds, names and values, looked up for a whole page at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.enums import AuditVerb, Role, Scope, TokenScope
from accounts.models import AuditEvent
from cmdb.enums import RelationType
from core import options

KINDS: dict[str, Any] = {
    "accounts.user": gettext_lazy("Person"),
    "accounts.team": gettext_lazy("Team"),
    "accounts.department": gettext_lazy("Department"),
    "accounts.apitoken": gettext_lazy("API token"),
    "accounts.rota": gettext_lazy("Duty rota"),
    "accounts.rotaoverride": gettext_lazy("Change of duty"),
    "tickets.prioritycell": gettext_lazy("Priority matrix"),
    "tickets.category": gettext_lazy("Category"),
    "tickets.pendingreason": gettext_lazy("Pending reason"),
    "tickets.resolutioncode": gettext_lazy("Resolution code"),
    "tickets.causecategory": gettext_lazy("Cause category"),
    "tickets.routingrule": gettext_lazy("Routing rule"),
    "tickets.worktemplate": gettext_lazy("Task template"),
    "tickets.cannedtext": gettext_lazy("Saved reply"),
    "cmdb.service": gettext_lazy("Service"),
    "cmdb.configurationitem": gettext_lazy("Configuration item"),
    "cmdb.supplier": gettext_lazy("Supplier"),
    "cmdb.contract": gettext_lazy("Contract"),
    "notifications.template": gettext_lazy("Mail text"),
    "notifications.webhook": gettext_lazy("Webhook"),
    "sla.calendar": gettext_lazy("Calendar"),
    "sla.policy": gettext_lazy("Policy"),
    "sla.book": gettext_lazy("Publishing of service levels"),
    "core.option": gettext_lazy("Organisation"),
    "core.outboxmessage": gettext_lazy("Set-aside work"),
}
# Fields that hold ids of rows but are no foreign keys of the object itself.
POINTS_AT = {
    "members": "accounts.user",
    "instead_of": "accounts.user",
    "member": "accounts.user",
    "to": "accounts.user",
    "services": "cmdb.service",
    "items": "cmdb.configurationitem",
    "copy_of": "sla.policy",
    "default_team": "accounts.team",
    "it_department": "accounts.department",
    **dict.fromkeys(RelationType.values, "cmdb.configurationitem"),
}
# Kept as words: they are lines of a calendar or a policy.
LINES = frozenset({"days", "targets", "steps"})
# Words of stored values whose field belongs to another row than the object itself.
WORDS = {
    "role": dict(Role.choices),
    "scope": dict(Scope.choices),
    "scopes": dict(TokenScope.choices),
}
Names = dict[tuple[str, Any], str]


def lines(events: Iterable[AuditEvent]) -> list[dict[str, Any]]:
    """Each event with its object's name and its changes as text. One query per kind of row."""
    events = list(events)
    names = _names(events)
    return [
        {
            "event": event,
            "verb": event.get_verb_display(),
            "kind": KINDS.get(event.object_type, event.object_type),
            "name": event.object_label or names.get((event.object_type, _id(event.object_id)), ""),
            "changes": [_change(event, name, pair, names) for name, pair in event.changes.items()],
        }
        for event in events
    ]


def _id(text: str) -> Any:
    return int(text) if text.isdigit() else text


def _names(events: Iterable[AuditEvent]) -> Names:
    wanted: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        if event.object_type == "accounts.user":
            wanted["accounts.user"].add(_id(event.object_id))
        for field, pair in event.changes.items():
            model = _model_of(event.object_type, field)
            if model:
                wanted[model].update(part for value in pair for part in _ids(value))
    names: Names = {}
    for model, ids in wanted.items():
        for row in apps.get_model(model).objects.filter(pk__in=ids):
            names[(model, row.pk)] = row.name
    return names


def _ids(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    return [part for part in values if isinstance(part, int) and not isinstance(part, bool)]


def _model_of(kind: str, field: str) -> str:
    if field in LINES:
        return ""
    if kind == "cmdb.service" and field == "depends_on":
        return kind
    if field in POINTS_AT:
        return POINTS_AT[field]
    related = getattr(_field(kind, field), "related_model", None)
    return related._meta.label_lower if related and not isinstance(related, str) else ""


def _change(event: AuditEvent, field: str, pair: list[Any], names: Names) -> dict[str, Any]:
    model = _model_of(event.object_type, field)
    words = WORDS.get(field) or _choices(event.object_type, field)
    old, new = (_text(words.get(value, value), model, names) for value in map(_hashable, pair))
    if event.verb == AuditVerb.CREATED:
        old = ""  # a default that nobody saw
    return {"field": _label(event.object_type, field), "old": old, "new": new}


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else _line(value)


def _line(value: Any) -> Any:
    """A line of a task template is a small object; its title says enough."""
    return str(value.get("title", value)) if isinstance(value, dict) else value


def _field(kind: str, field: str) -> Any:
    try:
        return apps.get_model(kind)._meta.get_field(field)
    except (LookupError, FieldDoesNotExist, ValueError):
        return None


def _choices(kind: str, field: str) -> dict[Any, Any]:
    return dict(getattr(_field(kind, field), "flatchoices", None) or ())


def _label(kind: str, field: str) -> str:
    if kind == "core.option" and field in options.DEFINITIONS:
        return str(options.DEFINITIONS[field].label)
    known = {
        "members": _("Members"),
        "member": _("Member"),
        "to": _("Handed over to"),
        "tickets": _("Open records"),
        "role": pgettext("permission", "Role"),
        "scope": _("Reaches"),
        "scopes": _("It may"),
        "is_available": _("Takes new work"),
        "user": _("On duty"),
        "instead_of": _("In the place of"),
        "begins_at": _("From"),
        "ends_at": _("Until"),
        "layers": _("Layers"),
        "team": _("Team"),
        "service": _("Service"),
        "services": _("Services"),
        "items": _("Configuration items"),
        "category": _("Category"),
        "parent": _("Belongs to"),
        "department": _("Department"),
        "manager": pgettext("of a person", "Manager"),
        "lead": _("Team lead"),
        "owner": pgettext("of an item", "Owner"),
        "support_team": _("Support team"),
        "criticality": _("Criticality"),
        "status": _("Status"),
        "week": _("Working hours of the week"),
        "windows": _("Working hours"),
        "days": _("Days that differ"),
        "targets": _("Targets"),
        "steps": _("Escalation"),
        "reach": _("Reaches"),
        "copy_of": _("Copy of"),
        **{relation.value: relation.label for relation in RelationType},
    }
    name = known.get(field) or getattr(_field(kind, field), "verbose_name", field)
    return capfirst(str(name))


def _text(value: Any, model: str, names: Names) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, tuple):
        words = WORDS["scopes"]
        return ", ".join(_text(words.get(part, part), model, names) for part in value)
    if model:
        return names.get((model, value), f"#{value}")
    text = str(value)
    return text if len(text) <= 120 else text[:119] + "…"
