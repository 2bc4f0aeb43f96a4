"""Background work of the kernel: each task calls one action."""

from celery import shared_task

from core import context
from tickets import actions


@shared_task
def auto_close() -> int:
    """Close what has been resolved long enough."""
    with context.work("system"):
        return actions.auto_close_due()


@shared_task
def resume_due() -> int:
    """Resume what was put off until now."""
    with context.work("system"):
        return actions.resume_due()
