"""What knowledge listens to: each receiver makes one action call."""

from core.events import subscribe
from knowledge import actions
from tickets import events


def _commented(event: events.Commented) -> None:
    actions.note_reply(event.comment_id)


def connect() -> None:
    """Called in apps.ready."""
    subscribe(events.Commented, _commented)
