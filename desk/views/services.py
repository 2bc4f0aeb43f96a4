"""The portfolio of services, and each service's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, require_administrator
from accounts.models import Team
from accounts.reach import reach_of
from cmdb import actions
from cmdb.access import require_editor
from cmdb.enums import Criticality, ReviewState, ServiceStatus
from cmdb.models import Service
from cmdb.queries import needing_retired
from core import export
from core.errors import ActionError, NotFound
from core.forms import refuse
from desk.cmdb_forms import PortfolioForm, ReviewForm, ServiceForm
from desk.queries import services as rows
from desk.views.base import desk_page

FILTERS = ("q", "team", "criticality", "review")


@desk_page
@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """The services of one state; ?format= gives all that fit as a file."""
    form = PortfolioForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    if request.GET.get("format") in export.FORMATS:
        name = f"{_('Services')} {timezone.localdate():%Y-%m-%d}"
        return export.answer(name, request.GET["format"], *rows.table(wanted, person(request)))
    status = request.GET.get("status", "")
    status = status if status in ServiceStatus.values else ServiceStatus.LIVE
    page = rows.portfolio(wanted, status, request.GET.get("after", ""), person(request))
    context = {
        "page": page,
        "status": status,
        "tabs": [(value, label, page.counts[value]) for value, label in ServiceStatus.choices],
        "wanted": wanted,
        "is_filtered": any(wanted.get(name) for name in FILTERS),
        "teams": Team.objects.filter(is_active=True).order_by("name_en"),
        "criticalities": Criticality.choices,
        "reviews": ReviewState.choices,
        "administers": reach_of(person(request)).administers,
    }
    return render(request, "desk/services/list.html", context)


def _get(slug: str) -> Service:
    service = rows.find(slug)
    if service is None:
        raise NotFound(_("There is no such service."))
    return service


@desk_page
@require_GET
def show(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _get(slug), ReviewForm())


def _page(request: HttpRequest, service: Service, form: ReviewForm) -> HttpResponse:
    context = rows.page_of(service, person(request)) | {
        "description": rows.description_of(service),
        "review_form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "desk/services/service.html", context, status=status)


@desk_page
@require_POST
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """What is written about it was looked through."""
    service, form = _get(slug), ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, service, form)
    try:
        actions.mark_reviewed(service, form.cleaned_data["note"], by=person(request))
    except ActionError as error:
        if error.status != 422:
            raise
        refuse(form, error)
        return _page(request, service, form)
    messages.success(request, _("Reviewed. The next review is planned."))
    return redirect("cmdb:service", slug)


@desk_page
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    require_administrator(person(request))
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_service(form.cleaned_data, by=person(request))
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Added."))
            return redirect("cmdb:service", made.slug)
    return _editor(request, form)


@desk_page
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about a service on one page, both languages side by side."""
    service = _get(slug)
    require_editor(person(request), service)
    administers = reach_of(person(request)).administers
    form = ServiceForm(request.POST or None, of=service, administers=administers)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.edit_service(service, form.cleaned_data, by=person(request))
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            _warn(request, saved)
            return redirect("cmdb:service", slug)
    return _editor(request, form, service)


def _warn(request: HttpRequest, service: Service) -> None:
    """Retired, and others still need it: their owners have to do something."""
    users = needing_retired([service.pk]).get(service.pk)
    if users:
        names = ", ".join(each.name for each in users)
        messages.warning(request, _("These services still need it: %(names)s.") % {"names": names})


def _editor(request: HttpRequest, form: ServiceForm, service: Any = None) -> HttpResponse:
    context = {"form": form, "service": service, "administers": "owner" in form.fields}
    return render(request, "desk/services/edit.html", context, status=422 if form.errors else 200)
