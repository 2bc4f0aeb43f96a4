"""What people do with their notices, and what is swept away after a while."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from notifications.models import (
    Delivery,
    Digest,
    Mute,
    Notice,
    Preference,
    Reminder,
    WebhookCall,
)

# Read notices are kept so long; unread ones so long.
KEEP_READ = timedelta(days=30)
KEEP_UNREAD = timedelta(days=180)
KEEP_DELIVERIES = timedelta(days=400)


def mark_read(
    *,
    by: User | int,
    tickets: Iterable[int] | None = None,
    reminders: Iterable[int] | None = None,
) -> int:
    """Mark the person's notices of these records and these reminders read; how many were not.

    Without either all are meant.
    """
    now = timezone.now()
    read = 0
    unread = Notice.objects.filter(user=by, read_at=None)
    if tickets is not None:
        unread = unread.filter(ticket_id__in=list(tickets))
    if tickets is not None or reminders is None:
        read = unread.update(read_at=now)
    others = Reminder.objects.filter(user=by, read_at=None)
    if reminders is not None:
        others = others.filter(pk__in=list(reminders))
    if reminders is not None or tickets is None:
        read += others.update(read_at=now)
    return read


def clear(
    *, by: User, tickets: Iterable[int] | None = None, reminders: Iterable[int] | None = None
) -> int:
    """Take the person's notices of these records and these reminders out of the inbox; how many.

    Without either all are meant. A reminder's row stays, so that it isn't told again.
    """
    gone = 0
    own = Notice.objects.filter(user=by)
    if tickets is not None:
        own = own.filter(ticket_id__in=list(tickets))
    if tickets is not None or reminders is None:
        gone, _by_model = own.delete()
    others = Reminder.objects.filter(user=by, is_shown=True)
    if reminders is not None:
        others = others.filter(pk__in=list(reminders))
    if reminders is not None or tickets is None:
        gone += others.update(is_shown=False, read_at=timezone.now())
    return gone


def forget_person(user_id: int) -> None:
    """Drop what names a person who was anonymised. That mails went out stays counted."""
    Notice.objects.filter(user_id=user_id).delete()
    Preference.objects.filter(user_id=user_id).delete()
    Mute.objects.filter(user_id=user_id).delete()
    Reminder.objects.filter(user_id=user_id).delete()
    Delivery.objects.filter(user_id=user_id).update(address="", subject="", reason="")


def sweep() -> None:
    """Forget old notices and old lines of the logs."""
    now = timezone.now()
    Notice.objects.filter(read_at__lt=now - KEEP_READ).delete()
    Notice.objects.filter(at__lt=now - KEEP_UNREAD).delete()
    Reminder.objects.filter(at__lt=now - KEEP_DELIVERIES).delete()
    Delivery.objects.filter(created_at__lt=now - KEEP_DELIVERIES).delete()
    WebhookCall.objects.filter(created_at__lt=now - KEEP_DELIVERIES).delete()
    Digest.objects.filter(done_at__lt=now - KEEP_DELIVERIES).delete()
