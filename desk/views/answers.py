"""How an action on a record is answered: as the row, the preview or the pieces of the page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.errors import ActionError
from desk import columns
from desk.queries import rows
from desk.queries.ticketpage import TicketPage
from desk.views.base import trigger
from tickets import access, actions
from tickets.models import Ticket

ROW, PEEK, PAGE = "row", "peek", "page"


def surface(request: HttpRequest) -> str:
    """Where the request came from."""
    named = request.POST.get("from") or request.GET.get("from") or PAGE
    return named if named in (ROW, PEEK) else PAGE


def reload(request: HttpRequest, ticket: Ticket) -> Ticket:
    """The record as it is after the action; an agent may have given it out of their own sight."""
    return access.get(request.user, ticket.number)  # type: ignore[arg-type]


def changed(request: HttpRequest, ticket: Ticket, **events: Any) -> HttpResponse:
    """The fresh markup of what changed. Without htmx: the record's page."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(ticket.get_absolute_url())
    ticket = reload(request, ticket)
    response = _PIECES[surface(request)](request, ticket)
    return trigger(response, modal_close=True, ticket_changed=True, **events)


def _row(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    user: Any = request.user
    shown = columns.chosen(list(user.columns.get("queue", [])))
    context = {"row": rows.one(ticket, user, shown)}
    return _aimed(render(request, "desk/_row.html", context), f"#row-{ticket.number}", "outerHTML")


def _peek(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    return _aimed(render(request, "desk/_peek.html", page.full()), "#peek", "innerHTML")


def _page(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    page = TicketPage(request.user, ticket)  # type: ignore[arg-type]
    context = {
        **page.full(),
        "with_composer": True,
        "said": getattr(request, "sent_comment", None),
        "undo_seconds": actions.UNDO_SECONDS,
    }
    response = render(request, "tickets/_update.html", context)
    return _aimed(response, "#ticket-head", "outerHTML")


_PIECES = {ROW: _row, PEEK: _peek, PAGE: _page}


def _aimed(response: HttpResponse, target: str, swap: str) -> HttpResponse:
    response["HX-Retarget"] = target
    response["HX-Reswap"] = swap
    return response


def in_dialog(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A form in the shared dialog; refused input comes back into the same dialog."""
    response = render(request, template, {**context, "from": surface(request)}, status=status)
    if status != 200:
        _aimed(response, "#modal-body", "innerHTML")
    return response


def put_errors(form: Any, error: ActionError) -> None:
    """Show an action's refusal on the fields it names, or on the whole form."""
    placed = False
    for name, message in error.errors.items():
        if name in form.fields:
            form.add_error(name, str(message))
            placed = True
    if not placed:
        form.add_error(None, str(error.message))


def complain(request: HttpRequest, error: ActionError) -> HttpResponse:
    """A refusal that belongs to no field: a toast, and nothing is swapped."""
    response = HttpResponse(status=204)
    return trigger(response, toast={"text": str(error.message), "tone": "error"})
