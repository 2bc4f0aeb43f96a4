"""Background work of services: each task calls one action."""

from celery import shared_task

from cmdb import actions
from core import context


@shared_task
def chase_reviews() -> int:
    """Tell of services whose review is due; the number told of."""
    with context.work("system"):
        return actions.chase_reviews()
