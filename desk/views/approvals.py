"""Stopping a round of approval from the desk: taken back by whoever asked, or void."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ActionError, NotFound
from desk.views.base import desk_page
from tickets import access, actions, decisions
from tickets.models import Ticket


def _back(ticket: Ticket) -> HttpResponse:
    return redirect(ticket)


@desk_page
@require_POST
def recall(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Take the question back."""
    user: Any = request.user
    ticket = access.get(user, number)
    approval = decisions.pending(ticket)
    if approval is None:
        raise ActionError(_("Nothing is being decided here any more."))
    try:
        actions.recall(approval, by=user)
        messages.success(request, _("The approval is taken back."))
    except NotFound:
        raise
    except ActionError as error:
        messages.error(request, str(error.message))
    return _back(ticket)


@desk_page
@require_POST
def void(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """What it was about has changed: the round no longer counts."""
    user: Any = request.user
    ticket = access.get(user, number)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if not reason:
        messages.error(request, _("Say why it no longer counts: who had it to decide reads it."))
        return _back(ticket)
    try:
        actions.void(ticket, reason, by=user)
        messages.success(request, _("The approval no longer counts. Everybody is told."))
    except NotFound:
        raise
    except ActionError as error:
        messages.error(request, str(error.message))
    return _back(ticket)
