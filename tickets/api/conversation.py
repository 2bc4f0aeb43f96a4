"""Comments and files of a record, as far as the reader may read them."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.models import User
from core import options
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.problems import TooLarge
from core.api.request import SignedInRequest
from core.api.shapes import instant, person
from core.api.views import ApiView, no_content, read
from core.errors import NotFound
from tickets import access, actions
from tickets.actions.attach import Upload
from tickets.api import forms
from tickets.models import Attachment, Comment, Ticket

BY_ID = Sorts("id", {"id": ("id",)})
MULTIPART_REST = 64 * 1024  # room for boundaries and the other fields beside the file
_COMMENT = (
    "id", "ticket__number", "author_id", "author__display_name", "author__roman_name", "body",
    "visibility", "channel", "by_requester", "created_at",
)  # fmt: skip
_FILE = (
    "id", "ticket__number", "name", "size", "content_type", "sha256", "visibility", "comment_id",
    "uploaded_by_id", "uploaded_by__display_name", "uploaded_by__roman_name", "created_at",
)  # fmt: skip


def _comments(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "ticket": row["ticket__number"],
            "author": person(row, "author"),
            "body": row["body"],
            "visibility": row["visibility"],
            "channel": row["channel"],
            "by_requester": row["by_requester"],
            "created_at": instant(row["created_at"]),
        }
        for row in rows
    ]


def _files(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in _FILE[2:7]},
            "id": row["id"],
            "comment": row["comment_id"],
            "uploaded_by": person(row, "uploaded_by"),
            "created_at": instant(row["created_at"]),
            "url": file_address(row["ticket__number"], row["id"]),
        }
        for row in rows
    ]


def file_address(number: str, pk: int) -> str:
    return f"/api/v1/tickets/{number}/attachments/{pk}/"


class Comments(ApiView):
    parameters = PARAMETERS

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        shown = access.comments(request.user, ticket).order_by()
        return paged(request, shown.values(*_COMMENT), BY_ID, _comments)

    @idempotent
    def post(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        values = read(request, forms.Commenting)
        said = actions.comment(ticket, values.pop("body"), by=request.user, **values)
        (shown,) = _comments(list(Comment.objects.filter(pk=said.pk).values(*_COMMENT)))
        return Response(shown, status=201)


class OneComment(ApiView):
    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        ticket = access.get(request.user, number)
        said = access.comments(request.user, ticket).filter(pk=pk).first()
        if said is None:
            raise NotFound(_("There is nothing at this address."))
        actions.retract(said, by=request.user)
        return no_content()


class Attachments(ApiView):
    parameters = PARAMETERS
    parser_classes = (MultiPartParser,)

    def get(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        shown = access.attachments(request.user, ticket).order_by()
        return paged(request, shown.values(*_FILE), BY_ID, _files)

    def post(self, request: SignedInRequest, number: str) -> HttpResponseBase:
        _refuse_large(request)
        return self.add(request, number)

    @idempotent
    def add(self, request: SignedInRequest, number: str) -> Response:
        ticket = access.get(request.user, number)
        values = read(request, forms.Attaching)
        upload = Upload.of(values.pop("file"))
        kept = actions.attach(ticket, upload, by=request.user, **values)
        (shown,) = _files(list(Attachment.objects.filter(pk=kept.pk).values(*_FILE)))
        where = request.build_absolute_uri(shown["url"])
        return Response(shown, status=201, headers={"Location": where})


class OneAttachment(ApiView):
    answers_files = True

    def get(self, request: SignedInRequest, number: str, pk: int) -> Any:
        return download(_file(request, number, pk))

    def delete(self, request: SignedInRequest, number: str, pk: int) -> Response:
        actions.detach(_file(request, number, pk), by=request.user)
        return no_content()


def _file(request: SignedInRequest, number: str, pk: int) -> Attachment:
    """One file of this record through the access door."""
    ticket = access.get(request.user, number)
    found = _readable(request.user, ticket).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is nothing at this address."))
    return found


def _readable(user: User, ticket: Ticket) -> QuerySet[Attachment]:
    shown: QuerySet[Attachment] = access.attachments(user, ticket)
    return shown


def _refuse_large(request: SignedInRequest) -> None:
    """Before the body is read: what can't be kept need not be received."""
    limit = options.get("attachment_megabytes") * 1024 * 1024 + MULTIPART_REST
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        raise TooLarge


def download(file: Attachment) -> FileResponse:
    """The file as a download that no browser opens as a page of Maru's."""
    try:
        content = file.file.open("rb")
    except OSError:
        raise NotFound(_("This file is no longer there.")) from None
    response = FileResponse(
        content, as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
