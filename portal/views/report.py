"""Reporting a problem."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import ActionError
from core.text import row_id
from incidents.queries.portal import outages
from portal import access, actions
from portal.actions.report import SLOT
from portal.forms import ReportForm, token_of
from portal.generic import draft_of, form_marks, person, portal_page, stage_files, typed, words
from portal.queries import lists
from tickets import access as kernel

SHORTEST_TITLE = 3


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form. Sent with a mistake it comes back with every word and file in place."""
    user = person(request)
    if request.method != "POST":
        draft = draft_of(user, SLOT)
        initial = draft.data if draft else {"title": request.GET.get("title", "")[:200]}
        return _page(request, ReportForm(initial=initial), draft=draft)
    form = ReportForm(request.POST)
    refused = stage_files(request, SLOT)
    if request.POST.get("do") == "attach":
        actions.keep_typed(SLOT, typed(request), by=user)
        return _page(request, ReportForm(initial=typed(request)), refused=refused)
    if form.is_valid() and not refused:
        try:
            token = token_of(request.POST.get("token", ""))
            ticket = actions.report(form.answers(), by=user, token=token)
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("portal:received", ticket.number)
    actions.keep_typed(SLOT, typed(request), by=user)
    return _page(request, form, refused=refused, status=422)


def _page(
    request: HttpRequest,
    form: ReportForm,
    *,
    draft: Any = None,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    for message in refused or []:
        if form.is_bound:
            form.add_error(None, message)
    service = form.fields["service"].queryset.filter(pk=row_id(form["service"].value())).first()  # type: ignore[attr-defined]
    context = {
        "form": form,
        "draft": draft,
        "refused": refused,
        "service": service,
        "outages": outages(person(request)),
    }
    return render(
        request, "portal/report.html", {**context, **form_marks(request, SLOT)}, status=status
    )


@portal_page
@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Open requests of one's own that sound like the title being typed."""
    title = request.GET.get("title", "").strip()[:200]
    found = lists.alike(person(request), title) if len(title) >= SHORTEST_TITLE else []
    return render(request, "portal/_similar.html", {"requests": found})


@portal_page
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Suggestions for the service box."""
    options = lists.services(words(request.GET.get("q", "")).strip()[:80])
    return render(request, "ui/_options.html", {"options": options})


@portal_page
@require_safe
def received(request: HttpRequest, number: str) -> HttpResponse:
    """What the requester needs to know after reporting."""
    ticket = access.get(person(request), number)
    files = kernel.attachments(person(request), ticket, can_read_notes=False).count()
    return render(request, "portal/received.html", {"ticket": ticket, "files": files})
