"""Where a requester starts, and where everybody does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.reach import reach_of
from incidents.queries.portal import outages
from portal.actions.report import SLOT
from portal.generic import draft_of, person, portal_page
from portal.queries import catalogue, lists
from portal.queries.nav import to_approve
from portal.queries.status import troubles

ON_HOME = 6
RECENT_ON_HOME = 3
TILES = 7


@portal_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """`/`: the desk for those who work there, the portal for everybody else."""
    opens_desk = reach_of(person(request)).opens_desk
    return redirect("desk:home" if opens_desk else "portal:home")


@portal_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greeting, search, how services are, what is asked for most, one's own requests."""
    user = person(request)
    known = outages(user)
    told = {outage.service for outage in known}
    return render(
        request,
        "portal/home.html",
        {
            "requests": lists.unfinished(user, ON_HOME),
            "recent": lists.finished(user, RECENT_ON_HOME),
            "waiting": lists.waiting_for(user),
            "to_approve": to_approve(user),
            "tiles": catalogue.at_hand(user, catalogue.cards(user), TILES),
            "draft": draft_of(user, SLOT),
            "outages": known,
            "troubles": [pair for pair in troubles() if pair[0] not in told],
        },
    )
