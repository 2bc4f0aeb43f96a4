"""How often one token or person may ask: counted per minute in Redis, and not at all without it."""

import time
from dataclasses import dataclass

import redis
from django.conf import settings
from django.utils.functional import SimpleLazyObject
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60
PATIENCE = 0.2  # seconds to wait for Redis
REST = 10  # seconds to leave it alone after it did not answer


@dataclass(frozen=True)
class Standing:
    """Where somebody stands in the current minute."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Counter:
    """Counts in Redis. When Redis does not answer at once, nobody is held up by it."""

    def __init__(self) -> None:
        self.rests_until = 0.0
        self.client = SimpleLazyObject(
            lambda: redis.Redis.from_url(
                settings.REDIS_URL,
                socket_connect_timeout=PATIENCE,
                socket_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
            )
        )

    def count(self, key: str, seconds: int) -> int | None:
        """How often `key` was counted, this time included; None while Redis is away."""
        if time.monotonic() < self.rests_until:
            return None
        try:
            pipe = self.client.pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, seconds)
            return int(pipe.execute()[0])
        except redis.RedisError:
            self.rests_until = time.monotonic() + REST
            return None


counter = Counter()


class RateLimit(BaseThrottle):
    """Reads and writes are counted apart. Leaves the standing on the request, for the headers."""

    reset = 0

    def allow_request(self, request: Request, view: object) -> bool:
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        limit = settings.API_READS_PER_MINUTE if reads else settings.API_WRITES_PER_MINUTE
        if not limit or not request.user.is_authenticated:
            return True
        now = int(time.time())
        self.reset = WINDOW - now % WINDOW
        who = f"t{request.auth.pk}" if request.auth else f"u{request.user.pk}"
        kind = "r" if reads else "w"
        count = counter.count(f"maru:rate:{who}:{kind}:{now // WINDOW}", WINDOW * 2)
        if count is None:
            return True
        request.standing = Standing(limit, max(0, limit - count), self.reset)  # type: ignore[attr-defined]
        return count <= limit

    def wait(self) -> float:
        return self.reset
