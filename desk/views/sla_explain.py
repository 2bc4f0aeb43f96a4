"""Why this time, and what if: service levels that can be checked by whoever doubts them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.errors import ActionError
from desk.sla_forms import WhatIfForm
from desk.views.base import desk_page
from sla.facts import Moment
from sla.histories import histories
from sla.queries.explain import explain as explain_clocks
from sla.queries.whatif import what_if as promises_for
from tickets import access
from tickets.kinds import by_path
from tickets.models import Ticket

FIELDS = ("kind", "priority", "opened", "service", "team", "department", "tags", "vip", "security")


@desk_page
@require_GET
def explain(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Each clock of a record with all that led to its figures."""
    kind = by_path(folder)
    ticket = access.get(request.user, number, "read_notes", kind=kind.key if kind else "-")  # type: ignore[arg-type]
    context = {
        "ticket": ticket,
        "clocks": explain_clocks(ticket),
        "now": timezone.now(),
        "what_if": _query_of(ticket),
    }
    return render(request, "desk/sla/explain.html", context)


def _query_of(ticket: Ticket) -> dict[str, Any]:
    """The what-if form filled with this record's facts."""
    history = histories([ticket]).get(ticket.pk)
    if history is None:
        return {}
    facts = next(step.facts for step in history.steps if isinstance(step, Moment))
    values = {
        "kind": facts.kind,
        "priority": facts.priority,
        "opened": timezone.localtime(ticket.opened_at).strftime("%Y-%m-%dT%H:%M"),
        "service": facts.service or "",
        "team": facts.team or "",
        "department": facts.department or "",
        "tags": " ".join(sorted(facts.tags)),
    }
    return {
        **values,
        **{name: "on" for name in ("vip", "security") if getattr(facts, name)},
    }


@desk_page
@require_GET
def what_if(request: HttpRequest) -> HttpResponse:
    """Which policy a record would have, and when it would be due."""
    asked = any(name in request.GET for name in FIELDS)
    now = timezone.localtime().replace(second=0, microsecond=0)
    initial = {"opened": now.strftime("%Y-%m-%dT%H:%M"), "kind": "incident", "priority": 3}
    form = WhatIfForm(request.GET) if asked else WhatIfForm(initial=initial)
    answer = None
    if asked and form.is_valid():
        try:
            answer = promises_for(form.facts(), form.cleaned_data["opened"])
        except ActionError as refusal:
            form.add_error(refusal.field or None, str(refusal.message))
    status = 422 if asked and not form.is_valid() else 200
    context = {"form": form, "answer": answer}
    template = "desk/sla/_promises.html" if request.htmx else "desk/sla/what_if.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=200 if request.htmx else status)  # type: ignore[attr-defined]
