"""One box: an answer, something to ask for, a service, one's own requests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from knowledge.actions import useful
from knowledge.enums import Reader
from portal.generic import by_script, person, portal_page, words
from portal.queries import found
from tickets.numbering import candidates

LONGEST = 200


@portal_page
@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """The results; while one types, the first few of them. A number leads straight to its page."""
    text = words(request.GET.get("q", "")).strip()[:LONGEST]
    typing = by_script(request)
    result = found.find(person(request), text, found.FEW if typing else found.MANY)
    context = {"found": result, "text": text, "typing": typing}
    if typing:
        return render(request, "portal/_found.html", context)
    if len(result.requests) == 1 and result.requests[0].number in candidates(text):
        return redirect(result.requests[0].url)
    if text and result.is_empty:
        useful.miss(text, Reader.PORTAL)
    return render(request, "portal/search.html", context)
