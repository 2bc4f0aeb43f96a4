"""A browser without a screen: one kept-alive connection, signed in, that takes times."""

import http.client
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.test import Client as SignIn

from accounts.models import User

CSRF = "b" * 32


@dataclass
class Costs:
    """What the requests to one page cost, in milliseconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    size: int = 0

    def at(self, share: float, of: str = "wall") -> float:
        """The value that so large a share of the requests stays below."""
        values = sorted(getattr(self, of))
        return values[min(len(values) - 1, int(share * len(values)))]


class Person:
    """Somebody signed in, over one connection."""

    def __init__(self, user: User, port: int) -> None:
        self.user = user
        browser = SignIn()
        browser.force_login(user, backend="accounts.backends.EmailBackend")
        session = browser.cookies["sessionid"].value
        self.headers = {
            "Host": "localhost",
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self,
        method: str,
        path: str,
        body: dict[str, str] | str | None = None,
        *,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes, dict[str, str], float]:
        """(status, body, headers, milliseconds) of one request."""
        sent = {**self.headers, **(headers or {})}
        if isinstance(body, dict):
            body = urlencode(body)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        elif body is not None:
            sent["Content-Type"] = "application/json"
        start = time.perf_counter()
        self.connection.request(method, path, body=body.encode() if body else None, headers=sent)
        response = self.connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - start) * 1000
        return response.status, content, dict(response.headers), took
