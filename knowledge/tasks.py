"""Background work of articles."""

from celery import shared_task

from core import context
from knowledge import actions


@shared_task
def look_over() -> int:
    """Say which articles are due for review; their number."""
    with context.work("system"):
        return actions.look_over()
