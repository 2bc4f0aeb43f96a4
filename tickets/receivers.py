"""What the kernel does when people leave, teams close, or promised work is due."""

from collections.abc import Mapping
from typing import Any

from accounts.events import PersonLeaving, TeamClosing
from core import outbox
from core.events import subscribe
from tickets.actions import approving, handover, matrix, reminding
from tickets.events import Transitioned


def _person_leaves(event: PersonLeaving) -> None:
    handover.refuse_while_holding(event.user_id)


def _decisions_pass_on(event: PersonLeaving) -> None:
    reminding.pass_on(event.user_id)


def _moved(event: Transitioned) -> None:
    approving.close_with(event.ticket_id, event.actor_id)


def _team_closes(event: TeamClosing) -> None:
    handover.refuse_while_used(event.team_id)


def _apply_matrix(payload: Mapping[str, Any]) -> None:
    matrix.go_on(payload)


def connect() -> None:
    subscribe(PersonLeaving, _person_leaves)
    subscribe(PersonLeaving, _decisions_pass_on)
    subscribe(TeamClosing, _team_closes)
    subscribe(Transitioned, _moved)
    outbox.register(matrix.APPLY_TOPIC, _apply_matrix)
