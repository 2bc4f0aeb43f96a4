"""Fields saved one by one; team, assignee, priority, access and watchers."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from cmdb.models import ConfigurationItem
from core.errors import ActionError, Conflict, NotFound
from core.text import row_id, row_ids
from desk.forms import AssignForm, DescriptionForm, PriorityForm
from desk.queries.ticketpage import EDITORS, TicketPage
from desk.queries.timeline import names_of, word
from desk.views.answers import changed, complain, in_dialog, put_errors
from desk.views.base import desk_page
from tickets import access, actions, fields
from tickets.models import Ticket


@desk_page
@require_POST
def edit(request: HttpRequest, folder: str, number: str, name: str) -> HttpResponse:
    """Save one field. Answers with the field itself, and everything its change touched."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    if name not in EDITORS:
        raise NotFound(_("There is no such field."))
    try:
        value = _value(request, ticket, name)
        actions.edit(ticket, {name: value}, by=request.user, seen=_seen(request, name))  # type: ignore[arg-type]
    except Conflict as conflict:
        return _field(request, ticket, name, status=409, **_clash(ticket, name, conflict))
    except ActionError as error:
        if error.status != 422:
            raise
        return _field(request, ticket, name, status=422, error=error.message)
    return _field(request, ticket, name, saved=True)


def _seen(request: HttpRequest, name: str) -> dict[str, int]:
    version = row_id(request.POST.get("seen"))
    return {name: version} if version is not None else {}


def _field(
    request: HttpRequest, ticket: Ticket, name: str, status: int = 200, **extra: Any
) -> HttpResponse:
    fresh = access.get(request.user, ticket.number)  # type: ignore[arg-type]
    page = TicketPage(request.user, fresh)  # type: ignore[arg-type]
    context = {**page.full(), "field": page.property(name), "saved": False, **extra}
    return render(request, "tickets/_property_answer.html", context, status=status)


def _clash(ticket: Ticket, name: str, conflict: Conflict) -> dict[str, Any]:
    """Both values in words, and who was first."""
    clash = conflict.clashes[0]
    model = "cmdb.ConfigurationItem" if name == "items" else fields.model_of(ticket.kind_info, name)
    ids = {v for side in (clash.current, clash.wanted) for v in _ids(side)}
    names = names_of({model: ids}) if model and ids else {}
    by = User.objects.filter(pk=clash.changed_by_id or 0).first()
    return {
        "clash": {
            "by": by.name if by else "",
            "theirs": word(ticket, name, clash.current, names) or _("none"),
            "mine": word(ticket, name, clash.wanted, names) or _("none"),
            "wanted": clash.wanted if not isinstance(clash.wanted, list) else "",
            "wanted_list": clash.wanted if isinstance(clash.wanted, list) else [],
        }
    }


def _ids(value: Any) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, int) and not isinstance(v, bool)]


def _value(request: HttpRequest, ticket: Ticket, name: str) -> Any:
    """The posted value as the action takes it."""
    raw = request.POST.get("value", "").strip()
    editor = EDITORS[name]
    if editor == "items":
        ids = row_ids(request.POST.getlist("value"))
        return list(ConfigurationItem.objects.filter(pk__in=ids))
    if editor == "tags":
        return [
            part
            for text in request.POST.getlist("value")
            for part in text.split(",")
            if part.strip()
        ]
    if editor == "check":
        return raw == "on"
    if editor == "select":
        return row_id(raw) or 0
    if not raw:
        return None
    model = apps.get_model(fields.model_of(ticket.kind_info, name))
    row = model.objects.filter(pk=row_id(raw)).first()
    if row is None:
        raise ActionError(_("Choose one of the values offered."), field=name)
    return row


