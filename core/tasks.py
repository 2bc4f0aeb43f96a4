"""Background work of the core: dispatching the outbox, signs of life, sweeping up."""

import time
from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from core import context, idempotency, outbox
from core.models import Heartbeat
from core.waker import Waker

# One run of the dispatcher ends after so many seconds; beat starts the next one.
LONGEST_RUN = 30.0
# How long done messages are kept, for whoever asks what happened.
KEEP_DONE = timedelta(days=7)
HEARTBEAT_APART = timedelta(seconds=10)


@shared_task
def dispatch_outbox() -> int:
    """Do what has come due; the number of messages handled."""
    _beat("worker")
    handled = 0
    end = time.monotonic() + LONGEST_RUN
    with context.work("system"):
        while time.monotonic() < end:
            report = outbox.dispatch_due(limit=20)
            handled += report.total
            if not report.total:
                break
    return handled


def _send() -> None:
    dispatch_outbox.apply_async(retry=False, expires=60)


nudge = Waker(_send).ask


@shared_task
def heartbeat() -> None:
    """Beat asked for this, so beat is alive too."""
    _beat("beat")
    _beat("worker")


def _beat(name: str) -> None:
    """Note that a kind of process is alive, at most every few seconds."""
    now = timezone.now()
    if Heartbeat.objects.filter(pk=name, at__gt=now - HEARTBEAT_APART).exists():
        return
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


@shared_task
def clean_up() -> None:
    """Forget done messages, ended sessions and answers nobody may ask for again."""
    now = timezone.now()
    outbox.clean_up(now - KEEP_DONE)
    Session.objects.filter(expire_date__lt=now).delete()
    idempotency.forget_expired()
