"""The post-incident review, on the page and as PDF."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import ActionError, NotFound
from desk.queries.major import Console
from desk.views.answers import put_errors
from desk.views.base import desk_page
from desk.views.major.base import console_of, posted
from desk.views.major.forms import ReviewActionForm, ReviewForm
from incidents import actions
from incidents.actions.review import TEXTS
from incidents.exports import file_name, review_pdf


def _reviewed(request: HttpRequest, number: str) -> Console:
    page = console_of(request, number)
    if page.review is None:
        raise NotFound(_("The review begins when the response stands down."))
    return page


def _show(
    request: HttpRequest, page: Console, form: ReviewForm, action_form: ReviewActionForm
) -> HttpResponse:
    review: Any = page.review
    context = {
        **page.head(),
        "tab": "review",
        "review": review,
        "form": form,
        "action_form": action_form,
        "actions": review.actions.select_related("owner", "task"),
        "answers": [(form[name].label, getattr(review, name)) for name in TEXTS],
    }
    refused = form.errors or action_form.errors
    return render(request, "desk/major/review.html", context, status=422 if refused else 200)


def _form_of(page: Console, data: Any = None) -> ReviewForm:
    return ReviewForm(data, initial={name: getattr(page.review, name) for name in TEXTS})


@desk_page
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, number: str) -> HttpResponse:
    page = _reviewed(request, number)
    form = _form_of(page, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        try:
            actions.save_review(page.ticket, form.cleaned_data, by=user)
            if request.POST.get("then") == "approve":
                actions.approve_review(page.ticket, by=user)
        except ActionError as error:
            if error.status != 422:
                raise
            put_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("major:review", page.ticket.number)
    return _show(request, page, form, ReviewActionForm())


@desk_page
@require_POST
def add_action(request: HttpRequest, number: str) -> HttpResponse:
    page = _reviewed(request, number)
    form = ReviewActionForm(posted(request, "owner"))
    if form.is_valid():
        user: Any = request.user
        try:
            actions.add_review_action(page.ticket, by=user, **form.cleaned_data)
            return redirect("major:review", page.ticket.number)
        except ActionError as error:
            if error.status != 422:
                raise
            put_errors(form, error)
    return _show(request, page, _form_of(page), form)


@desk_page
@require_POST
def drop_action(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    page = _reviewed(request, number)
    actions.drop_review_action(page.ticket, pk, by=request.user)  # type: ignore[arg-type]
    return redirect("major:review", page.ticket.number)


@desk_page
@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Accept what is saved; what is missing is said on the form."""
    page = _reviewed(request, number)
    form = _form_of(page, {name: getattr(page.review, name) for name in TEXTS})
    form.is_valid()
    try:
        actions.approve_review(page.ticket, by=request.user)  # type: ignore[arg-type]
    except ActionError as error:
        if error.status != 422:
            raise
        put_errors(form, error)
        return _show(request, page, form, ReviewActionForm())
    messages.success(request, _("The review is complete. Its actions are tasks now."))
    return redirect("major:review", page.ticket.number)


@desk_page
@require_GET
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    page = _reviewed(request, number)
    review: Any = page.review
    content = review_pdf(page.ticket, page.major, review)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(page.ticket)}"'
    return response
