"""The cache, when Redis may be away: pages work without it, only slower."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger("maru.cache")
# Seconds in which Redis is not asked again after it did not answer.
PAUSE = 5.0


def _forgiving(name: str, instead: Callable[..., Any]) -> Callable[..., Any]:
    """RedisCache's method `name`; while Redis is away, `instead` with the same arguments."""
    original = getattr(RedisCache, name)

    @wraps(original)
    def method(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < self.away_until:
            return instead(*args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        except RedisError as error:
            self.away_until = time.monotonic() + PAUSE
            log.warning("the cache does not answer", extra={"reason": str(error)})
            return instead(*args, **kwargs)

    return method


class ForgivingRedisCache(RedisCache):
    """A RedisCache that forgets everything, rather than raise, while Redis does not answer.

    `incr` answers as if it had counted from nothing: what limits a rate lets people through.
    """

    away_until = 0.0

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda keys, version=None: {})
    has_key = _forgiving("has_key", lambda key, version=None: False)
    set = _forgiving("set", lambda *args, **kwargs: None)
    set_many = _forgiving("set_many", lambda data, **kwargs: list(data))
    add = _forgiving("add", lambda *args, **kwargs: True)
    touch = _forgiving("touch", lambda *args, **kwargs: False)
    delete = _forgiving("delete", lambda *args, **kwargs: False)
    delete_many = _forgiving("delete_many", lambda *args, **kwargs: None)
    incr = _forgiving("incr", lambda key, delta=1, version=None: delta)
    clear = _forgiving("clear", lambda: False)