@desk_page
@require_http_methods(["GET", "POST"])
def title(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """The title, edited in its place."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    context = {"ticket": ticket, "url": ticket.get_absolute_url(), "typed": ticket.title}
    if request.method == "GET":
        context["seen"] = ticket.field_versions.get("title", 0)
        return render(request, "tickets/_title_form.html", context)
    typed = request.POST.get("title", "")
    try:
        actions.edit(ticket, {"title": typed}, by=request.user, seen=_seen(request, "title"))  # type: ignore[arg-type]
    except Conflict:
        fresh = access.get(request.user, number)  # type: ignore[arg-type]
        context |= {
            "typed": typed,
            "theirs": fresh.title,
            "seen": fresh.field_versions.get("title", 0),
        }
        return render(request, "tickets/_title_form.html", context, status=409)
    except ActionError as error:
        context |= {"typed": typed, "error": error.message, "seen": request.POST.get("seen", "")}
        return render(request, "tickets/_title_form.html", context, status=422)
    return changed(request, ticket)


@desk_page
@require_http_methods(["GET", "POST"])
def description(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    form = DescriptionForm(
        request.POST if request.method == "POST" else None,
        initial={"description": ticket.description},
    )
    context = {"ticket": ticket, "form": form, "seen": ticket.field_versions.get("description", 0)}
    if request.method == "GET":
        return in_dialog(request, "tickets/_description_form.html", context)
    if form.is_valid():
        try:
            values = {"description": form.cleaned_data["description"]}
            actions.edit(ticket, values, by=request.user, seen=_seen(request, "description"))  # type: ignore[arg-type]
            return changed(request, ticket)
        except Conflict as conflict:
            context["theirs"] = conflict.clashes[0].current
        except ActionError as error:
            put_errors(form, error)
    return in_dialog(request, "tickets/_description_form.html", context, status=422)


@desk_page
@require_POST
def assign(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Give the record to a person: an id, @me, or @none."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    wanted = request.POST.get("assignee", "")
    named = User.objects.filter(pk=row_id(wanted) or 0)
    person: Any = request.user if wanted == "@me" else named.first()
    if person is None and wanted != "@none":
        return complain(request, ActionError(_("Choose somebody from the list.")))
    try:
        actions.assign(ticket, by=request.user, assignee=person)  # type: ignore[arg-type]
    except ActionError as error:
        if error.status != 422:
            raise
        return complain(request, error)
    return changed(request, ticket)


@desk_page
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Hand over to another team, with the reason."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    form = AssignForm(
        request.POST if request.method == "POST" else None, initial={"team": ticket.team_id}
    )
    context = {"ticket": ticket, "form": form}
    if request.method == "GET":
        return in_dialog(request, "tickets/_team_form.html", context)
    if form.is_valid():
        try:
            actions.assign(ticket, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            return _handed_over(request, ticket)
        except ActionError as error:
            put_errors(form, error)
    return in_dialog(request, "tickets/_team_form.html", context, status=422)


def _handed_over(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The record may have left the reader's sight with its team: then the page says so."""
    user: Any = request.user
    if Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return changed(request, ticket)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = "/desk/"
    return response


@desk_page
@require_http_methods(["GET", "POST"])
def priority(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Overrule the computed priority, with the reason, or give it back to the matrix."""
    ticket = access.get(request.user, number, "override_priority")  # type: ignore[arg-type]
    level = ticket.priority if ticket.priority_overridden else ""
    form = PriorityForm(
        request.POST if request.method == "POST" else None, initial={"level": level}
    )
    context = {"ticket": ticket, "form": form, "seen": ticket.field_versions.get("priority", 0)}
    if request.method == "GET":
        return in_dialog(request, "tickets/_priority_form.html", context)
    if form.is_valid():
        seen = _seen(request, "priority").get("priority")
        try:
            actions.override_priority(
                ticket,
                form.cleaned_data["level"],
                by=request.user,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
                seen=seen,
            )
            return changed(request, ticket)
        except ActionError as error:
            put_errors(form, error)
    return in_dialog(request, "tickets/_priority_form.html", context, status=422)


@desk_page
@require_POST
def watch(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Watch, or stop watching: oneself, or the person named."""
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    named = request.POST.get("user", "")
    person: Any = User.objects.filter(pk=row_id(named) or 0).first() if named else request.user
    if person is None:
        return complain(request, ActionError(_("Choose somebody from the list.")))
    verb = actions.unwatch if request.POST.get("stop") else actions.watch
    try:
        verb(ticket, person, by=request.user)  # type: ignore[arg-type]
    except ActionError as error:
        if error.status != 422:
            raise
        return complain(request, error)
    return changed(request, ticket)


@desk_page
@require_POST
def restrict(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    ticket = access.get(request.user, number)  # type: ignore[arg-type]
    actions.restrict(ticket, request.POST.get("restricted") == "yes", by=request.user)  # type: ignore[arg-type]
    return changed(request, ticket)
