"""What accounts does when somebody signed in or out, or a promised mail is due."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from accounts import presence
from accounts.actions import passwords, sessions
from accounts.models import User
from core import outbox


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    presence.note(request, user)


def _signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if request.session.session_key:
        sessions.forget(request.session.session_key)


def _send_link(payload: Mapping[str, Any]) -> None:
    passwords.send_link(payload["email"])


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.signed_out")
    outbox.register(passwords.LINK_TOPIC, _send_link)
