"""What incidents listens to: each receiver makes one action call."""

from collections.abc import Mapping
from typing import Any

from core import outbox
from core.events import subscribe
from incidents import actions
from incidents.actions.children import TELL_TOPIC
from sla.events import CandidateMajor
from tickets.events import Transitioned


def _moved(event: Transitioned) -> None:
    actions.follow(event.ticket_id)


def _candidate(event: CandidateMajor) -> None:
    actions.propose_candidate(event.ticket_id, event.reason)


def _tell_children(payload: Mapping[str, Any]) -> None:
    actions.tell_children(payload)


def connect() -> None:
    """Called in apps.ready."""
    subscribe(Transitioned, _moved)
    subscribe(CandidateMajor, _candidate)
    outbox.register(TELL_TOPIC, _tell_children)
