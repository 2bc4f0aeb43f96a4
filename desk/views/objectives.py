"""Objectives of services: how they stand, and the outages they are measured by."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from cmdb.models import Service
from core.errors import ActionError, NotFound
from core.forms import refuse
from desk.queries import objectives as rows
from desk.sla_forms import OutageForm
from desk.views.base import desk_page
from sla.actions import outages
from sla.models import Outage

TYPED = "%Y-%m-%dT%H:%M"


@desk_page
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Each objective this month and the month before."""
    return render(request, "desk/sla/objectives.html", {"rows": rows.overview()})


@desk_page
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, pk: int) -> HttpResponse:
    """One service: twelve months, its outages; a POST enters an outage."""
    found = Service.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such service."))
    now = timezone.localtime().strftime(TYPED)
    form = OutageForm(request.POST or None, initial={"started_at": now})
    if request.method == "POST" and _done(
        form, lambda: outages.open_outage(found, by=person(request), **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("desk:sla_service", pk)
    return _page(request, found, form)


def _page(
    request: HttpRequest, found: Service, form: OutageForm, editing: int | None = None
) -> HttpResponse:
    context = {
        "service": found,
        "objectives": rows.of_service(list(rows.active().filter(service=found))),
        "outages": rows.outages_of(found.pk, person(request)),
        "form": form,
        "editing": editing,
        "keeps": outages.may_keep(person(request), found),
    }
    return render(request, "desk/sla/service.html", context, status=422 if form.errors else 200)


@desk_page
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set an outage right."""
    outage = _outage(pk)
    fields = ("kind", "started_at", "ended_at", "note")
    start: dict[str, Any] = {name: getattr(outage, name) for name in fields}
    for name in ("started_at", "ended_at"):
        start[name] = timezone.localtime(start[name]).strftime(TYPED) if start[name] else ""
    form = OutageForm(request.POST or None, initial=start)
    if request.method == "POST" and _done(
        form, lambda: outages.correct_outage(outage, form.cleaned_data, by=person(request))
    ):
        messages.success(request, _("Saved."))
        return redirect("desk:sla_service", outage.service_id)
    return _page(request, outage.service, form, outage.pk)


@desk_page
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The service is back as of now."""
    outage = _outage(pk)
    outages.end_outage(outage, by=person(request))
    messages.success(request, _("The outage has ended."))
    return redirect("desk:sla_service", outage.service_id)


@desk_page
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """It was entered by mistake."""
    outage = _outage(pk)
    outages.withdraw_outage(outage, by=person(request))
    messages.success(request, _("The outage no longer counts."))
    return redirect("desk:sla_service", outage.service_id)


def _outage(pk: int) -> Outage:
    outage = Outage.objects.select_related("service").filter(pk=pk).first()
    if outage is None:
        raise NotFound(_("There is no such outage."))
    return outage


def _done(form: OutageForm, act: Callable[[], Any]) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except ActionError as error:
        refuse(form, error)
        return False
    return True
