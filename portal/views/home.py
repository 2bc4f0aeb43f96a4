"""Where a requester starts, and where everybody does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.reach import reach_of
from incidents.queries.portal import outages
from portal.actions.report import SLOT
from portal.generic import draft_of, person, portal_page, words
from portal.queries import lists
from tickets.numbering import candidates

ON_HOME = 6
RECENT_ON_HOME = 3


@portal_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """`/`: the desk for those who work there, the portal for everybody else."""
    opens_desk = reach_of(person(request)).opens_desk
    return redirect("desk:home" if opens_desk else "portal:home")


@portal_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greeting, search, reporting, one's own requests."""
    user = person(request)
    return render(
        request,
        "portal/home.html",
        {
            "requests": lists.unfinished(user, ON_HOME),
            "recent": lists.finished(user, RECENT_ON_HOME),
            "waiting": lists.waiting_for(user),
            "draft": draft_of(user, SLOT),
            "outages": outages(user),
        },
    )


@portal_page
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Requests by words of their title; a number that is meant leads straight to its page."""
    text = words(request.GET.get("q", "")).strip()[:200]
    found = lists.search(person(request), text)
    if len(found) == 1 and found[0].number in candidates(text):
        return redirect(found[0].url)
    return render(request, "portal/search.html", {"requests": found, "text": text})
