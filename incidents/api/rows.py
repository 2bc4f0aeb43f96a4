"""Major incidents as the API writes them."""

from typing import Any

from django.conf import settings

from core.api.shapes import instant
from incidents.models import LogEntry, MajorIncident, Review, Update
from incidents.queries.timeline import Line

_TEXTS = (
    "proposed_why",
    "declared_why",
    "bridge_url",
    "symptoms",
    "impact",
    "hypothesis",
    "current_action",
    "next_steps",
)
_INSTANTS = ("proposed_at", "declared_at", "stood_down_at", "next_update_at", "review_due_at")
_PEOPLE = ("proposed_by", "declared_by", "commander", "deputy", "communications", "scribe")
RELATED = (*_PEOPLE, "technical_team", "ticket__service", "ticket__team")


def named(row: Any) -> dict[str, Any] | None:
    """{id, name} in the reader's language."""
    return {"id": row.pk, "name": row.name} if row is not None else None


def major(row: MajorIncident) -> dict[str, Any]:
    ticket = row.ticket
    return {
        "number": ticket.number,
        "title": ticket.title,
        "state": row.state,
        "severity": row.severity,
        "service": named(ticket.service),
        "team": named(ticket.team),
        "technical_team": named(row.technical_team),
        **{name: named(getattr(row, name)) for name in _PEOPLE},
        **{name: instant(getattr(row, name)) for name in _INSTANTS},
        **{name: getattr(row, name) for name in _TEXTS},
        "version": ticket.version,
        "web_url": f"{settings.PUBLIC_URL}/major/{ticket.number}/",
    }


def line(told: Line) -> dict[str, Any]:
    return {
        "id": told.entry,
        "event": told.event,
        "kind": told.kind,
        "at": instant(told.at),
        "title": told.title,
        "text": told.text,
        "actor": told.actor,
        "edited": told.edited,
    }


def entry(row: LogEntry) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": instant(row.at),
        "title": row.title,
        "text": row.text,
        "shown": row.shown,
    }


def update(row: Update) -> dict[str, Any]:
    return {
        "id": row.pk,
        "position": row.position,
        "stage": row.stage,
        "condition": row.condition,
        "text_ko": row.text_ko,
        "text_en": row.text_en,
        "audience": row.audience,
        "next_update_at": instant(row.next_update_at),
        "published_by": named(row.published_by),
        "published_at": instant(row.published_at),
    }


def action(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "owner": named(row.owner),
        "due_on": row.due_on.isoformat(),
        "task": row.task.number if row.task else None,
        "task_state": row.task.state if row.task else None,
    }


def review(row: Review) -> dict[str, Any]:
    return {
        "impact": row.impact,
        "course": row.course,
        "causes": row.causes,
        "went_well": row.went_well,
        "went_badly": row.went_badly,
        "approved_by": named(row.approved_by),
        "approved_at": instant(row.approved_at),
        "actions": [action(one) for one in row.actions.select_related("owner", "task")],
    }
