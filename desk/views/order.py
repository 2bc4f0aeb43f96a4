"""A service request, written down for somebody who called: for whom, and what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotAllowed
from core.text import row_id, without_nul
from desk.queries.offerings import offerings
from desk.views.base import desk_page

LONGEST = 80


@desk_page
@require_safe
def order(request: HttpRequest) -> HttpResponse:
    """Pick the requester, find the offering; its form is the portal's."""
    user: Any = request.user
    if not reach_of(user).works:
        raise NotAllowed(_("Your role reads the desk; it does not open records there."))
    requester = _requester(request.GET.get("requester", ""))
    text = without_nul(request.GET.get("q", "")).strip()[:LONGEST]
    context = {
        "requester": requester,
        "text": text,
        "rows": offerings(requester, text, by=user) if requester else [],
    }
    page = "desk/_offerings.html" if request.htmx else "desk/order.html"  # type: ignore[attr-defined]
    return render(request, page, context)


def _requester(said: str) -> User | None:
    active = User.objects.filter(is_active=True, is_machine=False)
    return active.filter(pk=row_id(said) or 0).select_related("department").first()
