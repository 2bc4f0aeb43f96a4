"""Background work of service levels: each task calls one action."""

import time

from celery import shared_task

from core import context
from sla.actions.holidays import refresh_holidays as add_holidays
from sla.actions.rollup import BATCH
from sla.actions.rollup import roll_up as count_anew
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


@shared_task
def refresh_holidays() -> int:
    """Add public holidays that became known; the number of days added."""
    with context.work("system"):
        return add_holidays()


@shared_task
def roll_up() -> int:
    """Count what changed since the last time into the figures; the number of names dealt with."""
    done = 0
    end = time.monotonic() + LONGEST_RUN
    while time.monotonic() < end:
        dealt_with = count_anew()
        done += dealt_with
        if dealt_with < BATCH:
            break
    return done
