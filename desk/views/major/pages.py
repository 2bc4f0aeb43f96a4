"""The list of major incidents, one's console, and its whole timeline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from desk.queries.major import row
from desk.views.base import desk_page
from desk.views.major.base import console_of
from desk.views.major.forms import LogForm
from incidents.queries import timeline as story
from incidents.queries.majors import lists


@desk_page
@require_GET
def majors(request: HttpRequest) -> HttpResponse:
    found = lists(request.user)  # type: ignore[arg-type]
    context = {
        "running": [row(major) for major in found.running],
        "candidates": [row(major) for major in found.candidates],
        "reviews": [row(major) for major in found.reviews],
        "recent": [row(major) for major in found.recent],
    }
    return render(request, "desk/major/list.html", context)


@desk_page
@require_GET
def console(request: HttpRequest, number: str) -> HttpResponse:
    """The page; to script, its parts, or 204 when the version it shows is still the newest."""
    page = console_of(request, number)
    if number != page.ticket.number:
        return redirect("major:console", page.ticket.number)
    context = {**page.head(), "tab": "console", "log_form": LogForm()}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/major/console.html", context)
    if request.GET.get("version") == str(page.ticket.version):
        return HttpResponse(status=204)
    return render(request, "desk/major/_parts.html", context)


@desk_page
@require_GET
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """The timeline as it stands for the record, beside everything that happened."""
    page = console_of(request, number)
    context = {
        **page.head(),
        "tab": "timeline",
        "activity": story.activity(page.ticket, page.major),
    }
    whole = not request.htmx  # type: ignore[attr-defined]
    template = "desk/major/timeline.html" if whole else "desk/major/_editor.html"
    return render(request, template, context)
