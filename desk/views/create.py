"""A new record, opened by an agent."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed
from core.text import row_id
from desk.forms import NewTicketForm
from desk.views.answers import put_errors
from desk.views.base import desk_page
from tickets import actions, priority
from tickets.actions.attach import Upload
from tickets.models import Draft, Ticket

SLOT = "desk:new"


@desk_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if not reach_of(user).works:
        raise NotAllowed(_("Your role reads the desk; it does not open records there."))
    form = NewTicketForm(request.POST if request.method == "POST" else None, initial=_initial(user))
    if request.method == "POST" and form.is_valid():
        try:
            ticket = _open(request, form.cleaned_data)
        except ActionError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("%(number)s is open.") % {"number": ticket.number})
            return redirect(ticket)
    context = {"form": form, "matrix": _matrix(), "names": _names(form)}
    return render(request, "desk/new.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _open(request: HttpRequest, data: dict[str, Any]) -> Ticket:
    user: Any = request.user
    security = data.pop("security")
    ticket = actions.open_ticket("incident", by=user, detail={"security": security}, **data)
    for file in request.FILES.getlist("files"):
        actions.attach(ticket, Upload.of(file), by=user)
    actions.drop_draft(SLOT, by=user)
    return ticket


def _initial(user: User) -> dict[str, Any]:
    kept = Draft.objects.filter(user=user, slot=SLOT).first()
    return dict(kept.data) if kept else {}


def _matrix() -> dict[str, int]:
    return {f"{i}-{u}": level for (i, u), level in priority.matrix().items()}


def _names(form: NewTicketForm) -> dict[str, str]:
    """The words beside each picked id, so that a refused form still shows them."""
    names = {}
    for name in ("requester", "service", "category", "team", "assignee"):
        value = form[name].value()
        found = (
            form.fields[name].queryset.filter(pk=row_id(value)).first()  # type: ignore[attr-defined]
        )
        names[name] = found.name if found else ""
    return names


@desk_page
@require_POST
def new_draft(request: HttpRequest) -> HttpResponse:
    """Keep a half-written record."""
    data = {
        name: value
        for name, value in request.POST.items()
        if name in NewTicketForm.base_fields and value
    }
    if data.get("title") or data.get("description"):
        actions.save_draft(SLOT, data, by=request.user)  # type: ignore[arg-type]
    else:
        actions.drop_draft(SLOT, by=request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)
