"""Links, tasks, checklist, files and follow-ups of a record."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import ActionError, NotFound
from desk.forms import CheckForm, LinkForm, TaskForm, TemplateForm
from desk.views.answers import in_dialog, put_errors
from desk.views.base import desk_page, trigger
from desk.views.ticket import panel_response
from tickets import access, actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType, TaskState, Visibility
from tickets.models import Attachment, ChecklistItem, Link, Task, Ticket, WorkTemplate


def _attempt(form: Any, act: Callable[[], Any]) -> bool:
    """Whether a valid form's action went through; its refusal is put on the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ActionError as error:
        if error.status == 404:
            form.add_error(None, str(error.message))
        else:
            put_errors(form, error)
        return False
    return True


def _panel(request: HttpRequest, ticket: Ticket, name: str, **forms: Any) -> HttpResponse:
    fresh = access.get(request.user, ticket.number)  # type: ignore[arg-type]
    response = panel_response(request, fresh, name, forms)
    return trigger(response, ticket_changed=True) if not forms else response


@desk_page
@require_http_methods(["GET", "POST"])
def add_link(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number, "link")  # type: ignore[arg-type]
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return in_dialog(request, "tickets/_link_form.html", {"ticket": ticket, "form": form})
    if _attempt(form, lambda: _link(request, ticket, form.cleaned_data)):
        response = HttpResponse(status=204)
        return trigger(response, modal_close=True, links_changed=True, ticket_changed=True)
    context = {"ticket": ticket, "form": form}
    return in_dialog(request, "tickets/_link_form.html", context, status=422)


def _link(request: HttpRequest, ticket: Ticket, data: dict[str, Any]) -> None:
    user: Any = request.user
    other = access.get(user, data["target"].split(" ")[0])
    kind = LinkType(data["type"].lstrip("-"))
    source, target = (other, ticket) if data["type"].startswith("-") else (ticket, other)
    actions.link(source, kind, target, by=user)


@desk_page
@require_POST
def drop_link(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    found = Link.objects.filter(pk=pk).select_related("source", "target").first()
    if found is None or ticket.pk not in (found.source_id, found.target_id):
        raise NotFound(_("There is no such link."))
    actions.unlink(found, by=request.user)  # type: ignore[arg-type]
    return _panel(request, ticket, "links")


@desk_page
@require_POST
def add_task(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    form = TaskForm(request.POST)
    if _attempt(form, lambda: actions.add_task(ticket, by=request.user, **form.cleaned_data)):  # type: ignore[arg-type]
        return _panel(request, ticket, "tasks")
    return _panel(request, ticket, "tasks", task_form=form)


@desk_page
@require_POST
def change_task(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    """Move a task on, or give it to oneself."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    task = Task.objects.filter(pk=pk, ticket=ticket).select_related("ticket").first()
    if task is None:
        raise NotFound(_("There is no such task."))
    values: dict[str, Any] = {}
    if request.POST.get("state") in TaskState.values:
        values["state"] = request.POST["state"]
    if request.POST.get("assignee") == "@me":
        values["assignee"] = request.user
    try:
        actions.change_task(task, values, by=request.user)  # type: ignore[arg-type]
    except ActionError as error:
        if error.status != 422:
            raise
        response = _panel(request, ticket, "tasks")
        return trigger(response, toast={"text": str(error.message), "tone": "error"})
    return _panel(request, ticket, "tasks")


@desk_page
@require_POST
def add_check(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    form = CheckForm(request.POST)
    user: Any = request.user
    if _attempt(form, lambda: actions.add_check(ticket, form.cleaned_data["text"], by=user)):
        return _panel(request, ticket, "tasks")
    return _panel(request, ticket, "tasks", check_form=form)


@desk_page
@require_POST
def tick(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    """Tick a line off, open it again, or take it off the list."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    line = ChecklistItem.objects.filter(pk=pk, ticket=ticket).select_related("ticket").first()
    if line is None:
        raise NotFound(_("There is no such line."))
    if request.POST.get("drop"):
        actions.drop_check(line, by=request.user)  # type: ignore[arg-type]
    else:
        actions.tick(line, request.POST.get("done") == "on", by=request.user)  # type: ignore[arg-type]
    return _panel(request, ticket, "tasks")


@desk_page
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Put a template's tasks and lines on the record."""
    ticket = access.get(request.user, number, "task")  # type: ignore[arg-type]
    form = TemplateForm(request.POST if request.method == "POST" else None)
    fitting = WorkTemplate.objects.filter(is_active=True, kind__in=("", ticket.kind))
    form.fields["template"].queryset = fitting  # type: ignore[attr-defined]
    context = {"ticket": ticket, "form": form}
    if request.method == "GET":
        return in_dialog(request, "tickets/_template_form.html", context)
    if _attempt(
        form,
        lambda: actions.apply_template(ticket, form.cleaned_data["template"], by=request.user),  # type: ignore[arg-type]
    ):
        response = HttpResponse(status=204)
        return trigger(response, modal_close=True, tasks_changed=True, ticket_changed=True)
    return in_dialog(request, "tickets/_template_form.html", context, status=422)


@desk_page
@require_POST
def add_files(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Add files to the record itself; internal ones stay on the desk."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    internal = request.POST.get("internal") == "on"
    visibility = Visibility.INTERNAL if internal else Visibility.PUBLIC
    try:
        for file in request.FILES.getlist("files"):
            actions.attach(ticket, Upload.of(file), by=request.user, visibility=visibility)  # type: ignore[arg-type]
    except ActionError as error:
        if error.status != 422:
            raise
        response = _panel(request, ticket, "files")
        return trigger(response, toast={"text": str(error.message), "tone": "error"})
    return _panel(request, ticket, "files")


@desk_page
@require_POST
def drop_file(request: HttpRequest, folder: str, number: str, pk: int) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    file = access.attachment(request.user, pk)  # type: ignore[arg-type]
    if file.ticket_id != ticket.pk:
        raise NotFound(_("There is no such file."))
    actions.detach(Attachment.objects.select_related("ticket").get(pk=pk), by=request.user)  # type: ignore[arg-type]
    return _panel(request, ticket, "files")


@desk_page
@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """A new record that continues a closed one."""
    ticket = access.get(request.user, number, "follow_up")  # type: ignore[arg-type]
    if request.method == "GET":
        return in_dialog(request, "tickets/_follow_up_form.html", {"ticket": ticket})
    body = request.POST.get("body", "")
    try:
        follower = actions.follow_up(ticket, by=request.user, body=body)  # type: ignore[arg-type]
    except ActionError as error:
        context = {"ticket": ticket, "body": body, "error": error.message}
        return in_dialog(request, "tickets/_follow_up_form.html", context, status=422)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(follower)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = follower.get_absolute_url()
    return response
