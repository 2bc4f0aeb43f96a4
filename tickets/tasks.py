"""Background work of the kernel: each task calls one action."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from core import context
from tickets import actions

KEEP_DRAFTS = timedelta(days=90)


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


@shared_task
def remind_of_decisions() -> int:
    """Remind people of decisions that are awaited for long."""
    with context.work("system"):
        return actions.remind_due()


@shared_task
def drop_old_drafts() -> int:
    """Forget what nobody went on writing."""
    return actions.drop_old_drafts(timezone.now() - KEEP_DRAFTS)
