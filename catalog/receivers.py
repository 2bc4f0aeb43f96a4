"""What requests listen to: each receiver makes one action call."""

from collections.abc import Mapping
from typing import Any

from catalog.actions import bundles, deciding, fulfilment
from core import outbox
from core.events import subscribe
from tickets.events import (
    ApprovalEnded,
    ApprovalRecalled,
    TaskChanged,
    TaskReady,
    Transitioned,
)


def _task_changed(event: TaskChanged) -> None:
    fulfilment.follow(event.ticket_id)


def _task_ready(event: TaskReady) -> None:
    fulfilment.begin_term(event.task_id)


def _moved(event: Transitioned) -> None:
    fulfilment.wind_up(event.ticket_id, event.target, event.event_id)


def _approval_ended(event: ApprovalEnded) -> None:
    deciding.decided(event.ticket_id, event.approved, event.reason)


def _approval_recalled(event: ApprovalRecalled) -> None:
    deciding.recalled(event.ticket_id)


def _follow_parts(payload: Mapping[str, Any]) -> None:
    fulfilment.follow(payload["ticket"])


def connect() -> None:
    """Called in apps.ready."""
    subscribe(TaskChanged, _task_changed)
    subscribe(TaskReady, _task_ready)
    subscribe(Transitioned, _moved)
    subscribe(ApprovalEnded, _approval_ended)
    subscribe(ApprovalRecalled, _approval_recalled)
    outbox.register(bundles.TOPIC, _follow_parts)
