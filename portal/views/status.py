"""How services are: now, ahead, and over the last 90 days."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.generic import person, portal_page
from portal.queries.status import Page


@portal_page
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The status page, for everybody signed in."""
    page = Page(person(request))
    return render(request, "portal/status.html", {"page": page, "outages": page.notices})
