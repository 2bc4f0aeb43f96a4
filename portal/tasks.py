"""Background work of the portal."""

from celery import shared_task

from portal import actions


@shared_task
def drop_stale() -> int:
    """Forget files of forms that were never sent."""
    return actions.drop_stale()
