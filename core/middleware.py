"""Request id and channel for everything a request does; refusals of actions become pages."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core import context, options
from core.api.problems import too_large
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


class BodyLimitMiddleware:
    """Refuses a body larger than any form of ours, before it is read and fills the disk."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _octets(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and _octets(request) > _most():
            return too_large(request)  # type: ignore[return-value]
        return self.get_response(request)


def _octets(request: HttpRequest) -> int:
    """What the request says it brings. What brings more is cut there by Django."""
    given = str(request.META.get("CONTENT_LENGTH") or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def _most() -> int:
    """As many of the largest files as one form may have, and its words."""
    file = options.get("attachment_megabytes") * 1024 * 1024
    return int(file * settings.ATTACHMENT_MAX_COUNT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


class PrivateMiddleware:
    """What was made for one reader is kept by no cache in between, and asked for again.

    An answer that says otherwise itself is left alone.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class ActionErrorMiddleware:
    """An ActionError that a view did not turn into a form message becomes a clear page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request, error) if isinstance(error, ActionError) else None
