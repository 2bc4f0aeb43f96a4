"""How long the answers to repeatable requests are kept."""

from datetime import timedelta

from django.utils import timezone

from core.models import IdempotencyRecord

KEPT = timedelta(hours=24)


def forget_expired() -> int:
    """Drop the answers nobody may ask for any more; the number dropped."""
    expired = IdempotencyRecord.objects.filter(created_at__lte=timezone.now() - KEPT)
    count, _detail = expired.delete()
    return count
