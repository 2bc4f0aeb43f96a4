"""Decides when a request is worth noting as "last seen": never twice in five minutes."""

import time

from django.http import HttpRequest

from accounts.actions import sessions
from accounts.models import User

_MOST = 20_000
# Session key → when this process last wrote it down. Losing it costs one statement a session.
_noted: dict[str, float] = {}


def note(request: HttpRequest, user: User) -> None:
    """Write that the browser was just used."""
    key = request.session.session_key
    if not key:
        return
    if len(_noted) >= _MOST:
        _noted.clear()
    _noted[key] = time.monotonic()
    sessions.note(
        user,
        key,
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", ""),
    )


def note_sometimes(request: HttpRequest, user: User) -> None:
    """As `note`, unless this process did so within the last five minutes."""
    last = _noted.get(request.session.session_key or "")
    if last is None or time.monotonic() - last > sessions.NOTED_EVERY.total_seconds():
        note(request, user)
