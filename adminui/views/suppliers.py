"""Suppliers and contracts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.common import initial
from adminui.forms.suppliers import ContractForm, CoverForm, SupplierForm
from cmdb import actions
from cmdb.models import Contract, Supplier
from core.errors import NotFound


def _get(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such entry."))
    return row


@administration
def show_suppliers(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.suppliers(text, request.GET.get("after", ""))
    return show(request, "suppliers.html", "suppliers", page=page, text=text)


@administration
def create_supplier(request: HttpRequest) -> HttpResponse:
    form = SupplierForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.create_supplier(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:supplier", made.pk)
    status = 422 if form.errors else 200
    return show(request, "supplier.html", "suppliers", form=form, status=status)


@administration
def edit_supplier(request: HttpRequest, pk: int) -> HttpResponse:
    supplier = _get(Supplier, pk)
    form = SupplierForm(request.POST or None, initial=initial(supplier, SupplierForm))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.edit_supplier(supplier, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:supplier", pk)
    contracts = queries.contracts_of_supplier(supplier, timezone.localdate())
    context = {"supplier": supplier, "form": form, "contracts": contracts}
    status = 422 if form.errors else 200
    return show(request, "supplier.html", "suppliers", status=status, **context)


@administration
def show_contracts(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = queries.contracts(text, request.GET.get("after", ""), timezone.localdate())
    return show(request, "contracts.html", "contracts", page=page, text=text)


@administration
def create_contract(request: HttpRequest) -> HttpResponse:
    form = ContractForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.create_contract(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:contract", made.pk)
    status = 422 if form.errors else 200
    return show(request, "contract.html", "contracts", form=form, status=status)


@administration
def edit_contract(request: HttpRequest, pk: int) -> HttpResponse:
    contract = _get(Contract, pk)
    form = ContractForm(request.POST or None, initial=_start(contract), of=contract)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: actions.edit_contract(contract, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:contract", pk)
    return _contract_page(request, contract, form, CoverForm())


def _start(contract: Contract) -> dict[str, Any]:
    return initial(contract, ContractForm) | {"services": contract.services.all()}


def _contract_page(
    request: HttpRequest, contract: Contract, form: ContractForm, cover: CoverForm
) -> HttpResponse:
    context = {
        "contract": contract,
        "state": contract.state_on(timezone.localdate()),
        "form": form,
        "cover_form": cover,
        "covered": contract.services.order_by("name_en"),
        "items": contract.items.order_by("name"),
    }
    status = 422 if form.errors or cover.errors else 200
    return show(request, "contract.html", "contracts", status=status, **context)


@administration
@require_POST
def cover_item(request: HttpRequest, pk: int) -> HttpResponse:
    contract = _get(Contract, pk)
    form = CoverForm(request.POST)
    done = attempt(
        request,
        form,
        lambda: actions.edit_contract(
            contract,
            {"items": [*contract.items.all(), form.cleaned_data["item"]]},
            by=person(request),
        ),
        _("Added."),
    )
    if done:
        return redirect("adminui:contract", pk)
    return _contract_page(request, contract, ContractForm(initial=_start(contract)), form)


@administration
@require_POST
def drop_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    contract = _get(Contract, pk)
    kept = contract.items.exclude(pk=item_pk)
    said = _("The contract no longer covers it.")
    tell(
        request, lambda: actions.edit_contract(contract, {"items": kept}, by=person(request)), said
    )
    return redirect("adminui:contract", pk)
