"""The timeline's lines, the summary, tasks and reports."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import NotFound
from core.text import row_ids
from desk.views.answers import in_dialog
from desk.views.base import desk_page, trigger
from desk.views.major import forms
from desk.views.major.base import complain_or, console_of, dialog, done
from incidents import actions
from incidents.actions.summary import EDITABLE
from incidents.models import LogEntry
from tickets import actions as kernel
from tickets.enums import TaskState
from tickets.models import ChecklistItem, Event, Task, Ticket


@desk_page
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    form = forms.LogForm(request.POST if request.method == "POST" else None)
    return dialog(
        request,
        form,
        lambda given: actions.log(page.ticket, by=user, **given),
        lambda: done(request, page.ticket),
        {"title": _("Add to the timeline"), "submit": _("Add"), "ticket": page.ticket},
    )


@desk_page
@require_http_methods(["GET", "POST"])
def edit_log(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Word a line for the record."""
    page = console_of(request, number)
    entry = LogEntry.objects.filter(pk=pk, major=page.major).select_related("major__ticket").first()
    if entry is None:
        raise NotFound(_("There is no such entry."))
    form = _wording(entry, request.POST if request.method == "POST" else None)
    user: Any = request.user

    def act(given: dict[str, Any]) -> None:
        if "at" not in form.changed_data or given["at"] is None:
            given.pop("at")  # the field knows no seconds: untouched, the instant stays
        actions.edit_log(entry, by=user, **given)

    return dialog(
        request,
        form,
        act,
        lambda: done(request, page.ticket, "timeline"),
        _about(page.ticket, entry),
        "desk/major/_edit_log.html",
    )


def _wording(entry: LogEntry, data: Any) -> forms.EditLogForm:
    local = timezone.localtime(entry.at).replace(second=0, microsecond=0)
    start = {"title": entry.title, "text": entry.text, "at": local}
    return forms.EditLogForm(data, initial=start, speaks=entry.event_id is not None)


def _about(ticket: Ticket, entry: LogEntry) -> dict[str, Any]:
    return {
        "title": _("Edit for the record"),
        "submit": _("Save"),
        "ticket": ticket,
        "revisions": entry.revisions.select_related("replaced_by"),
    }


@desk_page
@require_POST
def pin(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take an event into the timeline or leave it out; with `edit`, go on to word it."""
    page = console_of(request, number)
    event = Event.objects.filter(pk=pk, ticket=page.ticket).first()
    if event is None:
        raise NotFound(_("There is no such entry."))
    user: Any = request.user
    entry = actions.pin(page.ticket, event, by=user, shown=request.POST.get("shown") != "no")
    if not request.POST.get("edit"):
        return done(request, page.ticket, "timeline")
    where = reverse("major:edit_log", args=[page.ticket.number, entry.pk])
    context = {"action": where, "form": _wording(entry, None), **_about(page.ticket, entry)}
    return in_dialog(request, "desk/major/_edit_log.html", context)


@desk_page
@require_http_methods(["GET", "POST"])
def summary(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    start = {name: getattr(page.major, name) for name in EDITABLE}
    form = forms.SummaryForm(request.POST if request.method == "POST" else None, initial=start)
    return dialog(
        request,
        form,
        lambda given: actions.save_summary(page.ticket, given, by=user),
        lambda: done(request, page.ticket),
        {"title": _("Summary"), "submit": _("Save"), "ticket": page.ticket},
    )


@desk_page
@require_POST
def task(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Move a task on, or take it."""
    page = console_of(request, number)
    found = Task.objects.filter(pk=pk, ticket=page.ticket).select_related("ticket").first()
    if found is None:
        raise NotFound(_("There is no such task."))
    user: Any = request.user
    values: dict[str, Any] = {}
    if request.POST.get("state") in TaskState.values:
        values["state"] = request.POST["state"]
    if request.POST.get("assignee") == "@me":
        values["assignee"] = user
    return complain_or(
        request,
        lambda: kernel.change_task(found, values, by=user),
        lambda: done(request, page.ticket),
    )


@desk_page
@require_POST
def check(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Tick a line of the checklist off, or open it again."""
    page = console_of(request, number)
    line = ChecklistItem.objects.filter(pk=pk, ticket=page.ticket).select_related("ticket").first()
    if line is None:
        raise NotFound(_("There is no such line."))
    user: Any = request.user
    return complain_or(
        request,
        lambda: kernel.tick(line, request.POST.get("done") == "on", by=user),
        lambda: done(request, page.ticket),
    )


@desk_page
@require_http_methods(["GET", "POST"])
def children(request: HttpRequest, number: str) -> HttpResponse:
    """Choose among the reports that look like this one."""
    page = console_of(request, number)
    if request.method == "GET":
        context = {"console": page, "ticket": page.ticket}
        return in_dialog(request, "desk/major/_children.html", context)
    user: Any = request.user
    wanted = row_ids(request.POST.getlist("child"))
    chosen = Ticket.objects.visible_to(user).filter(pk__in=wanted).order_by("pk")
    attached, left = actions.attach_children(page.ticket, chosen, by=user)
    response = done(request, page.ticket)
    if not request.htmx:  # type: ignore[attr-defined]
        return response
    n = len(attached)
    text = ngettext("%(n)s report attached", "%(n)s reports attached", n) % {"n": n}
    if left:
        text += " · " + _("left out: %(numbers)s") % {
            "numbers": ", ".join(ticket.number for ticket in left)
        }
    return trigger(response, modal_close=True, major_changed=True, toast={"text": text})
