"""Merging a record into another one, splitting a comment off, and undoing both."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import ActionError, NotFound
from desk.forms import MergeForm, SplitForm
from desk.views.answers import complain, in_dialog, put_errors
from desk.views.base import desk_page
from tickets import access, actions
from tickets.models import Comment, Ticket


def _go(request: HttpRequest, ticket: Ticket, query: str = "") -> HttpResponse:
    """On to another page, from a dialog as well as from a plain form."""
    where = f"{ticket.get_absolute_url()}{query}"
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(where)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = where
    return response


@desk_page
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Choose the other record; look at what would move; merge."""
    user: Any = request.user
    ticket = access.get(user, number, "merge")
    form = MergeForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"ticket": ticket, "form": form}
    if request.method == "GET":
        return in_dialog(request, "tickets/_merge_form.html", context)
    try:
        if form.is_valid():
            target = access.get(user, form.cleaned_data["target"])
            if form.cleaned_data["confirmed"]:
                actions.merge(ticket, target, by=user)
                return _go(request, target, f"?merged={ticket.number}")
            context |= {"target": target, "plan": actions.plan_merge(ticket, target, by=user)}
            return in_dialog(request, "tickets/_merge_plan.html", context)
    except NotFound as error:
        form.add_error("target", str(error.message))
    except ActionError as error:
        put_errors(form, error)
    return in_dialog(request, "tickets/_merge_form.html", context, status=422)


@desk_page
@require_POST
def unmerge(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Undo a merge; the record's own page again."""
    user: Any = request.user
    ticket = access.get(user, number)
    try:
        actions.unmerge(ticket, by=user)
    except ActionError as error:
        return _refused(request, ticket, error)
    messages.success(request, _("The merge is undone."))
    return _go(request, ticket)


@desk_page
@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    """Make a record of its own out of one message."""
    user: Any = request.user
    ticket = access.get(user, number, "merge")
    said = access.comments(user, ticket).select_related("author").filter(pk=pk).first()
    if said is None:
        raise NotFound(_("There is no such message."))
    form = SplitForm(request.POST or None, initial={"title": ticket.title})
    if request.method == "POST" and form.is_valid():
        try:
            return _go(request, actions.split(said, by=user, title=form.cleaned_data["title"]))
        except ActionError as error:
            put_errors(form, error)
    context = {"ticket": ticket, "said": said, "form": form, "asks": _asks(ticket, said)}
    status = 422 if form.errors else 200
    return in_dialog(request, "tickets/_split_form.html", context, status=status)


def _asks(ticket: Ticket, said: Comment) -> str:
    """Whose record it becomes."""
    return (said.author if said.by_requester else ticket.requester).name


@desk_page
@require_POST
def unsplit(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Take a split back: the new record is cancelled."""
    user: Any = request.user
    ticket = access.get(user, number)
    try:
        actions.unsplit(ticket, by=user)
    except ActionError as error:
        return _refused(request, ticket, error)
    messages.success(request, _("The split is undone."))
    return _go(request, ticket)


def _refused(request: HttpRequest, ticket: Ticket, error: ActionError) -> HttpResponse:
    if error.status != 422:
        raise error
    if request.htmx:  # type: ignore[attr-defined]
        return complain(request, error)
    messages.error(request, str(error.message))
    return redirect(f"{ticket.get_absolute_url()}?stay")
