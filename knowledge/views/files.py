"""Files of articles leave through the article's door, never as something a browser would run."""

from django.http import FileResponse, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import person
from core.errors import NotFound
from knowledge import access
from knowledge.actions.files import PICTURES
from knowledge.models import ArticleFile

PDF = "application/pdf"
# Nothing inside a file may load, run, or send anything.
POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox"


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file: pictures and PDF are shown unless `?save` is asked, the rest is saved."""
    file = access.file(person(request), pk)
    tag = f'"{file.sha256}"'
    if request.headers.get("If-None-Match") == tag:
        return _guard(HttpResponseNotModified(), tag)
    return _guard(_content(file, save="save" in request.GET), tag)


def _content(file: ArticleFile, *, save: bool) -> HttpResponseBase:
    shown = file.content_type in PICTURES or file.content_type == PDF
    try:
        content = file.file.open("rb")
    except OSError:
        raise NotFound(_("This file is no longer there.")) from None
    return FileResponse(
        content,
        as_attachment=save or not shown,
        filename=file.name,
        content_type=file.content_type if shown else "application/octet-stream",
    )


def _guard(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    # Asked again each time, since the right to see it may end.
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
