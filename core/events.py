"""The road upward: a lower app emits a typed event, higher apps subscribe in their receivers.py.

A subscriber runs in the transaction of the change, or after it is committed; it must be
idempotent and do its work by one action call.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

EventType = TypeVar("EventType")
Handler = Callable[[Any], None]


@dataclass(frozen=True)
class Subscription:
    """One row of the subscriber table printed in docs/events.md."""

    event: type
    handler: Handler
    on_commit: bool


_subscriptions: dict[type, list[Subscription]] = defaultdict(list)


def subscribe(
    event: type[EventType], handler: Callable[[EventType], None], *, on_commit: bool = False
) -> None:
    """Call `handler` for each such event, once however often this is said."""
    subscription = Subscription(event, handler, on_commit)
    if subscription not in _subscriptions[event]:
        _subscriptions[event].append(subscription)


def subscriptions() -> list[Subscription]:
    """All subscriptions, by event name and order of registration."""
    return [
        subscription
        for event in sorted(_subscriptions, key=lambda cls: cls.__name__)
        for subscription in _subscriptions[event]
    ]


def emit(event: object) -> None:
    """Hand `event` to its subscribers. Call it inside the transaction that made it true."""
    for subscription in _subscriptions[type(event)]:
        if subscription.on_commit:
            transaction.on_commit(partial(subscription.handler, event), robust=True)
        else:
            subscription.handler(event)
