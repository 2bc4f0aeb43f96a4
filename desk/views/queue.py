"""The queue and what belongs to it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core.errors import NotFound
from core.text import row_ids
from desk.actions.display import set_display
from desk.boards import BOARDS, Board
from desk.counts import board_counts, shown
from desk.filters import CHIPS
from desk.queries.listing import Listing
from desk.views.base import desk_page
from knowledge import access as knowledge
from knowledge.search import is_number
from tickets.models import Ticket
from tickets.numbering import resolve as resolve_reference
from tickets.queries import CAP


@desk_page
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("desk:queue", "mine")


@desk_page
@require_GET
def queue(request: HttpRequest, view: str) -> HttpResponse:
    listing = Listing(request, _board(view))
    template = "desk/_queue.html" if request.htmx else "desk/queue.html"  # type: ignore[attr-defined]
    return render(request, template, listing.context())


@desk_page
@require_GET
def changes(request: HttpRequest, view: str) -> HttpResponse:
    """What changed since the list was drawn; the page polls it."""
    listing = Listing(request, _board(view))
    found = listing.changes(_known(request), _since(request))
    rows = {f"row-{row['number']}": row["markup"] for row in found["rows"]}
    counts = board_counts(listing.user)
    return JsonResponse(
        {
            "rows": rows,
            "gone": [f"row-{number}" for number in found["gone"]],
            "pill": _pill(found["arrived"]),
            "counts": {key: shown(number) for key, number in counts.items()},
        }
    )


@desk_page
@require_GET
def filter_form(request: HttpRequest, view: str, key: str) -> HttpResponse:
    if key not in CHIPS:
        raise NotFound(_("There is no such filter."))
    listing = Listing(request, _board(view))
    context = {"field": listing.form(CHIPS[key]), "path": listing.path}
    return render(request, "desk/_filter_form.html", context)


@desk_page
@require_POST
def display(request: HttpRequest, view: str) -> HttpResponse:
    """Density and columns, kept for the person."""
    set_display(
        by=request.user,  # type: ignore[arg-type]
        density=request.POST.get("density", ""),
        columns=request.POST.getlist("columns"),
    )
    response = HttpResponse(status=204)
    response["HX-Trigger"] = "queue:reload"
    return response if request.htmx else redirect("desk:queue", view)  # type: ignore[attr-defined]


@desk_page
@require_GET
def resolve(request: HttpRequest, reference: str) -> HttpResponse:
    """`/r/inc1042`: the record, however it is typed; several records of one number: the search."""
    user: Any = request.user
    if is_number(reference) and (article := knowledge.named(user, reference)):
        return redirect(article)
    found = resolve_reference(reference, Ticket.objects.visible_to(user))
    if not found:
        raise NotFound(_("There is no such record."))
    return redirect(found[0].get_absolute_url())


def _board(key: str) -> Board:
    if key not in BOARDS:
        raise NotFound(_("There is no such view."))
    return BOARDS[key]


def _known(request: HttpRequest) -> dict[int, int]:
    parts = [part for part in request.GET.get("known", "").split("-") if part][:100]
    pairs = (row_ids(part.split(".")) for part in parts)
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def _since(request: HttpRequest) -> datetime:
    try:
        return parse_datetime(request.GET.get("since", "").replace(" ", "+")) or timezone.now()
    except ValueError:
        return timezone.now()


def _pill(arrived: int) -> str:
    if not arrived:
        return ""
    number: Any = shown(arrived) if arrived > CAP else arrived
    text = ngettext("%(n)s change · refresh", "%(n)s changes · refresh", arrived)
    return text % {"n": number}
