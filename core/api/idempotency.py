"""A POST that may be sent again: with the same Idempotency-Key it is done once and answered alike.

The key is held by an advisory lock while its request runs, and the answer is stored in the same
transaction as what the request did: a server killed in between has done nothing and forgot the
key. Refusals are not stored, since they changed nothing.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.api.request import SignedInRequest
from core.idempotency import KEPT
from core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
LONGEST = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
_KEPT_HEADERS = ("Location", "ETag")

Handler = Callable[..., Response]


class InProgress(exceptions.APIException):
    status_code = 409
    default_code = "in_progress"
    default_detail = ""

    def __init__(self) -> None:
        super().__init__(_("The first request with this key is still running."))
        self.wait = 1


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(_("This key was used for another request. Take a new one."))


def idempotent(handler: Handler) -> Callable[..., HttpResponseBase]:
    """Let the handler of a POST honour Idempotency-Key."""

    @wraps(handler)
    def once(view: Any, request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            message = _("Give 1 to %s ASCII characters without spaces.") % LONGEST
            raise exceptions.ValidationError({HEADER: [message]})
        with transaction.atomic():
            return _once(handler, view, request, key, args, kwargs)

    return once


def _once(
    handler: Handler, view: Any, request: SignedInRequest, key: str, args: Any, kwargs: Any
) -> HttpResponseBase:
    fingerprint = _fingerprint(request)
    if not _hold(f"{request.user.pk} {key}"):
        raise InProgress
    mine = IdempotencyRecord.objects.filter(user_id=request.user.pk, key=key)
    known = mine.first()
    if known is not None and known.created_at > timezone.now() - KEPT:
        return _replay(known, fingerprint)
    response = handler(view, request, *args, **kwargs)
    body = "" if response.data is None else _rendered(request, response)
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    mine.delete()
    IdempotencyRecord.objects.create(
        user_id=request.user.pk,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers=headers,
        body=body,
    )
    return response


def _rendered(request: SignedInRequest, response: Response) -> str:
    content = request.accepted_renderer.render(response.data)
    return content.decode() if isinstance(content, bytes) else content


def _hold(name: str) -> bool:
    """Take the lock of this name until the transaction ends; False when somebody has it."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _replay(known: IdempotencyRecord, fingerprint: str) -> HttpResponse:
    if known.fingerprint != fingerprint:
        raise KeyReused
    headers = {**known.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(
        known.body, status=known.status, headers=headers, content_type="application/json"
    )


def _fingerprint(request: SignedInRequest) -> str:
    """What makes two requests the same: method, address and content, files included."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data: Any = request.data  # parses, and so keeps raw_body
    digest.update(getattr(request, "raw_body", b""))
    if request.FILES:
        for name in sorted(data):
            if name not in request.FILES:
                digest.update(repr((name, data.getlist(name))).encode())
        for name, file in request.FILES.items():
            digest.update(repr((name, file.name, file.size)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
