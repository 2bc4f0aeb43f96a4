"""One log line and one count for each request: what was asked, by whom, how long it took."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject

from core import metrics

log = logging.getLogger("maru.access")
# Parts of addresses that open something for whoever has them: never logged.
_SECRET_PARTS = frozenset({"token", "secret", "signature", "uidb64"})
_QUIET = ("/static/",)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _QueryCount:
    """Counts the queries that pass through."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


class ObserveMiddleware:
    """Times a request. No query string, header or body is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_QUIET):
            return self.get_response(request)
        queries = _QueryCount()
        start = time.perf_counter()
        with connection.execute_wrapper(queries):
            response = self.get_response(request)
        seconds = time.perf_counter() - start
        view = request.resolver_match.view_name if request.resolver_match else ""
        method = str(request.method) if request.method in _METHODS else "OTHER"
        metrics.count_request(view or "none", method, response.status_code, seconds, queries.count)
        log.info(
            "request",
            extra={
                "method": method,
                "path": safe_path(request),
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "queries": queries.count,
                "user": _user_id(request),
            },
        )
        return response


def safe_path(request: HttpRequest) -> str:
    """The path without what would open something for a reader of the log."""
    path = request.path
    match = request.resolver_match
    for name, value in (match.kwargs if match else {}).items():
        if name in _SECRET_PARTS and value:
            path = path.replace(str(value), "…")
    return path


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, if anybody looked; never asks the database just for this."""
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None)
