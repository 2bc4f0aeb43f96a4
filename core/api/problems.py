"""Every refusal under /api/ as RFC 9457 problem details, whoever refused: DRF, Django or an action.

400: the request can't be read. 422: it can, and a rule of the desk refuses it.
"""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from core import context, views
from core.errors import ActionError, Conflict

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class PreconditionFailed(exceptions.APIException):
    """The record is no longer the one that If-Match names."""

    status_code = 412
    default_code = "changed"

    def __init__(self, etag: str) -> None:
        super().__init__(_("The record has changed since you read it. Read it again."))
        self.etag = etag


class TooLarge(exceptions.APIException):
    """The body is larger than this address takes."""

    status_code = 413
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(_("The body is too large."))


def problem(
    status: int,
    code: str,
    detail: Any,
    errors: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The body of a refusal. `code` is stable; `detail` is for people, in their language."""
    body: dict[str, Any] = {
        "type": f"urn:maru:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "instance": f"urn:maru:request:{context.request_id.get()}",
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return body | more


def handle(error: Exception, where: dict[str, Any]) -> Response:
    """DRF's exception handler."""
    status, body, headers = describe(error)
    if status >= 500:
        request = where.get("request")
        logger.error("API request failed", exc_info=error)
        got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def describe(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    """(status, body, headers) of an error; what nobody expected is a 500 without its details."""
    if isinstance(error, ActionError):
        return error.status, _of_action(error), {}
    if isinstance(error, exceptions.ValidationError):
        detail = _("Some values can't be used.")
        return 400, problem(400, "invalid", detail, list(_flat(error.get_full_details()))), {}
    if isinstance(error, exceptions.APIException):
        return error.status_code, _of_drf(error), _headers(error)
    if isinstance(error, Http404):
        return 404, _not_found(), {}
    if isinstance(error, DjangoPermissionDenied):
        return 403, problem(403, "not_allowed", _("You may not do that.")), {}
    if isinstance(error, RequestDataTooBig):
        return 413, problem(413, "too_large", _("The body is too large.")), {}
    if isinstance(error, SuspiciousOperation):
        return 400, problem(400, "bad_request", _("The request can't be read.")), {}
    detail = _("Something went wrong on our side. Name the instance when you report it.")
    return 500, problem(500, "internal_error", detail), {}


def _of_action(error: ActionError) -> dict[str, Any]:
    errors = [
        {"field": field, "pointer": f"/{field}", "code": error.code, "message": str(message)}
        for field, message in error.errors.items()
    ]
    more: dict[str, Any] = {}
    if isinstance(error, Conflict):
        more["conflicts"] = [
            {
                "field": clash.field,
                "seen": clash.seen,
                "current": clash.current,
                "wanted": clash.wanted,
                "changed_by": clash.changed_by_id,
            }
            for clash in error.clashes
        ]
    return problem(error.status, error.code, error.message, errors, **more)


def _of_drf(error: exceptions.APIException) -> dict[str, Any]:
    codes = error.get_codes()
    return problem(error.status_code, codes if isinstance(codes, str) else "invalid", error.detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, round(error.wait)))  # type: ignore[attr-defined]
    if isinstance(error, PreconditionFailed):
        headers["ETag"] = error.etag
    return headers


def _flat(details: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """One entry per message of DRF's nested errors, with a JSON pointer to where it is."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        steps = [step for step in path if step != "non_field_errors"]
        entry = {"message": str(details["message"]), "code": details["code"]}
        yield {"field": ".".join(steps), "pointer": _pointer(steps), **entry}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flat(inner, (*path, str(name)))
    else:
        for index, inner in enumerate(details):
            is_message = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _flat(inner, path if is_message else (*path, str(index)))


def _pointer(steps: list[str]) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _not_found() -> dict[str, Any]:
    return problem(404, "not_found", _("There is nothing at this address."))


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def answer(body: dict[str, Any]) -> HttpResponse:
    """A problem outside DRF."""
    return JsonResponse(body, status=body["status"], content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler400: what Django itself refuses, such as a wrong Host header."""
    if not is_api(request):
        return defaults.bad_request(request, exception)
    return answer(describe(exception)[1])


def too_large(request: HttpRequest) -> HttpResponseBase:
    """A body that nothing here takes."""
    return answer(describe(TooLarge())[1]) if is_api(request) else views.too_large(request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """handler404."""
    return answer(_not_found()) if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """handler500."""
    if not is_api(request):
        return defaults.server_error(request)
    return answer(describe(Exception())[1])
