"""Django's database settings out of an address."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

_HOST = re.compile(r"(\[[^\]]+\]|[^:]*)(?::(\d+))?")

JOINS_REORDERED = 4


def database(
    url: str, *, password: str = "", max_age: int = 0, pooled: bool = False
) -> dict[str, object]:
    """Settings for a postgres:// address; `?host=/dir` is a unix socket, the rest is libpq's.

    Several hosts stand side by side (`db1,db2`), with `target_session_attrs` to choose among them.
    Behind a pooler in transaction mode a connection has no memory between transactions, so
    server-side cursors are off.

    Our lists join a record to some eight small tables, in a sensible order already. Left to try
    all orders, the planner takes 8 ms for what runs in 2: it is told to look at few. A pooler
    passes no such option on; there it is set on the database (docs/performance.md).
    """
    parts = urlsplit(url)
    places = [_HOST.fullmatch(place) for place in parts.netloc.rpartition("@")[2].split(",")]
    hosts = [unquote(place[1]).strip("[]") for place in places if place]
    ports = [place[2] or "5432" for place in places if place]
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if not pooled:
        query.setdefault("options", f"-c join_collapse_limit={JOINS_REORDERED}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": password or unquote(parts.password or ""),
        "HOST": query.pop("host", ",".join(hosts)),
        "PORT": query.pop("port", ",".join(ports)),
        "CONN_MAX_AGE": max_age,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": query,
    }
