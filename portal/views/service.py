"""One service: what it is, how it is, what one can ask for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.generic import person, portal_page
from portal.queries.service import service_page


@portal_page
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a live service; any other doesn't exist here."""
    return render(request, "portal/service.html", {"facts": service_page(person(request), slug)})
