"""When requesters are asked how satisfied they are, and what follows from a low score."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import person
from accounts.actions import organisation
from adminui.base import administration, attempt, show
from adminui.forms.organisation import SurveysForm


@administration
def edit_surveys(request: HttpRequest) -> HttpResponse:
    form = SurveysForm(request.POST or None)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: organisation.save_options(form.values(), by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:surveys")
    status = 422 if form.errors else 200
    return show(request, "surveys.html", "surveys", form=form, status=status)
