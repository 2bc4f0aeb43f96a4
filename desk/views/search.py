"""The results page of the search."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.people import people
from desk.views.base import desk_page
from knowledge.search import find as find_articles
from tickets.search import search as find

PEOPLE = "u:"
MOST_PEOPLE = 6
MOST_ARTICLES = 5


@desk_page
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """A number that means one record opens it; anything else lists what was found, and why."""
    text = request.GET.get("q", "").strip()[:200]
    user: Any = request.user
    only_people = text[: len(PEOPLE)].lower() == PEOPLE
    words = text[len(PEOPLE) :].strip() if only_people else text
    result = find(user, text) if text and not only_people else None
    hits = result.hits if result else []
    if len(hits) == 1 and hits[0]["why"] in ("number", "reference"):
        return redirect(hits[0]["url"])
    context = {
        "search_text": text,
        "result": result,
        "hits": hits,
        "people": _people(words),
        "articles": find_articles(user, words, limit=MOST_ARTICLES) if words else [],
    }
    return render(request, "desk/search.html", context)


def _people(words: str) -> list[dict[str, Any]]:
    """A few people whom the words fit, each with the way to their records."""
    found = people(words).select_related("department")[:MOST_PEOPLE]
    records = reverse("desk:queue", args=["all"])
    return [{"person": one, "url": f"{records}?f.requester={one.pk}"} for one in found]
