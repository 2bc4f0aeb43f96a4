"""Background work of notifications; what is told and sent goes through the outbox."""

from celery import shared_task

from core import context
from notifications import actions


@shared_task
def sweep() -> None:
    """Forget what is old."""
    with context.work("system"):
        actions.sweep()
