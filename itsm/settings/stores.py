"""Django's database settings out of an address."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

_HOST = re.compile(r"(\[[^\]]+\]|[^:]*)(?::(\d+))?")


def database(
    url: str, *, password: str = "", max_age: int = 0, pooled: bool = False
) -> dict[str, object]:
    """Settings for a postgres:// address; `?host=/dir` is a unix socket, the rest is libpq's.

    Several hosts stand side by side (`db1,db2`), with `target_session_attrs` to choose among them.
    Behind a pooler in transaction mode a connection has no memory between transactions, so
    server-side cursors are off.
    """
    parts = urlsplit(url)
    places = [_HOST.fullmatch(place) for place in parts.netloc.rpartition("@")[2].split(",")]
    hosts = [unquote(place[1]).strip("[]") for place in places if place]
    ports = [place[2] or "5432" for place in places if place]
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
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
