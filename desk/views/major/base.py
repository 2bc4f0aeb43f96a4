"""What the pages of major incidents share: the door, dialogs, and how a step is answered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.errors import ActionError
from desk.queries.major import Console
from desk.views.answers import in_dialog, put_errors
from desk.views.base import trigger
from incidents import access
from tickets.models import Ticket


def console_of(request: HttpRequest, number: str) -> Console:
    """The major incident or candidate, if the person may see it."""
    ticket, major = access.get(request.user, number)  # type: ignore[arg-type]
    return Console(request.user, ticket, major)  # type: ignore[arg-type]


def posted(request: HttpRequest, name: str) -> Any:
    """What was sent, with the pickers' words for oneself and nobody put into ids; None for GET."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    words = {"@me": str(request.user.pk), "@none": ""}
    given = str(data.get(name, ""))
    data[name] = words.get(given, given)
    return data


def done(request: HttpRequest, ticket: Ticket, page: str = "console") -> HttpResponse:
    """The page shows what changed: by itself with script, else by being opened anew."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"major:{page}", ticket.number)
    return trigger(HttpResponse(status=204), modal_close=True, major_changed=True)


def moved(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """On to the console, from wherever the dialog was open."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("major:console", ticket.number)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = reverse("major:console", args=[ticket.number])
    return response


def dialog(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    answer: Callable[[], HttpResponse],
    context: dict[str, Any],
    template: str = "desk/major/_dialog.html",
) -> HttpResponse:
    """A form in the shared dialog: shown, refused with its messages, or done and answered."""
    context = {"action": request.get_full_path(), "form": form, **context}
    if request.method == "GET":
        return in_dialog(request, template, context)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ActionError as error:
            if error.status != 422:
                raise
            put_errors(form, error)
        else:
            return answer()
    return in_dialog(request, template, context, status=422)


def complain_or(request: HttpRequest, act: Callable[[], Any], answer: Any) -> HttpResponse:
    """Do something that has no form; a refusal is a toast."""
    try:
        act()
    except ActionError as error:
        if error.status != 422 or not request.htmx:  # type: ignore[attr-defined]
            raise
        toast = {"text": str(error.message), "tone": "error"}
        return trigger(HttpResponse(status=204), toast=toast)
    return answer()
