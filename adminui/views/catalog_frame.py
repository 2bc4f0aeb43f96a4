"""What the pages of the offerings' editor share: the offering, its frame, and saving a part."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import person
from adminui.base import show, with_toast
from catalog import access
from catalog.actions import parts
from catalog.models import Offering
from catalog.queries import differences, editing, references
from catalog.queries.editing import LABELS, PARTS, Draft
from core.errors import ActionError, Conflict, NotFound
from core.forms import refuse

SECTION = "catalog"


def offering_of(request: HttpRequest, pk: int) -> Offering:
    """An offering that the person may edit; what they may not does not exist."""
    found = access.editable(person(request)).select_related("shelf", "service", "live")
    offering = found.filter(pk=pk).first()
    if offering is None:
        raise NotFound(_("There is no such offering."))
    return offering


def part_url(offering: Offering, part: str, at: str = "") -> str:
    url = reverse("adminui:offering_part", args=[offering.pk, part])
    return f"{url}?at={at}" if at else url


def frame(offering: Offering, draft: Draft, part: str) -> dict[str, Any]:
    """What surrounds a part: the outline, the problems, the state of the draft."""
    found = references.all_problems(draft.data, offering)
    placed = [(editing.place_of(one.path, draft.data), one.message) for one in found]
    counts = {name: sum(place.part == name for place, _message in placed) for name in PARTS}
    return {
        "offering": offering,
        "draft": draft,
        "part": part,
        "title": str(offering.name) or _("(without a name)"),
        "outline": [
            {
                "key": name,
                "label": LABELS[name],
                "url": part_url(offering, name),
                "problems": counts[name],
                "current": name == part,
            }
            for name in editing.parts()
        ],
        "problems": [
            (LABELS[place.part], message, part_url(offering, place.part, place.at))
            for place, message in placed
        ],
    }


def show_part(
    request: HttpRequest,
    offering: Offering,
    part: str,
    template: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A part of the editor as a whole page; asked by htmx, the part with its surroundings."""
    draft = context.pop("draft", None) or editing.draft_of(offering)
    context |= frame(offering, draft, part) | {"part_template": f"adminui/catalog/{template}"}
    if request.headers.get("HX-Request"):
        answer = render(request, "adminui/catalog/_swap.html", context, status=status)
        return with_toast(request, answer)
    return show(request, "catalog/editor.html", SECTION, status=status, **context)


def quiet(response: HttpResponse) -> HttpResponse:
    """Leave the form as it is on the page; only what surrounds it is drawn anew."""
    response["HX-Reswap"] = "none"
    return response


def save_part(
    request: HttpRequest,
    offering: Offering,
    form: Any,
    put: parts.Edit,
    of: Callable[[dict[str, Any]], Any],
) -> dict[str, Any]:
    """Save what a form holds, unless somebody else changed the same part meanwhile.

    What the page is to show then: `saved`, or `theirs` with both texts and the token to insist.
    """
    seen = request.POST.get("over") or request.POST.get("token")
    try:
        parts.change(offering, put, by=person(request), seen=seen, of=of)
    except Conflict:
        return _both(offering, put, of)
    except ActionError as error:
        if error.status != 422:
            raise
        refuse(form, error)
        return {}
    return {"saved": True}


def _both(offering: Offering, put: parts.Edit, of: Any) -> dict[str, Any]:
    theirs = editing.draft_of(offering)
    mine = parts.tried(theirs.data, put)
    return {
        "theirs": differences.differences(mine, theirs.data),
        "over": editing.token(of(theirs.data)),
        "status": 409,
    }


def back(offering: Offering, part: str, at: str = "") -> HttpResponse:
    return redirect(part_url(offering, part, at))
