"""Background work of accounts: each task calls one action."""

from celery import shared_task

from accounts.actions import sessions
from core import context


@shared_task
def drop_expired_sessions() -> int:
    """Forget browsers whose session is over."""
    with context.work("system"):
        return sessions.drop_expired()
