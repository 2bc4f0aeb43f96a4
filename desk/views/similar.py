"""Records like this one: beside a record, and while a new one is being written."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import person
from core.text import without_nul
from desk.views.base import desk_page
from knowledge.queries import suggest
from tickets import access
from tickets.kinds import by_path
from tickets.similar import propose, similar_open

SHORTEST = 4


@desk_page
@require_GET
def beside(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Open records like this one, read after the page is there."""
    kind = by_path(folder)
    ticket = access.get(request.user, number, kind=kind.key if kind else "-")  # type: ignore[arg-type]
    rows = similar_open(request.user, ticket.title, service=ticket.service, exclude=ticket.pk)  # type: ignore[arg-type]
    return render(request, "tickets/_similar.html", {"rows": rows})


@desk_page
@require_GET
def proposal(request: HttpRequest) -> HttpResponse:
    """What a new incident with this title is probably about, and what is open already."""
    title = without_nul(request.GET.get("title", "")).strip()[:250]
    context = {}
    if len(title) >= SHORTEST:
        context = {
            "rows": similar_open(request.user, title),  # type: ignore[arg-type]
            "proposal": propose(request.user, "incident", title),  # type: ignore[arg-type]
            "hits": suggest(title, reader=person(request)),
        }
    return render(request, "desk/_proposal.html", context)
