"""Suggestions for the pickers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.errors import NotFound
from core.text import without_nul
from desk.queries.pickers import SOURCES
from desk.views.base import desk_page


@desk_page
@require_GET
def pick(request: HttpRequest, source: str) -> HttpResponse:
    if source not in SOURCES:
        raise NotFound(_("There is no such list."))
    text = without_nul(request.GET.get("q", ""))[:80]
    return render(request, "ui/_options.html", {"options": SOURCES[source](text, request.user)})  # type: ignore[arg-type]
