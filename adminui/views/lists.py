"""One list of choices after another: the same pages for each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt, show, tell, with_toast
from adminui.forms.common import initial
from adminui.forms.lists import TrialForm
from adminui.lists import PAGES, ListPage, conditions, table
from adminui.sections import BY_KEY
from core.errors import NotFound
from tickets import routing
from tickets.actions import settings


def _page(key: str) -> ListPage:
    if key not in PAGES:
        raise NotFound(_("There is no such list."))
    return PAGES[key]


def _row(page: ListPage, pk: int) -> Any:
    row = page.rows().filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such entry."))
    return row


@administration
def show_list(request: HttpRequest, key: str) -> HttpResponse:
    """The rows of a list, in their order."""
    page = _page(key)
    context: dict[str, Any] = {"page": page, "key": key, "rows": table(page)}
    if key == "routing":
        context |= _trial(request)
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "trial":
        return render(request, "adminui/_trial.html", context | {"section": BY_KEY[key]})
    return show(request, "list.html", key, **context)


def _trial(request: HttpRequest) -> dict[str, Any]:
    """The test box: which team a record would get, and why."""
    asked = "priority" in request.GET
    form = TrialForm(request.GET if asked else None)
    if not (asked and form.is_valid()):
        return {"trial": form}
    routed = routing.route(**form.cleaned_data)
    because = {
        "rule": lambda: _("The first rule that fits: %(rule)s") % {"rule": conditions(routed.rule)},  # type: ignore[arg-type]
        "service": lambda: _("No rule fits; the service's support team gets it."),
        "category": lambda: _("No rule fits and no service decides; the category's team gets it."),
        "default": lambda: _("Nothing decides; the default team gets it."),
    }
    return {"trial": form, "routed": routed, "because": because[routed.because]()}


@administration
def create(request: HttpRequest, key: str) -> HttpResponse:
    page = _page(key)
    form = page.form(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: settings.create(page.model, form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:list", key)
    context = {"page": page, "key": key, "form": form, "title": page.new}
    return show(request, "list_form.html", key, status=422 if form.errors else 200, **context)


@administration
def edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    page = _page(key)
    row = _row(page, pk)
    start = initial(row, page.form) | ({"lines": row.lines} if hasattr(row, "lines") else {})
    form = page.form(request.POST or None, initial=start)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: settings.change(row, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:list", key)
    title = conditions(row) if key == "routing" else row.name
    context = {"page": page, "key": key, "form": form, "title": title, "row": row}
    return show(request, "list_form.html", key, status=422 if form.errors else 200, **context)


@administration
@require_POST
def switch(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Offer a row, or no longer."""
    page = _page(key)
    active = request.POST.get("active") == "1"
    said = _("Offered again.") if active else _("No longer offered. Records that have it keep it.")
    row = _row(page, pk)
    tell(request, lambda: settings.set_active(row, active, by=person(request)), said)
    return _answer(request, page, key)


@administration
@require_POST
def move(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One place up or down."""
    page = _page(key)
    step = -1 if request.POST.get("to") == "up" else 1
    settings.move(_row(page, pk), step, by=person(request))
    return _answer(request, page, key)


def _answer(request: HttpRequest, page: ListPage, key: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("adminui:list", key)
    context = {"page": page, "key": key, "rows": table(page)}
    return with_toast(request, render(request, "adminui/_list.html", context))
