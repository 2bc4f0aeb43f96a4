"""Work promised by a committed change: written with it, done after it, at least once.

`put` writes a message in the caller's transaction, so that either both are there or neither.
`dispatch_due` does what has come due: any number of dispatchers may run at once, a message is
held by its row lock while it is done, and what was held by a killed dispatcher is free again at
once. An attempt is counted before it begins: a message that kills its worker is set aside too.
Handlers must be idempotent: a handler's own writes are committed together with "done", but what
it told the outside world is told again when the process dies in between.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from core.models import OutboxMessage

State = OutboxMessage.State
Payload = Mapping[str, Any]
Handler = Callable[[Payload], None]
FailureHandler = Callable[[Payload, str, bool], None]

ATTEMPTS = 8
FIRST_PAUSE = 5  # seconds; doubled with each attempt
LONGEST_PAUSE = 3600
LONGEST_REASON = 2000

log = logging.getLogger("maru.outbox")


class GiveUp(Exception):
    """Raised by a handler when trying again can't help; the message is set aside at once."""


@dataclass(frozen=True)
class Topic:
    """What is done with messages of one name.

    `on_failure(payload, reason, final)` is told of each failed attempt, in a transaction of its
    own; `final` says that the message was set aside.
    """

    name: str
    handler: Handler
    attempts: int = ATTEMPTS
    on_failure: FailureHandler | None = None


@dataclass
class Report:
    """What one call of dispatch_due did."""

    done: int = 0
    again: int = 0
    set_aside: int = 0

    @property
    def total(self) -> int:
        return self.done + self.again + self.set_aside


_topics: dict[str, Topic] = {}
_nudges: list[Callable[[], None]] = []


def register(
    name: str,
    handler: Handler,
    *,
    attempts: int = ATTEMPTS,
    on_failure: FailureHandler | None = None,
) -> None:
    """Name the handler of a topic. Called in apps.ready."""
    _topics[name] = Topic(name, handler, attempts, on_failure)


def nudge_with(nudge: Callable[[], None]) -> None:
    """Name what wakes a dispatcher once a transaction with messages is committed."""
    _nudges[:] = [nudge]


def put(topic: str, payload: Payload, *, key: str, due_at: datetime | None = None) -> None:
    """Promise work in the caller's transaction. What was promised under `key` before stays."""
    put_many(topic, {key: payload}, due_at=due_at)


def put_many(
    topic: str, payloads: Mapping[str, Payload], *, due_at: datetime | None = None
) -> None:
    """Promise many pieces of work at once, as `put` does for one; {key: payload}."""
    due_at = due_at or timezone.now()
    messages = [
        OutboxMessage(topic=topic, payload=dict(payload), key=key, due_at=due_at)
        for key, payload in payloads.items()
    ]
    OutboxMessage.objects.bulk_create(messages, batch_size=1000, ignore_conflicts=True)
    if messages:
        _nudge_on_commit()


def _nudge_on_commit() -> None:
    """Wake a dispatcher after commit, once however many messages the transaction wrote."""
    if any(waiting[1] is _nudge for waiting in connection.run_on_commit):
        return
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    for nudge in _nudges:
        nudge()


def cancel(*keys: str) -> int:
    """Take back what has not been done yet; the number taken back.

    Waits for a dispatcher that is doing it just now, and then finds it done.
    """
    waiting = OutboxMessage.objects.filter(key__in=keys, state=State.WAITING)
    return waiting.update(state=State.CANCELLED, done_at=timezone.now())


def dispatch_due(limit: int = 200, now: datetime | None = None) -> Report:
    """Do up to `limit` messages that have come due, oldest first."""
    report = Report()
    while report.total < limit:
        message = _claim(now or timezone.now())
        if message is None:
            break
        outcome = _do(message)
        report.done += outcome == State.DONE
        report.again += outcome == State.WAITING
        report.set_aside += outcome == State.FAILED
    return report


