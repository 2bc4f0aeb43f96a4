"""Background work of service levels: each task calls one action."""

import time

from celery import shared_task

from core import context
from sla.actions.sweep import sweep_due

# One run ends after so many seconds; beat starts the next one.
LONGEST_RUN = 30.0


@shared_task
def sweep() -> int:
    """Tell of the clocks that are due; the number dealt with."""
    done = 0
    end = time.monotonic() + LONGEST_RUN
    with context.work("system"):
        while time.monotonic() < end:
            dealt_with = sweep_due()
            done += dealt_with
            if not dealt_with:
                break
    return done
