"""What service levels say of a record, beside the place that asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from desk.queries.targets import Targets
from desk.views.base import desk_page
from tickets import access


@desk_page
@require_GET
def card(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Every target of the record, for the card over a row's clock."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    targets = Targets(ticket, request.user.pk)  # type: ignore[arg-type]
    return render(request, "desk/_clock_card.html", {"targets": targets, "ticket": ticket})
