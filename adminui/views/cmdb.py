"""Services, configuration items and how they hang together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.cmdb import ItemForm, RelationForm, ServiceForm
from adminui.forms.common import initial
from cmdb import actions
from cmdb.models import ConfigurationItem, Relation, Service
from core.errors import NotFound


def _get(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such entry."))
    return row


@administration
def show_services(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.services(text, request.GET.get("after", ""))
    return show(request, "services.html", "services", page=page, text=text)


@administration
def create_service(request: HttpRequest) -> HttpResponse:
    form = ServiceForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.create_service(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:service", made.pk)
    return show(request, "service.html", "services", form=form, status=422 if form.errors else 200)


@administration
def edit_service(request: HttpRequest, pk: int) -> HttpResponse:
    service = _get(Service, pk)
    start = initial(service, ServiceForm) | {"depends_on": service.depends_on.all()}
    form = ServiceForm(request.POST or None, initial=start, of=service)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.edit_service(service, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:service", pk)
    context = {
        "service": service,
        "form": form,
        "items": service.items.order_by("name")[:50],
        "dependents": service.dependents.order_by("name_en"),
    }
    return show(request, "service.html", "services", status=422 if form.errors else 200, **context)


@administration
def show_items(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.items(text, request.GET.get("after", ""))
    return show(request, "items.html", "items", page=page, text=text)


@administration
def create_item(request: HttpRequest) -> HttpResponse:
    form = ItemForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.create_item(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:item", made.pk)
    return show(request, "item.html", "items", form=form, status=422 if form.errors else 200)


@administration
def edit_item(request: HttpRequest, pk: int) -> HttpResponse:
    item = _get(ConfigurationItem, pk)
    start = initial(item, ItemForm) | {"services": item.services.all()}
    form = ItemForm(request.POST or None, initial=start)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.edit_item(item, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:item", pk)
    return _item_page(request, item, form, RelationForm())


def _item_page(
    request: HttpRequest, item: ConfigurationItem, form: ItemForm, relation: RelationForm
) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "relation_form": relation,
        "out": item.relations_out.select_related("target").order_by("type", "target__name"),
        "into": item.relations_in.select_related("source").order_by("type", "source__name"),
    }
    status = 422 if form.errors or relation.errors else 200
    return show(request, "item.html", "items", status=status, **context)


@administration
@require_POST
def relate(request: HttpRequest, pk: int) -> HttpResponse:
    item = _get(ConfigurationItem, pk)
    form = RelationForm(request.POST)
    done = attempt(
        request,
        form,
        lambda: actions.relate(
            item, form.cleaned_data["kind"], form.cleaned_data["target"], by=person(request)
        ),
        _("Related."),
    )
    if done:
        return redirect("adminui:item", pk)
    start = initial(item, ItemForm) | {"services": item.services.all()}
    return _item_page(request, item, ItemForm(initial=start), form)


@administration
@require_POST
def unrelate(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    rows = Relation.objects.select_related("source").filter(source_id=pk)
    relation = rows.filter(pk=relation_pk).first()
    if relation is not None:
        said = _("The relation is taken back.")
        tell(request, lambda: actions.unrelate(relation, by=person(request)), said)
    return redirect("adminui:item", pk)
