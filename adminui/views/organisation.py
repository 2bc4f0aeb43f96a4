"""The organisation's options, set-aside work, and the audit log."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import person
from accounts.actions import organisation
from accounts.models import AuditEvent
from adminui import log, queries
from adminui.base import administration, attempt, oversight, show, tell
from adminui.forms.log import LogFilter
from adminui.forms.organisation import OptionsForm
from core import outbox
from core.text import row_ids

MOST_MESSAGES = 100


@administration
def edit_options(request: HttpRequest) -> HttpResponse:
    form = OptionsForm(request.POST or None)
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: organisation.save_options(form.values(), by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:organisation")
    return show(
        request, "organisation.html", "organisation", form=form, status=422 if form.errors else 200
    )


@administration
def show_outbox(request: HttpRequest) -> HttpResponse:
    """Work that was given up after many attempts, newest first, and how far behind the rest is."""
    messages = list(outbox.set_aside()[: MOST_MESSAGES + 1])
    context: dict[str, Any] = {
        "set_aside": messages[:MOST_MESSAGES],
        "more": len(messages) > MOST_MESSAGES,
        "backlog": outbox.backlog(),
    }
    return show(request, "outbox.html", "outbox", **context)


@administration
@require_POST
def act_on_messages(request: HttpRequest) -> HttpResponse:
    """Try one, or all that are shown, again; or give one up for good."""
    pks = row_ids(request.POST.getlist("message"))
    discards = "discard" in request.POST
    act = organisation.discard_messages if discards else organisation.retry_messages
    said = (
        ngettext("%(n)s given up.", "%(n)s given up.", len(pks))
        if discards
        else ngettext("%(n)s will be tried again.", "%(n)s will be tried again.", len(pks))
    )
    tell(request, lambda: act(*pks, by=person(request)), said % {"n": len(pks)})
    return redirect("adminui:outbox")


@oversight
def show_log(request: HttpRequest) -> HttpResponse:
    """Who changed what, newest first; the filter is the query string."""
    form = LogFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = AuditEvent.objects.select_related("actor")
    for name in ("verb", "actor", "object_type"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    page = queries.by_key(rows, ("-id",), request.GET.get("after", ""))
    context: dict[str, Any] = {"lines": log.lines(page.rows), "page": page, "filter": form}
    return show(request, "audit.html", "audit", **context)