def _claim(now: datetime) -> OutboxMessage | None:
    """Count an attempt on the next due message, and put it off in case we die doing it."""
    due = OutboxMessage.objects.filter(state=State.WAITING, due_at__lte=now)
    with transaction.atomic():
        message = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if message is None:
            return None
        message.attempts += 1
        message.due_at = now + pause_after(message.attempts)
        message.last_error = "The worker ended while it was doing this."
        message.save(update_fields=["attempts", "due_at", "last_error"])
        return message


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after so many attempts."""
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE))


@transaction.atomic
def _do(claimed: OutboxMessage) -> str:
    """Do one claimed message, holding its row. Its state afterwards; empty when not ours."""
    # Waits rather than skips: another dispatcher that just looked at the row holds it for a moment.
    held = OutboxMessage.objects.select_for_update().filter(
        pk=claimed.pk, state=State.WAITING, attempts=claimed.attempts
    )
    message = held.first()
    if message is None:
        return ""
    topic = _topics.get(message.topic)
    try:
        if topic is None:
            raise LookupError(f"nobody handles {message.topic!r}")
        if message.attempts > topic.attempts:
            raise GiveUp(message.last_error)
        with transaction.atomic():
            topic.handler(message.payload)
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        return _failed(message, topic, error)
    message.state, message.done_at, message.last_error = State.DONE, timezone.now(), ""
    message.save(update_fields=["state", "done_at", "last_error"])
    return message.state


def _failed(message: OutboxMessage, topic: Topic | None, error: Exception) -> str:
    attempts = topic.attempts if topic else ATTEMPTS
    final = isinstance(error, GiveUp) or message.attempts >= attempts
    reason = str(error) if isinstance(error, GiveUp) else f"{type(error).__name__}: {error}"
    message.last_error = reason.replace("\x00", "")[:LONGEST_REASON]
    message.due_at = timezone.now() + pause_after(message.attempts)
    if final:
        message.state, message.done_at = State.FAILED, timezone.now()
    message.save(update_fields=["state", "due_at", "done_at", "last_error"])
    log.log(
        logging.ERROR if final else logging.WARNING,
        "outbox message set aside" if final else "outbox message failed, trying again",
        extra={"topic": message.topic, "key": message.key, "attempt": message.attempts},
        exc_info=None if isinstance(error, GiveUp) else error,
    )
    if topic is not None and topic.on_failure is not None:
        _tell(topic.on_failure, message, final)
    return message.state


def _tell(on_failure: FailureHandler, message: OutboxMessage, final: bool) -> None:
    try:
        with transaction.atomic():
            on_failure(message.payload, message.last_error, final)
    except Exception:
        log.exception("a failure could not be noted", extra={"key": message.key})


def set_aside() -> QuerySet[OutboxMessage]:
    """What was given up, newest first, each with its reason in `last_error`."""
    return OutboxMessage.objects.filter(state=State.FAILED).order_by("-done_at", "-id")


def retry(*pks: int) -> int:
    """Try set-aside messages again from the start; the number put back."""
    failed = OutboxMessage.objects.filter(pk__in=pks, state=State.FAILED)
    back = failed.update(state=State.WAITING, attempts=0, due_at=timezone.now(), done_at=None)
    if back:
        _nudge_on_commit()
    return back


def discard(*pks: int) -> int:
    """Give set-aside messages up for good; the number discarded. Their reason stays."""
    failed = OutboxMessage.objects.filter(pk__in=pks, state=State.FAILED)
    return failed.update(state=State.CANCELLED, done_at=timezone.now())


@dataclass(frozen=True)
class Backlog:
    """How far behind dispatching is. `oldest_seconds` is the age of the oldest due message."""

    waiting: int
    due: int
    set_aside: int
    oldest_seconds: float


def backlog(now: datetime | None = None) -> Backlog:
    """Counts for health and metrics; reads only what is not done."""
    now = now or timezone.now()
    due = Q(state=State.WAITING, due_at__lte=now)
    counts = OutboxMessage.objects.filter(state__in=[State.WAITING, State.FAILED]).aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        due=Count("pk", filter=due),
        set_aside=Count("pk", filter=Q(state=State.FAILED)),
        oldest=Min("due_at", filter=due),
    )
    oldest = counts.pop("oldest")
    age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Backlog(**counts, oldest_seconds=age)


def clean_up(before: datetime) -> int:
    """Forget what was done or taken back before that instant; the number of rows."""
    old = Q(state=State.DONE) | Q(state=State.CANCELLED)
    gone, _by_model = OutboxMessage.objects.filter(old, done_at__lt=before).delete()
    return gone
