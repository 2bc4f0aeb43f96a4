"""The catalog: shelves and cards, and the ones kept at hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.access import asked_by
from catalog.actions import favourites
from core.errors import NotFound
from portal.enums import Sort
from portal.generic import by_script, person, portal_page
from portal.queries import catalogue


@portal_page
@require_safe
def catalog(request: HttpRequest, shelf: str = "") -> HttpResponse:
    """Everything the reader may ask for, or what stands on one shelf."""
    user = person(request)
    sort = request.GET.get("sort", "")
    sort = sort if sort in Sort.values else Sort.ASKED
    cards = catalogue.cards(user)
    shelves = catalogue.shelves(cards, sort)
    kept = [card for card in cards if card.is_favourite]
    chosen = catalogue.on_shelf(shelves, shelf) if shelf else None
    if shelf and chosen is None:
        raise NotFound(_("There is no such category in the catalog."))
    context = {
        "shelves": shelves,
        "chosen": chosen,
        "sort": sort,
        "sorts": list(Sort),
        "total": len(cards),
        "kept": catalogue.ordered(kept, sort),
        "most": catalogue.ON_SHELF,
    }
    return render(request, "portal/catalog.html", context)


@portal_page
@require_POST
def favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep an offering at hand, or no longer. A script gets the star, a person their page."""
    user = person(request)
    offering = asked_by(user, slug)
    keep = request.POST.get("keep") == "on"
    favourites.keep(offering, by=user) if keep else favourites.drop(offering, by=user)
    if by_script(request):
        card = next(iter(catalogue.cards(user, pk=offering.pk)), None)
        return render(request, "portal/_star.html", {"card": card, "told": True})
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if ours else "portal:catalog")
