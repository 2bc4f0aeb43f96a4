"""The priority matrix, with what it would do to the records that are open now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt, show
from adminui.forms.matrix import MatrixForm
from tickets.actions import matrix


@administration
def edit(request: HttpRequest) -> HttpResponse:
    """The grid. With `preview` in what is sent, nothing is saved (for pages without script)."""
    form = MatrixForm(request.POST or None)
    saves = request.method == "POST" and "preview" not in request.POST
    if saves and attempt(request, form, lambda: _save(request, form), _said(form)):
        return redirect("adminui:priority")
    context = {"form": form} | _effect(form)
    return show(request, "priority.html", "priority", status=422 if form.errors else 200, **context)


def _save(request: HttpRequest, form: MatrixForm) -> None:
    matrix.save(
        form.plan(),
        form.level_names(),
        by=person(request),
        apply_to_open=form.cleaned_data["apply_to_open"],
    )


def _said(form: MatrixForm) -> str:
    if form.is_valid() and form.cleaned_data["apply_to_open"]:
        return _("Saved. Open records follow in the background.")
    return _("Saved. It holds for records opened or edited from now on.")


@administration
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What the matrix in the form would do; saves nothing."""
    return render(request, "adminui/_matrix_effect.html", _effect(MatrixForm(request.POST)))


def _effect(form: MatrixForm) -> dict[str, Any]:
    plan = form.plan() if form.is_bound and form.is_valid() else matrix.current_plan()
    seen = matrix.preview(plan)
    totals = [
        {
            "level": level,
            "before": seen.before[level],
            "after": seen.after[level],
            "change": seen.after[level] - seen.before[level],
        }
        for level in seen.before
    ]
    return {"effect": seen, "totals": totals}
