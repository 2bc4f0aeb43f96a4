"""What surveys listen to: each receiver makes one action call."""

from collections.abc import Mapping
from typing import Any

from accounts.events import PersonAnonymised
from core import outbox
from core.events import subscribe
from surveys import actions
from surveys.actions.asking import TOPIC
from tickets.events import Transitioned


def _moved(event: Transitioned) -> None:
    actions.ask_after(event)


def _anonymised(event: PersonAnonymised) -> None:
    actions.forget(event.user_id)


def _mail(payload: Mapping[str, Any]) -> None:
    actions.send(payload)


def connect() -> None:
    """Called in apps.ready."""
    subscribe(Transitioned, _moved)
    subscribe(PersonAnonymised, _anonymised)
    outbox.register(TOPIC, _mail)
