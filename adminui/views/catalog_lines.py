"""The editor's parts that are lists: the plan of tasks, and what a bundle brings along."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import person
from adminui.forms.catalog_parts import LineForm, TaskForm, WorkForm
from adminui.views.catalog_frame import back, part_url, save_part, show_part
from adminui.views.catalog_questions import focused, in_readers
from catalog import access
from catalog.actions import parts
from catalog.models import Offering
from catalog.queries import editing, words
from catalog.queries.editing import Draft, slice_of, token
from catalog.queries.names import Names
from core.errors import ActionError
from core.text import row_id

NEW = "new"


def tasks(request: HttpRequest, offering: Offering) -> HttpResponse:
    """The plan: GET shows, POST does one thing to it."""
    if request.method != "POST":
        return _show_tasks(request, offering, request.GET.get("at", ""))
    do, _colon, key = request.POST.get("do", "save").partition(":")
    if do == "save":
        return _save_task(request, offering, request.POST.get("at", ""))
    edits: dict[str, parts.Edit] = {
        "add": lambda data: parts.add_task(data, in_readers(_("New task"))),
        "copy": lambda data: parts.copy_task(data, key),
        "remove": lambda data: parts.remove_task(data, key),
        "up": lambda data: parts.move_task(data, key, -1),
        "down": lambda data: parts.move_task(data, key, 1),
    }
    at = request.POST.get("at", "")
    if do in edits:
        try:
            _version, made = parts.change(offering, edits[do], by=person(request))
        except ActionError as error:
            if error.status != 422:
                raise
            return _show_tasks(request, offering, "", status=422, refusal=str(error.message))
        at = made or ("" if do == "remove" and at == key else at)
    return _answer(request, offering, "tasks", at, partial(_show_tasks, moved=(do, key)))


def _answer(
    request: HttpRequest, offering: Offering, part: str, at: str, show: Any
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return back(offering, part, at)
    shown: HttpResponse = show(request, offering, at)
    shown["HX-Push-Url"] = part_url(offering, part, at)
    return shown


def _task_form(data: dict[str, Any], at: str, posted: Any = None) -> TaskForm:
    fields = parts.questions(data)
    return TaskForm(parts.task(data, at), parts.tasks(data), fields, posted)


def _save_task(request: HttpRequest, offering: Offering, at: str) -> HttpResponse:
    draft = editing.draft_of(offering)
    try:
        form = _task_form(draft.data, at, request.POST)
    except ActionError as error:
        return _show_tasks(request, offering, "", status=422, refusal=str(error.message))
    context: dict[str, Any] = {"form": form, "status": 422}
    if form.is_valid():
        context |= save_part(
            request,
            offering,
            form,
            lambda data: parts.put_task(data, at, form.values()),
            lambda data: parts.task(data, at),
        )
    if "saved" not in context:
        context["token"] = request.POST.get("token", "")
        return _show_tasks(request, offering, at, **context)
    if not request.headers.get("HX-Request"):
        return back(offering, "tasks", at)
    draft = editing.draft_of(offering)
    context |= {"token": token(parts.task(draft.data, at)), "status": 200, "draft": draft}
    return _show_tasks(request, offering, at, **context)


def _show_tasks(request: HttpRequest, offering: Offering, at: str, **context: Any) -> HttpResponse:
    draft: Draft = context.pop("draft", None) or editing.draft_of(offering)
    if at and "form" not in context:
        try:
            context["form"] = _task_form(draft.data, at)
            context["token"] = token(parts.task(draft.data, at))
        except ActionError:
            at = ""
    moved = context.pop("moved", ("", ""))
    rows = parts.tasks(draft.data)
    last = len(rows) - 1
    names = Names([draft.data])
    teams = {row["team"]: names.name("team", row["team"]) for row in rows if row.get("team")}
    known = words.by_key(draft.data)
    titles = {row["key"]: words.text(row.get("title"), words.UNNAMED) for row in rows}
    context |= {
        "at": at,
        "work": WorkForm(None, row=draft.data),
        "work_token": token(slice_of(draft.data, "work")),
        "plan": editing.drawing(rows, teams) if rows else None,
        "tasks": [
            {
                "key": row["key"],
                "title": titles[row["key"]],
                "team": teams.get(row.get("team"), ""),
                "hours": row.get("hours"),
                "after": ", ".join(titles.get(key, key) for key in row.get("after") or []),
                "condition": words.condition(row.get("if"), known),
                "url": part_url(offering, "tasks", row["key"]),
                "current": row["key"] == at,
                "is_first": number == 0,
                "is_last": number == last,
                "focus": focused(moved, row["key"], is_first=number == 0, is_last=number == last),
            }
            for number, row in enumerate(rows)
        ],
    }
    return show_part(request, offering, "tasks", "_tasks.html", draft=draft, **context)


def bundle(request: HttpRequest, offering: Offering) -> HttpResponse:
    """What is ordered along: GET shows, POST does one thing to the list."""
    if request.method != "POST":
        return _show_bundle(request, offering, request.GET.get("at", ""))
    do, _colon, key = request.POST.get("do", "save").partition(":")
    at = request.POST.get("at", "")
    if do == "save":
        return _save_line(request, offering, at)
    place = row_id(key)
    if do == "remove" and place is not None:
        try:
            parts.change(offering, lambda data: parts.remove_line(data, place), by=person(request))
        except ActionError as error:
            if error.status != 422:
                raise
            return _show_bundle(request, offering, "", status=422, refusal=str(error.message))
    return _answer(request, offering, "bundle", "", _show_bundle)


def _line_form(request: HttpRequest, offering: Offering, draft: Draft, at: str) -> LineForm | None:
    rows = parts.lines(draft.data)
    place = row_id(at)
    if at != NEW and (place is None or place >= len(rows)):
        return None
    row = {} if place is None else rows[place]
    posted = request.POST if request.method == "POST" and "at" in request.POST else None
    # Offered now: what a reader of the catalog finds, whoever may ask for it.
    offered = Offering.objects.filter(access.OFFERED).exclude(pk=offering.pk)
    chosen = posted.get("offering") if posted is not None else row.get("offering")
    target = offered.filter(pk=row_id(chosen) or 0).select_related("live").first()
    fields = parts.questions(target.live.data) if target and target.live else []
    return LineForm(row, parts.questions(draft.data), offered.order_by("name_en"), fields, posted)


def _save_line(request: HttpRequest, offering: Offering, at: str) -> HttpResponse:
    draft = editing.draft_of(offering)
    form = _line_form(request, offering, draft, at)
    if form is None:
        gone = _("This part is no longer there. Somebody may have taken it out.")
        return _show_bundle(request, offering, "", status=422, refusal=gone)
    context: dict[str, Any] = {"form": form}
    if any(name in request.POST for name in ("redraw", "if-more", "if-drop", "if-group")):
        # Another offering asks other questions: nothing is kept before these are seen.
        return _show_bundle(request, offering, at, **context, token=request.POST.get("token", ""))
    if form.is_valid():
        place = row_id(at)
        context |= save_part(
            request,
            offering,
            form,
            lambda data: parts.put_line(data, place, form.values()),
            parts.lines,
        )
    if "saved" in context:
        return _answer(request, offering, "bundle", "", _show_bundle)
    context = {"status": 422, "token": request.POST.get("token", "")} | context
    return _show_bundle(request, offering, at, **context)


def _show_bundle(request: HttpRequest, offering: Offering, at: str, **context: Any) -> HttpResponse:
    draft: Draft = context.pop("draft", None) or editing.draft_of(offering)
    if at and "form" not in context:
        context["form"] = _line_form(request, offering, draft, at)
        context["token"] = token(parts.lines(draft.data))
        at = at if context["form"] else ""
    names, known = Names([draft.data]), words.by_key(draft.data)
    context |= {
        "at": at,
        "lines": [
            {
                "at": number,
                "name": names.name("offering", row.get("offering")),
                "condition": words.condition(row.get("if"), known),
                "answers": len(row.get("answers") or {}),
                "url": part_url(offering, "bundle", str(number)),
                "current": at == str(number),
            }
            for number, row in enumerate(parts.lines(draft.data))
        ],
    }
    return show_part(request, offering, "bundle", "_bundle.html", draft=draft, **context)
