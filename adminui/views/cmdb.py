"""Services and configuration items: lists; they are edited on the desk, where owners do so too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from adminui import queries
from adminui.base import administration, show
from cmdb.models import ConfigurationItem, Service
from core.errors import NotFound


@administration
def show_services(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.services(text, request.GET.get("after", ""))
    return show(request, "services.html", "services", page=page, text=text)


@administration
def create_service(request: HttpRequest) -> HttpResponse:
    return redirect("cmdb:service_new")


@administration
def edit_service(request: HttpRequest, pk: int) -> HttpResponse:
    slug = Service.objects.filter(pk=pk).values_list("slug", flat=True).first()
    if slug is None:
        raise NotFound(_("There is no such entry."))
    return redirect("cmdb:service_edit", slug)


@administration
def show_items(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.items(text, request.GET.get("after", ""))
    return show(request, "items.html", "items", page=page, text=text)


@administration
def create_item(request: HttpRequest) -> HttpResponse:
    return redirect("cmdb:item_new")


@administration
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    if not ConfigurationItem.objects.filter(pk=pk).exists():
        raise NotFound(_("There is no such entry."))
    return redirect("cmdb:item", pk)
