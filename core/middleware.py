"""Request id and channel for everything a request does; refusals of actions become pages."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core import context
from core.errors import ActionError
from core.views import refusal

Handler = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"^[A-Za-z0-9_.-]{8,64}$")


class RequestContextMiddleware:
    """Gives each request an id (a front server's X-Request-ID when it has a sane one)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        with context.work(
            _channel(request.path), given if _SAFE_ID.match(given) else ""
        ) as identity:
            request.request_id = identity  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-ID"] = identity
        return response


def _channel(path: str) -> str:
    first = path.split("/", 2)[1]
    return first if first in ("api", "portal") else "web"


class ActionErrorMiddleware:
    """An ActionError that a view did not turn into a form message becomes a clear page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request, error) if isinstance(error, ActionError) else None
