"""The results page of the search."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from desk.views.base import desk_page
from tickets.search import search as find


@desk_page
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """A number that means one record opens it; anything else lists what was found, and why."""
    text = request.GET.get("q", "").strip()[:200]
    user: Any = request.user
    result = find(user, text) if text else None
    hits = result.hits if result else []
    if len(hits) == 1 and hits[0]["why"] in ("number", "reference"):
        return redirect(hits[0]["url"])
    return render(
        request, "desk/search.html", {"search_text": text, "result": result, "hits": hits}
    )
