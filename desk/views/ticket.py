"""The ticket page, its preview, its menus and its transitions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from catalog.queries.requests import plan_of
from core.errors import ActionError, NotFound
from desk.actions import conversation
from desk.forms import TransitionForm
from desk.queries import approvals
from desk.queries.major import offers
from desk.queries.ticketpage import TicketPage, latest_of
from desk.views.answers import changed, in_dialog, put_errors, surface
from desk.views.base import desk_page
from tickets import access, actions
from tickets.enums import LinkType
from tickets.models import Ticket
from tickets.numbering import normalise
from tickets.queries import merged_into, split_of


@desk_page
@require_GET
def detail(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    if request.path != ticket.get_absolute_url():
        return redirect(ticket)
    page = TicketPage(request.user, ticket, everything="all" in request.GET)  # type: ignore[arg-type]
    if page.merged_into is not None and "stay" not in request.GET:
        return redirect(f"{page.merged_into.get_absolute_url()}?merged={ticket.number}")
    context = {**page.full(), "came_from": _came_from(request, ticket)}
    return render(request, ticket.kind_info.detail_template, context)


def _came_from(request: HttpRequest, ticket: Ticket) -> Ticket | None:
    """The merged record whose address brought the reader here."""
    number = request.GET.get("merged", "")
    if not number:
        return None
    visible = Ticket.objects.visible_to(request.user)  # type: ignore[arg-type]
    found: Ticket | None = visible.filter(number=normalise(number)).first()
    return found if found is not None and merged_into(found) == ticket else None


@desk_page
@require_GET
def peek(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    return render(request, "desk/_peek.html", page.full())


@desk_page
@require_GET
def printed(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    page = TicketPage(request.user, ticket, everything=True)  # type: ignore[arg-type]
    return render(request, "tickets/print.html", page.full())


@desk_page
@require_POST
def seen(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """The page was on screen for a moment: its row is no longer unread."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    actions.mark_seen(ticket, by=request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)


@desk_page
@require_GET
def news(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """What is new since the event the page shows last; 204 when nothing is."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    known = request.GET.get("version", "")
    if known == str(ticket.version):
        return HttpResponse(status=204)
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    return render(request, "tickets/_update.html", page.full())


MENUS = frozenset({"status", "assignee", "priority", "more"})


@desk_page
@require_GET
def menu(request: HttpRequest, folder: str, number: str, what: str) -> HttpResponse:
    """A small editor beside the thing it edits."""
    if what not in MENUS:
        raise NotFound(_("There is no such menu."))
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    context = {**page.head(), "from": surface(request), "what": what}
    if what == "assignee":
        context["members"] = _members(ticket)
    if what == "more":
        context["majors"] = offers(request.user, ticket)  # type: ignore[arg-type]
        context["is_split"] = page.able["merge"] and split_of(ticket) is not None
    return TemplateResponse(request, f"tickets/_menu_{what}.html", context)


def _members(ticket: Ticket) -> list[User]:
    members = User.objects.filter(memberships__team=ticket.team_id, is_active=True)
    return list(members.order_by("display_name")[:8])


@desk_page
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, folder: str, number: str, name: str) -> HttpResponse:
    """One transition: its form, or the step itself."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    found = next((m for m in actions.allowed(ticket, request.user) if m.name == name), None)  # type: ignore[arg-type]
    if found is None:
        raise ActionError(_("That step is not open any more. The page shows the current state."))
    with_reply = "reply" in request.GET or "reply" in request.POST
    visible = Ticket.objects.visible_to(request.user)  # type: ignore[arg-type]
    children = ticket.links_out.filter(type=LinkType.PARENT_OF, target__in=visible).count()
    form = TransitionForm(
        found,
        request.POST if request.method == "POST" else None,
        reply=with_reply,
        children=children,
        initial={"reply": request.GET.get("body", ""), "resolution": request.GET.get("body", "")},
    )
    context = {"ticket": ticket, "move": found, "form": form, "with_reply": with_reply}
    if request.method == "GET":
        return in_dialog(request, "tickets/_move.html", context)
    if form.is_valid():
        try:
            return _moved(request, ticket, form, found.name)
        except ActionError as error:
            _offer_anyway(form, error)
            put_errors(form, error)
    return in_dialog(request, "tickets/_move.html", context, status=422)


def _moved(request: HttpRequest, ticket: Ticket, form: TransitionForm, name: str) -> HttpResponse:
    said = conversation.move(
        ticket,
        name,
        form.answers(),
        by=request.user,  # type: ignore[arg-type]
        reply=form.cleaned_data.get("reply", ""),
        anyway=form.cleaned_data.get("anyway", False),
        children=form.cleaned_data.get("children", False),
        sure=form.cleaned_data.get("sure", False),
    )
    request.sent_comment = said  # type: ignore[attr-defined]
    return changed(request, ticket)


def _offer_anyway(form: TransitionForm, error: ActionError) -> None:
    if error.code == "open_work" and "anyway" not in form.fields:
        form.offer_anyway()
    if error.code == "unreadable" and "sure" not in form.fields:
        form.offer_sure()


PANELS = frozenset({"info", "requester", "links", "tasks", "files", "approvals", "history"})


@desk_page
@require_GET
def panel(request: HttpRequest, folder: str, number: str, name: str) -> HttpResponse:
    """One side panel, read when it is opened."""
    if name not in PANELS:
        raise NotFound(_("There is no such panel."))
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    return panel_response(request, ticket, name)


def panel_response(
    request: HttpRequest, ticket: Ticket, name: str, extra: dict[str, Any] | None = None
) -> HttpResponse:
    everything = name == "history"
    page = TicketPage(request.user, ticket, everything=everything)  # type: ignore[arg-type]
    context = {**page.head(), "page": page, "panel": name, "counts": page.counts, **(extra or {})}
    context |= _PANEL_DATA[name](page)
    status = 422 if extra and any(getattr(f, "errors", None) for f in extra.values()) else 200
    return render(request, f"tickets/_panel_{name}.html", context, status=status)


def _links(page: TicketPage) -> dict[str, Any]:
    visible = Ticket.objects.visible_to(page.user)
    out = page.ticket.links_out.filter(target__in=visible).select_related("target")
    back = page.ticket.links_in.filter(source__in=visible).select_related("source")
    rows = [
        {"id": link.pk, "label": LinkType(link.type).label, "other": link.target} for link in out
    ] + [
        {"id": link.pk, "label": LinkType(link.type).inverse_label, "other": link.source}
        for link in back
    ]
    return {"links": rows}


def _tasks(page: TicketPage) -> dict[str, Any]:
    """The work, for those who have a part in it: who decides or asks reads of it elsewhere."""
    if not page.able["read_notes"]:
        return {"tasks": [], "lines": []}
    return {
        "tasks": plan_of(page.ticket),
        "lines": page.ticket.checklist.select_related("done_by"),
    }


def _files(page: TicketPage) -> dict[str, Any]:
    shown = access.attachments(page.user, page.ticket, page.able["read_notes"])
    return {"files": shown.select_related("uploaded_by")}


_PANEL_DATA: dict[str, Any] = {
    "info": lambda page: {"groups": page.properties(), "detail": page.detail},
    "requester": lambda page: {
        "person": page.ticket.requester,
        "latest": latest_of(page.user, page.ticket),
    },
    "links": _links,
    "tasks": _tasks,
    "files": _files,
    "approvals": lambda page: {"approvals": approvals.panel(page.ticket, page.user)},
    "history": lambda page: {"timeline": page.timeline},
}
