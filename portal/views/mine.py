"""My requests: the list."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.enums import Kinds, Show, Whose
from portal.generic import person, portal_page, words
from portal.queries import lists

LONGEST = 200


@portal_page
@require_safe
def my(request: HttpRequest) -> HttpResponse:
    """One page of one's own, followed or the department's requests."""
    user = person(request)
    scopes = lists.scopes(user)
    whose = _chosen(request.GET.get("whose"), scopes, Whose.MINE)
    show = _chosen(request.GET.get("show"), list(Show), Show.OPEN)
    kind = _chosen(request.GET.get("kind"), list(Kinds), Kinds.ALL)
    text = words(request.GET.get("q", "")).strip()[:LONGEST]
    cursor = request.GET.get("page", "")
    return render(
        request,
        "portal/my.html",
        {
            "page": lists.page(user, whose, show, cursor, kind=kind, text=text),
            "scopes": scopes,
            "whose": whose,
            "shows": list(Show),
            "show": show,
            "kinds": list(Kinds),
            "kind": kind,
            "text": text,
            "waiting": lists.waiting_for(user),
        },
    )


def _chosen(text: str | None, offered: list[Any], default: Any) -> Any:
    return next((choice for choice in offered if choice.value == text), default)
