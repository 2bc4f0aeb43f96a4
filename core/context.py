"""Where the current work came from: its channel and its request id, kept per thread of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

channel: ContextVar[str] = ContextVar("channel", default="system")
request_id: ContextVar[str] = ContextVar("request_id", default="")


@contextmanager
def work(via: str, known_id: str = "") -> Iterator[str]:
    """Mark everything written inside as coming through channel `via`. Yields the request id."""
    identity = known_id or uuid4().hex
    tokens = channel.set(via), request_id.set(identity)
    try:
        yield identity
    finally:
        channel.reset(tokens[0])
        request_id.reset(tokens[1])
