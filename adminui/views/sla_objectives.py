"""Objectives of services: list, add, edit."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import person
from adminui.base import administration, attempt, show
from adminui.forms.sla_objectives import ObjectiveForm
from core.errors import NotFound
from sla.actions.objectives import save_objective
from sla.models import Objective

MOST = 500


@administration
def show_objectives(request: HttpRequest) -> HttpResponse:
    rows = Objective.objects.select_related("service", "calendar")
    found = rows.order_by("-is_active", "service__name_en", "kind", "metric")[:MOST]
    return show(request, "sla_objectives.html", "sla-objectives", rows=found)


@administration
def create_objective(request: HttpRequest) -> HttpResponse:
    return _form(request, None, {})


@administration
def edit_objective(request: HttpRequest, pk: int) -> HttpResponse:
    objective = Objective.objects.select_related("service").filter(pk=pk).first()
    if objective is None:
        raise NotFound(_("There is no such entry."))
    start = {name: getattr(objective, name) for name in ObjectiveForm.base_fields}
    return _form(request, objective, start)


def _form(request: HttpRequest, objective: Objective | None, start: dict[str, Any]) -> HttpResponse:
    form = ObjectiveForm(request.POST or None, initial=start or None)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: save_objective(objective, form.cleaned_data, by=person(request)),
        _("Saved.") if objective else _("Added."),
    )
    if done:
        return redirect("adminui:sla_objectives")
    status = 422 if form.errors else 200
    return show(
        request,
        "sla_objective.html",
        "sla-objectives",
        form=form,
        objective=objective,
        status=status,
    )
