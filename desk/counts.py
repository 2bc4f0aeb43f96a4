"""How many records each view holds: capped, all views in one statement, kept for seconds."""

from django.core.cache import cache

from accounts.models import User
from desk.boards import BOARDS, COUNTED
from tickets.queries import CAP, CappedCount

_KEEP_SECONDS = 15


def shown(number: int) -> str:
    """`1,284`, or `1,000+` where counting stopped."""
    return f"{CAP:,}+" if number > CAP else f"{number:,}"


def board_counts(user: User) -> dict[str, int]:
    """The capped number of each counted view for a person; at most 15 seconds old."""
    key = f"desk:counts:{user.pk}"
    known: dict[str, int] | None = cache.get(key)
    if known is None:
        parts = [CappedCount(BOARDS[board].tickets(user)) for board in COUNTED]
        row = User.objects.filter(pk=user.pk).values_list(*parts).first() or ()
        # A view that can hold nothing for this person (no team) comes back as NULL.
        known = {board: number or 0 for board, number in zip(COUNTED, row, strict=False)}
        cache.set(key, known, _KEEP_SECONDS)
    return known


def forget_counts(user: User) -> None:
    """After the person's own change, so that their rail is right at once."""
    cache.delete(f"desk:counts:{user.pk}")
