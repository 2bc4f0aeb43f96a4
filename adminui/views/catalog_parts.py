"""The editor of an offering, all parts but the form: one address each, saved as one types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import person
from adminui.base import attempt
from adminui.forms.catalog_parts import (
    ApprovalForm,
    ArticlesForm,
    AudienceForm,
    PlaceForm,
    PromiseForm,
    TextsForm,
    WorkForm,
)
from adminui.views.catalog_door import catalog_page, owned_services
from adminui.views.catalog_frame import back, offering_of, quiet, save_part, show_part
from adminui.views.catalog_lines import bundle, tasks
from adminui.views.catalog_questions import form_page
from catalog.actions import offerings
from catalog.models import Offering
from catalog.queries import editing, words
from catalog.queries.editing import slice_of, token
from core.errors import NotFound


@dataclass(frozen=True)
class Part:
    """A part that is one form. `slice`: the words of the definition that it is about."""

    form: Callable[..., Any]
    template: str
    slice: str


SIMPLE: dict[str, Part] = {
    "texts": Part(TextsForm, "_texts.html", "texts"),
    "approval": Part(ApprovalForm, "_approval.html", "approval"),
    "work": Part(WorkForm, "_work.html", "work"),
    "promise": Part(PromiseForm, "_promise.html", "promise"),
    "audience": Part(AudienceForm, "_audience.html", "audience"),
    "articles": Part(ArticlesForm, "_articles.html", "articles"),
}
PAGES: dict[str, Any] = {"form": form_page, "tasks": tasks, "bundle": bundle}


@catalog_page
def show_offering(request: HttpRequest, pk: int, part: str = "texts") -> HttpResponse:
    """A part of an offering: shown, and saved into the draft."""
    offering = offering_of(request, pk)
    if part in PAGES:
        answer: HttpResponse = PAGES[part](request, offering)
        return answer
    if part not in SIMPLE or (part != "work" and part not in editing.parts()):
        raise NotFound(_("There is no such part."))
    return _simple(request, offering, part)


def _simple(request: HttpRequest, offering: Offering, name: str) -> HttpResponse:
    part = SIMPLE[name]
    draft = editing.draft_of(offering)

    def of(data: Mapping[str, Any]) -> Any:
        return slice_of(data, part.slice)

    form = part.form(request.POST if request.method == "POST" else None, row=draft.data)
    context: dict[str, Any] = {"form": form, "status": 422 if request.method == "POST" else 200}
    if request.method == "POST" and form.is_valid():
        context |= save_part(request, offering, form, form.put, of)
        if "saved" in context:
            return _after(request, offering, name, part)
    context["token"] = request.POST.get("token") or token(of(draft.data))
    return show_part(
        request,
        offering,
        _home(name),
        part.template,
        draft=draft,
        **context,
        **_more(name, draft, offering),
    )


def _home(name: str) -> str:
    return "tasks" if name == "work" else name


def _after(request: HttpRequest, offering: Offering, name: str, part: Part) -> HttpResponse:
    """What was saved: quietly, unless the form now shows something else."""
    if not request.headers.get("HX-Request"):
        return back(offering, name if name != "work" else "tasks")
    draft = editing.draft_of(offering)
    form = part.form(None, row=draft.data)
    shown = show_part(
        request,
        offering,
        _home(name),
        part.template,
        draft=draft,
        form=form,
        saved=True,
        token=token(slice_of(draft.data, part.slice)),
        **_more(name, draft, offering),
    )
    return shown if name == "audience" or "over" in request.POST else quiet(shown)


def _more(name: str, draft: editing.Draft, offering: Offering) -> dict[str, Any]:
    if name == "texts":
        form = PlaceForm(initial={"shelf": offering.shelf_id, "service": offering.service_id})
        return {"place": form}
    if name == "promise":
        return {"priced": _priced(draft.data)}
    return {}


def _priced(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options that add to the price, with the question to edit each."""
    return [
        {
            "question": words.text(field.get("label"), key),
            "option": words.text(option.get("label"), option.get("key", "")),
            "price": option["price"],
            "key": key,
        }
        for key, field in words.by_key(data).items()
        for option in field.get("options") or []
        if option.get("price")
    ]


@catalog_page
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an offering to another category or service: that is no part of a version."""
    offering = offering_of(request, pk)
    form = PlaceForm(request.POST or None, owned=owned_services(request))
    done = attempt(
        request,
        form,
        lambda: offerings.edit(offering, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:offering_part", pk, "texts")
    draft = editing.draft_of(offering)
    return show_part(
        request,
        offering,
        "texts",
        "_texts.html",
        status=422,
        draft=draft,
        form=TextsForm(None, row=draft.data),
        place=form,
        token=token(slice_of(draft.data, "texts")),
    )
