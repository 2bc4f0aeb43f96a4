"""The map of services and items, as a picture and as a table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person
from cmdb.queries.impact import DEEPEST, ITEM, SERVICE
from core.errors import NotFound
from desk.queries import items, servicemap, services
from desk.views.base import desk_page

WAYS = ("both", "up", "down")
DEPTH = 3


@desk_page
@require_GET
def whole(request: HttpRequest) -> HttpResponse:
    """Every service of the organisation."""
    asked = {name: bool(request.GET.get(name)) for name in ("items", "retired")}
    shown = servicemap.whole(person(request), **asked)
    return render(request, "desk/services/map.html", {"map": shown, "asked": asked})


@desk_page
@require_GET
def of_service(request: HttpRequest, slug: str) -> HttpResponse:
    service = services.find(slug)
    if service is None:
        raise NotFound(_("There is no such service."))
    return _around(request, (SERVICE, service.pk), {"service": service, "of": service})


@desk_page
@require_GET
def of_item(request: HttpRequest, pk: int) -> HttpResponse:
    item = items.find(pk)
    if item is None:
        raise NotFound(_("There is no such configuration item."))
    return _around(request, (ITEM, item.pk), {"item": item, "of": item})


def _around(request: HttpRequest, start: tuple[str, int], of: dict[str, Any]) -> HttpResponse:
    way = request.GET.get("way", "")
    way = way if way in WAYS else WAYS[0]
    depth = _depth(request.GET.get("depth", ""))
    with_items = not request.GET or bool(request.GET.get("items"))
    shown = servicemap.around(start, person(request), way=way, depth=depth, items=with_items)
    context = of | {
        "map": shown,
        "asked": {"way": way, "depth": depth, "items": with_items},
        "depths": [1, 2, DEPTH, 5, DEEPEST],
        "ways": [
            ("both", _("Both ways")),
            ("up", _("What fails with it")),
            ("down", _("What it needs")),
        ],
    }
    return render(request, "desk/services/map.html", context)


def _depth(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 3:
        return max(1, min(int(text), DEEPEST))
    return DEPTH
