"""Django's database settings out of an address."""

from urllib.parse import parse_qs, unquote, urlsplit


def database(
    url: str, *, password: str = "", max_age: int = 0, pooled: bool = False
) -> dict[str, object]:
    """Settings for a postgres:// address; `?host=/dir` is a unix socket, the rest is libpq's.

    Behind a pooler in transaction mode a connection has no memory between transactions, so
    server-side cursors are off.
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": password or unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": max_age,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": query,
    }
