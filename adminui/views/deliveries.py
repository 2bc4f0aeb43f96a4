"""The log of who was told of what, and who wasn't and why."""

from django.http import HttpRequest, HttpResponse

from accounts.access import person
from adminui import queries
from adminui.base import oversight, show
from adminui.forms.webhooks import DeliveryFilter
from notifications import told


@oversight
def show_deliveries(request: HttpRequest) -> HttpResponse:
    """Newest first; the filter is the query string. No text of a record is shown."""
    form = DeliveryFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    reader = person(request)
    rows = told.deliveries(wanted, by=reader)
    page = queries.by_key(rows, ("-id",), request.GET.get("after", ""))
    lines = told.lines(page.rows, by=reader)
    return show(request, "deliveries.html", "deliveries", lines=lines, page=page, filter=form)
