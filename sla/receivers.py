"""Whatever changes a record's facts brings its clocks along, in the same transaction."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from core import outbox
from core.events import subscribe
from sla.actions.escalate import TOPIC as ESCALATE_TOPIC
from sla.actions.escalate import escalate
from sla.actions.impact import TOPIC as PREVIEW_TOPIC
from sla.actions.impact import count_on
from sla.actions.publish import RECOMPUTE_TOPIC, recompute
from sla.actions.refresh import refresh
from sla.actions.rollup import mark_stale
from tickets.events import (
    Assigned,
    Commented,
    CommentRetracted,
    Edited,
    Marked,
    Merged,
    Opened,
    Transitioned,
    Unmerged,
    Written,
)

# Fields that agreements ask of.
ASKED = frozenset({"service", "priority", "requester", "tags", "security", "restricted"})


def _opened(event: Opened) -> None:
    refresh([event.ticket_id])


def _transitioned(event: Transitioned) -> None:
    refresh([event.ticket_id])


def _merged(event: Merged) -> None:
    refresh([event.ticket_id])


def _unmerged(event: Unmerged) -> None:
    refresh([event.ticket_id])


def _assigned(event: Assigned) -> None:
    if event.team_changed:
        refresh([event.ticket_id])
    else:
        mark_stale([event.ticket_id])


def _commented(event: Commented) -> None:
    if event.public:
        refresh([event.ticket_id])


def _retracted(event: CommentRetracted) -> None:
    refresh([event.ticket_id])


def _edited(event: Edited) -> None:
    if ASKED & set(event.fields):
        refresh([event.ticket_id])
    elif "category" in event.fields:
        mark_stale([event.ticket_id])


def _marked(event: Marked) -> None:
    refresh([event.ticket_id])


def _written(event: Written) -> None:
    refresh(event.ticket_ids, silent_until=timezone.now())


def _recompute(payload: Mapping[str, Any]) -> None:
    recompute(payload["book"], payload["after"], again=payload.get("again", False))


def _escalate(payload: Mapping[str, Any]) -> None:
    escalate(payload)


def _preview(payload: Mapping[str, Any]) -> None:
    count_on(payload["preview"], payload["after"])


def connect() -> None:
    subscribe(Opened, _opened)
    subscribe(Transitioned, _transitioned)
    subscribe(Merged, _merged)
    subscribe(Unmerged, _unmerged)
    subscribe(Assigned, _assigned)
    subscribe(Commented, _commented)
    subscribe(CommentRetracted, _retracted)
    subscribe(Edited, _edited)
    subscribe(Marked, _marked)
    subscribe(Written, _written)
    outbox.register(RECOMPUTE_TOPIC, _recompute)
    outbox.register(ESCALATE_TOPIC, _escalate)
    outbox.register(PREVIEW_TOPIC, _preview)
