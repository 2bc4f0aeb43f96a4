"""When a queued mail leaves: at once, together with others, or when quiet hours end.

A mail's way out is an outbox message of its own, or that of the digest it has joined. Who adds to a
digest holds its row, and so does who sends it: what is added is sent, or goes into the next one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from accounts.queries import quiet_until_many
from core import options, outbox
from notifications.enums import CLOCKS, WAKES, Channel, DeliveryState, Level, Reason, What
from notifications.models import Delivery, Digest
from notifications.recipients import News
from tickets.actions import UNDO_SECONDS

MAIL, DIGEST = "mail", "digest"
# Clocks of two machines differ a little; a mail that can be taken back must not be on its way.
UNDO = timedelta(seconds=UNDO_SECONDS + 1)
# What clocks say waits so long for others of its kind, so that a hundred come as one mail.
GATHER = timedelta(seconds=20)
FIRST_PRIORITY = 1
_LOCK = 0x4D41_0001

Part = tuple[Delivery, datetime, Reason]


def due_after_undo(news: News) -> datetime:
    """When what is told can no longer be taken back."""
    return news.comment.created_at + UNDO if news.comment else timezone.now()


def queue(many: Sequence[News], levels: Mapping[tuple[int, int], Level]) -> None:
    """Give each waiting mail of the events its way out; `levels`: how soon, by event and person."""
    mails = Delivery.objects.filter(channel=Channel.MAIL, state=DeliveryState.QUEUED, digest=None)
    by_event = {news.event_id: news for news in many}
    waiting = list(mails.filter(event__in=by_event).select_related("user").order_by("id"))
    if not waiting:
        return
    due = max(due_after_undo(news) for news in many)
    quiet = quiet_until_many([delivery.user for delivery in waiting], due)
    busy = _busy([delivery.user for delivery in waiting if delivery.what in CLOCKS], due)
    together: list[Part] = []
    alone: dict[timedelta, dict[str, Mapping[str, int]]] = defaultdict(dict)
    for delivery in waiting:
        until = quiet.get(delivery.user_id)
        if until is not None and not _wakes(delivery, by_event[delivery.event_id]):
            together.append((delivery, until, Reason.QUIET))
        elif levels.get((delivery.event_id, delivery.user_id)) == Level.DIGEST:
            together.append((delivery, window_end(due), Reason.DIGEST))
        elif delivery.what in CLOCKS and delivery.user_id in busy:
            together.append((delivery, window_end(due), Reason.BUNDLED))
        else:
            wait = GATHER if delivery.what in CLOCKS else timedelta()
            alone[wait][delivery.key] = {"delivery": delivery.pk}
    for wait, messages in alone.items():
        outbox.put_many(MAIL, messages, due_at=due + wait)
    join(together)


def _wakes(delivery: Delivery, news: News) -> bool:
    """Whether it is mailed in quiet hours, too."""
    if delivery.what in WAKES:
        return True
    return delivery.what == What.ASSIGNED and news.ticket.priority == FIRST_PRIORITY


def _most() -> int:
    return int(options.get("digest_above"))


def _length() -> timedelta:
    return timedelta(minutes=int(options.get("digest_minutes")))


def window_end(at: datetime, length: timedelta | None = None) -> datetime:
    """The end of the window that `at` lies in; windows follow each other from midnight UTC on."""
    seconds = (length or _length()).total_seconds()
    return datetime.fromtimestamp((at.timestamp() // seconds + 1) * seconds, UTC)


def _busy(users: Iterable[User], at: datetime) -> set[int]:
    """Those who got as many mails about clocks as they may in the window that `at` lies in."""
    sent = _sent_of_clocks(users, at)
    most = _most() if sent else 0
    return {user for user, count in sent.items() if count >= most}


def _sent_of_clocks(users: Iterable[User], at: datetime) -> dict[int, int]:
    """How many mails about clocks each person got in the window that `at` lies in."""
    people = [user.pk for user in users]
    if not people:
        return {}
    length = _length()
    begin = window_end(at, length) - length
    mails = Delivery.objects.filter(
        user__in=people, channel=Channel.MAIL, what__in=CLOCKS, sent_at__gte=begin
    )
    counts = mails.order_by().values_list("user_id").annotate(n=Count("message_id", distinct=True))
    return dict(counts)


def join(parts: Iterable[Part]) -> None:
    """Put mails into the digests of their persons, each due at the given instant.

    A digest that was sent meanwhile takes no more: its mails go into the next window's.
    """
    left = list(parts)
    while left:
        wanted = sorted({(delivery.user_id, due) for delivery, due, _reason in left})
        rows = [Digest(user_id=user, due_at=due) for user, due in wanted]
        Digest.objects.bulk_create(rows, ignore_conflicts=True)
        these = reduce(or_, (Q(user=user, due_at=due) for user, due in wanted))
        held = Digest.objects.select_for_update().filter(these).order_by("id")
        digests = {(digest.user_id, digest.due_at): digest for digest in held}
        joined: list[Delivery] = []
        messages: dict[datetime, dict[str, Mapping[str, int]]] = defaultdict(dict)
        late: list[Part] = []
        for delivery, due, reason in left:
            digest = digests[delivery.user_id, due]
            if digest.done_at is not None:
                late.append((delivery, window_end(max(due, timezone.now())), reason))
                continue
            delivery.digest, delivery.reason = digest, reason
            joined.append(delivery)
            messages[digest.due_at][digest.key] = {"digest": digest.pk}
        Delivery.objects.bulk_update(joined, ["digest", "reason"], batch_size=500)
        for due, promised in messages.items():
            outbox.put_many(DIGEST, promised, due_at=due)
        left = late


def gather(delivery_id: int) -> bool:
    """If many mails about clocks wait for the person, put them into one that is due now.

    Whether the mail is (now or already) part of a digest: then it is not sent by itself.
    """
    mail = Delivery.objects.filter(pk=delivery_id).first()
    if mail is None or mail.digest_id is not None:
        return mail is not None
    if mail.what not in CLOCKS:
        return False
    _hold(mail.user_id)
    waiting = Delivery.objects.filter(
        user=mail.user_id,
        channel=Channel.MAIL,
        what__in=CLOCKS,
        digest=None,
    ).filter(Q(state=DeliveryState.QUEUED) | Q(pk=delivery_id, state=DeliveryState.FAILED))
    found = list(waiting.select_for_update(of=("self",)).select_related("user").order_by("id"))
    if delivery_id not in {delivery.pk for delivery in found}:
        return True  # somebody else took it while we waited
    now = timezone.now()
    sent = _sent_of_clocks([found[0].user], now).get(mail.user_id, 0)
    if len(found) == 1 or sent + len(found) <= _most():
        return False
    join((delivery, now, Reason.BUNDLED) for delivery in found)
    return True


def _hold(user_id: int) -> None:
    """Let nobody else gather this person's mails until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, user_id])
