"""From candidate to stood down, each step a short dialog."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import ActionError, NotFound
from desk.forms import TransitionForm
from desk.views.base import desk_page, trigger
from desk.views.major import forms
from desk.views.major.base import console_of, dialog, done, moved
from desk.views.ticket import panel_response
from incidents import actions
from tickets import access
from tickets import actions as kernel


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@desk_page
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    ticket = access.get(user, number)
    return dialog(
        request,
        forms.ProposeForm(_data(request)),
        lambda given: actions.propose(ticket, by=user, **given),
        lambda: moved(request, ticket),
        {"title": _("Propose as a major incident"), "submit": _("Propose"), "ticket": ticket},
    )


@desk_page
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, number: str) -> HttpResponse:
    user: Any = request.user
    ticket = access.get(user, number)

    def act(given: dict[str, Any]) -> None:
        commander = user if given.pop("command") else None
        actions.declare(ticket, by=user, commander=commander, **given)

    start = {"why": request.GET.get("why", ""), "severity": request.GET.get("severity", 2)}
    return dialog(
        request,
        forms.DeclareForm(_data(request), initial=start),
        act,
        lambda: moved(request, ticket),
        {
            "title": _("Declare a major incident"),
            "submit": pgettext("verb", "Declare"),
            "ticket": ticket,
            "danger": True,
        },
    )


@desk_page
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    return dialog(
        request,
        forms.ReasonForm(_data(request)),
        lambda given: actions.reject(page.ticket, by=user, **given),
        lambda: _to_ticket(request, page.ticket),
        {"title": _("Not a major incident"), "submit": _("Reject"), "ticket": page.ticket},
    )


def _to_ticket(request: HttpRequest, ticket: Any) -> HttpResponse:
    response = moved(request, ticket)
    name = "HX-Redirect" if "HX-Redirect" in response else "Location"
    response[name] = ticket.get_absolute_url()
    return response


@desk_page
@require_http_methods(["GET", "POST"])
def severity(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    return dialog(
        request,
        forms.SeverityForm(_data(request), initial={"severity": page.major.severity}),
        lambda given: actions.set_severity(page.ticket, by=user, **given),
        lambda: done(request, page.ticket),
        {"title": _("Change the severity"), "submit": _("Save"), "ticket": page.ticket},
    )


@desk_page
@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Resolve the incident from its console, with what any resolution asks."""
    page = console_of(request, number)
    move = page.resolving
    if move is None:
        raise ActionError(_("That step is not open any more. The page shows the current state."))
    user: Any = request.user
    children = page.reach.reports
    form = TransitionForm(move, _data(request), children=children)
    form.offer_anyway()

    def act(given: dict[str, Any]) -> None:
        kernel.transition(
            page.ticket,
            move.name,
            by=user,
            anyway=given["anyway"],
            children=given.get("children", False),
            **form.answers(),
        )

    return dialog(
        request,
        form,
        act,
        lambda: moved(request, page.ticket),
        {"title": move.label, "submit": move.label, "ticket": page.ticket},
    )


_MILESTONES = {"contained": actions.contain, "patched": actions.mark_patched}


@desk_page
@require_POST
def milestone(request: HttpRequest, folder: str, number: str, name: str) -> HttpResponse:
    """A security incident was contained, or its hole closed."""
    user: Any = request.user
    ticket = access.get(user, number)
    if name not in _MILESTONES:
        raise NotFound(_("There is no such step."))
    _MILESTONES[name](ticket, by=user)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(ticket)
    fresh = access.get(user, number)
    return trigger(panel_response(request, fresh, "info"), ticket_changed=True)


@desk_page
@require_http_methods(["GET", "POST"])
def stand_down(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    context = {
        "title": _("Stand down"),
        "submit": _("Stand down"),
        "ticket": page.ticket,
        "text": _(
            "The response ends: no more notices are due, and the review begins. The incident itself"
            " stays as it is. Resolving it stands down by itself."
        ),
    }
    return dialog(
        request,
        forms.NothingForm(_data(request)),
        lambda given: actions.stand_down(page.ticket, by=user),
        lambda: moved(request, page.ticket),
        context,
    )
