"""The fields of a record that people edit: their names, and how stored values read."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets.kinds import Kind


@dataclass(frozen=True)
class Field:
    """`model` names the app.Model a stored id points at; `choices` the words of stored values."""

    name: str
    label: Any
    model: str = ""
    editable: bool = True


BASE = {
    field.name: field
    for field in (
        Field("title", _("Title")),
        Field("description", _("Description")),
        Field("impact", _("Impact")),
        Field("urgency", _("Urgency")),
        Field("priority", _("Priority"), editable=False),
        Field("requester", _("Requester"), "accounts.User"),
        Field("service", _("Service"), "cmdb.Service"),
        Field("category", _("Category"), "tickets.Category"),
        Field("tags", _("Tags")),
        Field("items", _("Affected items")),
        Field("team", _("Team"), "accounts.Team", editable=False),
        Field("assignee", _("Assignee"), "accounts.User", editable=False),
        Field("status", _("Status"), editable=False),
        Field("restricted", _("Restricted"), editable=False),
        Field("pending_reason", _("Pending reason"), "tickets.PendingReason", editable=False),
        Field("resume_at", _("Resumes at"), editable=False),
    )
}


def label(kind: Kind, name: str) -> Any:
    """The field's name for people, on the base or on the kind's own row."""
    if name in BASE:
        return BASE[name].label
    return next((detail.label for detail in kind.details if detail.name == name), name)


def model_of(kind: Kind, name: str) -> str:
    """The app.Model that the field's stored ids point at; empty for plain values."""
    if name in BASE:
        return BASE[name].model
    return next((detail.model for detail in kind.details if detail.name == name), "")
