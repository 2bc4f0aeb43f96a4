"""How well the service keeps its promises: the report, the records behind a number, its tables."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person
from core import export
from core.errors import NotFound
from desk.queries.sla_choice import Choice, today
from desk.queries.sla_records import Asked, Listing
from desk.queries.sla_report import Page
from desk.queries.sla_tables import TABLES
from desk.views.base import desk_page


@desk_page
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Figures of a period, beside those before it; everything of it is in the address."""
    page = Page(Choice.parse(request.GET, today()), person(request))
    return render(request, "desk/sla/report.html", {"page": page, "choice": page.choice})


@desk_page
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The very records that a number of the report counts."""
    choice = Choice.parse(request.GET, today())
    asked = Asked.parse(request.GET, choice)
    if asked is None:
        raise NotFound(_("There is no such list."))
    listing = Listing(asked, choice.report(person(request)))
    return render(request, "desk/sla/report_records.html", {"list": listing, "choice": choice})


@desk_page
@require_GET
def table(request: HttpRequest, name: str) -> HttpResponse:
    """A table of the report as a file, with the same address as the report."""
    if name not in TABLES:
        raise NotFound(_("There is no such table."))
    page = Page(Choice.parse(request.GET, today()), person(request))
    headings, rows = TABLES[name](page)
    return export.answer(f"{name} {page.when}", "csv", headings, rows)
