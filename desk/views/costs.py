"""What requests cost: by department and month, the bookings behind a figure, a file of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import person
from catalog.enums import Period
from catalog.queries import costs
from catalog.wording import figure
from core import export
from core.errors import NotAllowed, NotFound
from core.text import row_id
from desk.views.base import desk_page


def _reader(request: HttpRequest) -> Any:
    user = person(request)
    if not costs.may_read(user):
        raise NotAllowed(_("Costs are for managers, auditors and administrators."))
    return user


def _year(given: QueryDict) -> int:
    year = row_id(given.get("year")) or timezone.localdate().year
    if not costs.FIRST_YEAR <= year <= timezone.localdate().year:
        raise NotFound(_("There is no such list."))
    return year


@desk_page
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """A year, a line for each department; each figure opens the bookings that it counts."""
    _reader(request)
    year = _year(request.GET)
    lines = [_line(line, year) for line in costs.by_department(year)]
    context = {
        "year": year,
        "years": costs.years(),
        "months": [MONTHS_3[number] for number in range(1, costs.MONTHS + 1)],
        "lines": lines,
    }
    return render(request, "desk/costs/report.html", context)


def _line(line: costs.Line, year: int) -> dict[str, Any]:
    """A line as its template prints it: amounts in words, each with its address."""
    records = reverse("desk:costs_records")
    said: dict[str, str | int] = {
        "year": year,
        "department": line.department,
        "currency": line.currency,
        "period": line.period,
    }
    cells = [
        {
            "text": figure(amount, line.currency) if amount is not None else "",
            "url": f"{records}?{urlencode({**said, 'month': number})}",
        }
        for number, amount in enumerate(line.months, 1)
    ]
    total = {"text": figure(line.total, line.currency), "url": f"{records}?{urlencode(said)}"}
    return {"line": line, "cells": cells, "total": total}


@desk_page
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """The very bookings that a figure counts."""
    user = _reader(request)
    chosen = _slice(request.GET)
    page = max(1, row_id(request.GET.get("page")) or 1)
    rows, more = costs.bookings(chosen, user, page)
    context = {
        "rows": rows,
        "chosen": chosen,
        "month": MONTHS_3[chosen.month] if chosen.month else "",
        "page": page,
        "more": more,
    }
    return render(request, "desk/costs/records.html", context)


def _slice(given: QueryDict) -> costs.Slice:
    month, department = row_id(given.get("month")), given.get("department", "")
    period, currency = given.get("period", ""), given.get("currency", "")
    known = period in ("", *Period.values) and len(currency) <= 3 and currency.isascii()
    if not known or (month is not None and not 1 <= month <= costs.MONTHS):
        raise NotFound(_("There is no such list."))
    number = 0 if department == "0" else row_id(department)
    return costs.Slice(_year(given), month, number, currency.replace("\x00", ""), period)


@desk_page
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The report as a file."""
    _reader(request)
    year = _year(request.GET)
    months = [str(MONTHS_3[number]) for number in range(1, costs.MONTHS + 1)]
    headings = [_("Department"), _("Currency"), _("Due"), *months, _("Total")]
    rows = (
        [line.name, line.currency, str(line.period_label), *line.months, line.total]
        for line in costs.by_department(year)
    )
    return export.answer(f"{_('Costs')} {year}", "csv", headings, rows)
