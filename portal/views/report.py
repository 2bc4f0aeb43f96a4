"""Reporting a problem."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cmdb.models import Service
from core.errors import ActionError
from core.text import row_id
from incidents.queries.portal import outages
from knowledge import access as knowledge
from knowledge.models import Article
from knowledge.queries import suggest
from portal import access, actions
from portal.actions.report import SLOT
from portal.forms import ReportForm, token_of
from portal.generic import draft_of, form_marks, person, portal_page, stage_files, typed, words
from portal.queries import lists
from tickets import access as kernel

SHORTEST_TITLE = 3
ASKED = ("title", "service")


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form. Sent with a mistake it comes back with every word and file in place."""
    user = person(request)
    if request.method != "POST":
        draft = draft_of(user, SLOT)
        return _page(request, ReportForm(initial=_initial(request, draft)), draft=draft)
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


def _initial(request: HttpRequest, draft: Any) -> dict[str, Any]:
    """What was typed before, else what the page that led here says: words, a service."""
    named = {name: words(request.GET[name])[:200] for name in ASKED if request.GET.get(name)}
    read = {"article": words(request.GET["article"])[:30]} if "article" in request.GET else {}
    return {**named, **(draft.data if draft else {}), **read}


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
        "article": _read_before(request, form),
    }
    return render(
        request, "portal/report.html", {**context, **form_marks(request, SLOT)}, status=status
    )


def _read_before(request: HttpRequest, form: ReportForm) -> Article | None:
    """The article that the reader comes from."""
    return knowledge.named(person(request), str(form["article"].value() or ""))


@portal_page
@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """Articles that may help, and open requests of one's own, for the title being typed."""
    title = words(request.GET.get("title", "")).strip()[:200]
    found, articles = [], []
    if len(title) >= SHORTEST_TITLE:
        found = lists.alike(person(request), title)
        service = Service.objects.filter(pk=row_id(request.GET.get("service")) or 0).first()
        articles = suggest(title, reader=person(request), service=service)
    context = {"requests": found, "articles": articles}
    return render(request, "portal/_similar.html", context)


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
