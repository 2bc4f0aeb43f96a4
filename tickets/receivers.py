"""What the kernel does when people leave, teams close, or promised work is due."""

from collections.abc import Mapping
from typing import Any

from accounts.events import PersonLeaving, TeamClosing
from core import outbox
from core.events import subscribe
from tickets.actions import handover, matrix


def _person_leaves(event: PersonLeaving) -> None:
    handover.refuse_while_holding(event.user_id)


def _team_closes(event: TeamClosing) -> None:
    handover.refuse_while_used(event.team_id)


def _apply_matrix(payload: Mapping[str, Any]) -> None:
    matrix.go_on(payload)


def connect() -> None:
    subscribe(PersonLeaving, _person_leaves)
    subscribe(TeamClosing, _team_closes)
    outbox.register(matrix.APPLY_TOPIC, _apply_matrix)
