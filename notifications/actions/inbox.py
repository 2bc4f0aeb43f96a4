"""What people do with their notices, and what is swept away after a while."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from notifications.models import Delivery, Digest, Mute, Notice, Preference, WebhookCall

# Read notices are kept so long; unread ones so long.
KEEP_READ = timedelta(days=30)
KEEP_UNREAD = timedelta(days=180)
KEEP_DELIVERIES = timedelta(days=400)


def mark_read(*, by: User | int, tickets: Iterable[int] | None = None) -> int:
    """Mark the person's notices of these records read, or (None) all of them; how many were not."""
    unread = Notice.objects.filter(user=by, read_at=None)
    if tickets is not None:
        unread = unread.filter(ticket_id__in=list(tickets))
    return unread.update(read_at=timezone.now())


def clear(*, by: User, tickets: Iterable[int] | None = None) -> int:
    """Take the person's notices of these records out of the inbox, or (None) all; how many."""
    own = Notice.objects.filter(user=by)
    if tickets is not None:
        own = own.filter(ticket_id__in=list(tickets))
    gone, _by_model = own.delete()
    return gone


def forget_person(user_id: int) -> None:
    """Drop what names a person who was anonymised. That mails went out stays counted."""
    Notice.objects.filter(user_id=user_id).delete()
    Preference.objects.filter(user_id=user_id).delete()
    Mute.objects.filter(user_id=user_id).delete()
    Delivery.objects.filter(user_id=user_id).update(address="", subject="", reason="")


def sweep() -> None:
    """Forget old notices and old lines of the logs."""
    now = timezone.now()
    Notice.objects.filter(read_at__lt=now - KEEP_READ).delete()
    Notice.objects.filter(at__lt=now - KEEP_UNREAD).delete()
    Delivery.objects.filter(created_at__lt=now - KEEP_DELIVERIES).delete()
    WebhookCall.objects.filter(created_at__lt=now - KEEP_DELIVERIES).delete()
    Digest.objects.filter(done_at__lt=now - KEEP_DELIVERIES).delete()
