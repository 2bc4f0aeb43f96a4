"""Configuration items: the list, each one's page with its relations and impact."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person, require_administrator
from accounts.reach import reach_of
from cmdb import actions
from cmdb.enums import ItemStatus, ItemType
from cmdb.models import ConfigurationItem, Relation, Service
from core.errors import ActionError, NotFound
from core.forms import refuse
from core.text import row_id, without_nul
from desk.cmdb_forms import ItemForm, RelationForm
from desk.queries import items as rows
from desk.views.base import desk_page

FILTERS = ("q", "type", "status", "service")


@desk_page
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    wanted = {name: without_nul(request.GET.get(name, ""))[:160] for name in FILTERS}
    after = without_nul(request.GET.get("after", ""))[:160]
    page = rows.listing(wanted, after, person(request))
    service = row_id(wanted["service"])
    context = {
        "page": page,
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "types": ItemType.choices,
        "statuses": ItemStatus.choices,
        "services": Service.objects.order_by("name_en"),
        "service_id": service,
        "administers": reach_of(person(request)).administers,
    }
    return render(request, "desk/cmdb/list.html", context)


def _get(pk: int) -> ConfigurationItem:
    item = rows.find(pk)
    if item is None:
        raise NotFound(_("There is no such configuration item."))
    return item


@desk_page
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _get(pk), RelationForm())


def _page(request: HttpRequest, item: ConfigurationItem, form: RelationForm) -> HttpResponse:
    context = rows.page_of(item, person(request)) | {"form": form}
    return render(request, "desk/cmdb/item.html", context, status=422 if form.errors else 200)


@desk_page
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    require_administrator(person(request))
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_item(form.cleaned_data, by=person(request))
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Added."))
            return redirect("cmdb:item", made.pk)
    return _editor(request, form)


@desk_page
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    item = _get(pk)
    require_administrator(person(request))
    form = ItemForm(request.POST or None, of=item)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_item(item, form.cleaned_data, by=person(request))
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("cmdb:item", pk)
    return _editor(request, form, item)


def _editor(request: HttpRequest, form: ItemForm, item: Any = None) -> HttpResponse:
    context = {"form": form, "item": item}
    return render(request, "desk/cmdb/edit.html", context, status=422 if form.errors else 200)


@desk_page
@require_POST
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how it hangs together with another, from either end."""
    item, form = _get(pk), RelationForm(request.POST)
    if not form.is_valid():
        return _page(request, item, form)
    way, _colon, kind = form.cleaned_data["says"].partition(":")
    ends = (item, form.cleaned_data["other"])
    source, target = ends if way == "out" else ends[::-1]
    try:
        actions.relate(source, kind, target, by=person(request))
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return _page(request, item, form)
    messages.success(request, _("Related."))
    return redirect("cmdb:item", pk)


@desk_page
@require_POST
def unrelate(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    """Take a relation back, entered at either end."""
    row = Relation.objects.select_related("source", "target").filter(pk=relation_pk).first()
    if row is None or pk not in (row.source_id, row.target_id):
        raise NotFound(_("There is no such relation."))
    actions.unrelate(row, by=person(request))
    messages.success(request, _("The relation is gone."))
    return redirect("cmdb:item", pk)
