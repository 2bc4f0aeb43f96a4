"""The catalog as its editors see it: offerings with their state, categories, files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from accounts.reach import reach_of
from adminui.base import administration, attempt, show, tell
from adminui.forms.catalog_parts import NewOfferingForm, ShelfForm
from adminui.forms.common import initial
from adminui.views.catalog_door import SECTION, catalog_page, owned_services
from adminui.views.catalog_frame import offering_of
from catalog import access
from catalog.actions import offerings, shelves
from catalog.models import Offering, Shelf
from catalog.queries import editing
from core.errors import NotFound
from core.models import pick
from core.text import row_id, without_nul

PAGE = 50


@catalog_page
def show_catalog(request: HttpRequest) -> HttpResponse:
    """Offerings by category, filtered; what waits as a draft, what was never published."""
    text = without_nul(request.GET.get("q", "")).strip()[:80]
    shelf, state = row_id(request.GET.get("shelf")), request.GET.get("state", "")
    found = editing.rows(access.editable(person(request)), text, shelf, state)
    at = min(row_id(request.GET.get("from")) or 0, 100_000)
    rows = list(found[at : at + PAGE + 1])
    drafts = editing.drafts_of(rows)
    return show(
        request,
        "catalog/catalog.html",
        SECTION,
        rows=[_row(row, drafts.get(row.pk)) for row in rows[:PAGE]],
        next=at + PAGE if len(rows) > PAGE else None,
        text=text,
        shelf=shelf,
        state=state,
        shelves=_shelves(),
        is_filtered=bool(text or shelf or state),
        administers=reach_of(person(request)).administers,
    )


def _shelves() -> list[tuple[int, str]]:
    rows = Shelf.objects.select_related("parent").order_by("position", "id")
    return [(row.pk, _path(row)) for row in rows]


def _path(shelf: Shelf) -> str:
    return f"{shelf.parent.name} › {shelf.name}" if shelf.parent else shelf.name


def _row(row: Offering, draft: Any) -> dict[str, Any]:
    written = pick(draft.ko or "", draft.en or "") if draft is not None else ""
    shown = written if row.live is None and written else row.name
    return {
        "pk": row.pk,
        "name": shown or _("(without a name)"),
        "slug": row.slug,
        "shelf": _path(row.shelf),
        "service": row.service.name if row.service else "",
        "is_active": row.is_active,
        "live": row.live.number if row.live else None,
        "live_at": row.live.published_at if row.live else None,
        "draft_at": draft.written_at if draft else None,
        "draft_by": draft.written_by.name if draft and draft.written_by else "",
        "asked": row.asked_count,
    }


@catalog_page
def create(request: HttpRequest) -> HttpResponse:
    """A new offering with an empty draft, opened in the editor."""
    form = NewOfferingForm(request.POST or None, owned=owned_services(request))
    made = attempt(
        request,
        form,
        lambda: offerings.create(form.cleaned_data, by=person(request)),
        _("Added. Nobody sees it before it is published."),
    )
    if made:
        return redirect("adminui:offering", made.pk)
    status = 422 if form.errors else 200
    has_shelf = Shelf.objects.exists()
    return show(request, "catalog/new.html", SECTION, status=status, form=form, has_shelf=has_shelf)


@catalog_page
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    made = offerings.copy(offering_of(request, pk), by=person(request))
    return redirect("adminui:offering", made.pk)


@catalog_page
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire an offering, or offer it again."""
    offering = offering_of(request, pk)
    if request.POST.get("active") == "1":
        said = _("Offered again.")
        tell(request, lambda: offerings.offer_again(offering, by=person(request)), said)
    else:
        said = _("Retired. Requests that were made go on.")
        tell(request, lambda: offerings.retire(offering, by=person(request)), said)
    return redirect("adminui:offering_versions", pk)


@catalog_page
def show_shelves(request: HttpRequest) -> HttpResponse:
    """The categories in their order, with how much stands in each."""
    return show(
        request,
        "catalog/shelves.html",
        SECTION,
        rows=editing.shelf_rows(),
        administers=reach_of(person(request)).administers,
    )


def _shelf(pk: int) -> Shelf:
    shelf = Shelf.objects.filter(pk=pk).first()
    if shelf is None:
        raise NotFound(_("There is no such category."))
    return shelf


@administration
def create_shelf(request: HttpRequest) -> HttpResponse:
    form = ShelfForm(request.POST or None)
    done = attempt(
        request,
        form,
        lambda: shelves.create(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    return redirect("adminui:shelves") if done else _shelf_page(request, form)


@administration
def edit_shelf(request: HttpRequest, pk: int) -> HttpResponse:
    shelf = _shelf(pk)
    form = ShelfForm(request.POST or None, initial=initial(shelf, ShelfForm))
    done = attempt(
        request,
        form,
        lambda: shelves.edit(shelf, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    return redirect("adminui:shelves") if done else _shelf_page(request, form, shelf)


def _shelf_page(request: HttpRequest, form: ShelfForm, shelf: Shelf | None = None) -> HttpResponse:
    status = 422 if form.errors else 200
    return show(request, "catalog/shelf.html", SECTION, status=status, form=form, shelf=shelf)


@administration
@require_POST
def move_shelf(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down among those beside it."""
    step = -1 if request.POST.get("to") == "up" else 1
    shelves.move(_shelf(pk), step, by=person(request))
    return redirect("adminui:shelves")


@administration
@require_POST
def switch_shelf(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    said = _("Shown.") if active else _("No longer shown in the catalog.")
    tell(request, lambda: shelves.switch(_shelf(pk), active, by=person(request)), said)
    return redirect("adminui:shelves")
