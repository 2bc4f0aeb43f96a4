"""The form designer: sections and questions in their order, and the settings of one of them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import person
from adminui.forms.catalog_question import NewQuestionForm, QuestionForm, SectionForm
from adminui.views.catalog_frame import back, part_url, save_part, show_part
from catalog.actions import parts
from catalog.enums import FieldType
from catalog.models import Offering
from catalog.queries import editing, references, words
from catalog.queries.editing import Draft, token
from core.errors import ActionError
from core.text import row_id

SECTION_MARK = "section:"
ICONS = {
    FieldType.TEXT: "pencil",
    FieldType.LONG_TEXT: "menu-2",
    FieldType.CHOICE: "circle-dot",
    FieldType.CHOICES: "square-check",
    FieldType.YES_NO: "equal",
    FieldType.NUMBER: "calculator",
    FieldType.AMOUNT: "tag",
    FieldType.DATE: "calendar",
    FieldType.PERSON: "user",
    FieldType.ITEM: "server",
    FieldType.FILE: "paperclip",
    FieldType.NOTE: "info-circle",
}


def form_page(request: HttpRequest, offering: Offering) -> HttpResponse:
    """The designer: GET shows, POST does one thing to the form of the draft."""
    if request.method != "POST":
        return _show(request, offering, request.GET.get("at", ""))
    do, _colon, key = request.POST.get("do", "save").partition(":")
    if do == "save":
        return _save(request, offering, request.POST.get("at", ""))
    if do == "add":
        return _add(request, offering, key)
    return _arrange(request, offering, do, key)


def _arrange(request: HttpRequest, offering: Offering, do: str, key: str) -> HttpResponse:
    """Move, copy or take out a section or a question."""
    edit = _edit(do, key, request)
    if edit is None:
        return _show(request, offering, request.POST.get("at", ""))
    try:
        _version, made = parts.change(offering, edit, by=person(request))
    except ActionError as error:
        if error.status != 422:
            raise
        return _show(request, offering, "", status=422, refusal=str(error.message))
    at = request.POST.get("at", "")
    if do == "remove" and at in (key, SECTION_MARK + key.removeprefix(SECTION_MARK)):
        at = ""
    if made:
        at = f"{SECTION_MARK}{made}" if key.startswith(SECTION_MARK) or do == "section" else made
    return _answer(request, offering, at, moved=(do, key))


def _edit(do: str, key: str, request: HttpRequest) -> parts.Edit | None:
    whole = key.startswith(SECTION_MARK)
    name = key.removeprefix(SECTION_MARK)
    if do == "section":
        return lambda data: parts.add_section(data, in_readers(_("New section")))
    if do in ("up", "down"):
        step = -1 if do == "up" else 1
        move = parts.move_section if whole else parts.move_question
        return lambda data: move(data, name, step)
    if do == "copy":
        copy = parts.copy_section if whole else parts.copy_question
        return lambda data: copy(data, name)
    if do == "remove":
        remove = parts.remove_section if whole else parts.remove_question
        return lambda data: remove(data, name)
    where, _dot, place = name.partition("@")
    section, _dot, number = place.partition(".")
    at = row_id(number)
    if do == "place" and at is not None:
        return lambda data: parts.place_question(data, where, section, at)
    return None


def in_readers(text: str) -> dict[str, str]:
    """A text in the language of whoever writes it."""
    return {"ko" if (get_language() or "").startswith("ko") else "en": text}


def _add(request: HttpRequest, offering: Offering, where: str) -> HttpResponse:
    """Put a new question into a section, and open it."""
    form = NewQuestionForm(request.POST)
    if not form.is_valid():
        return _show(request, offering, "", status=422, adding=where, new=form)
    label, kind = in_readers(form.cleaned_data["label"]), form.cleaned_data["type"]

    def edit(data: dict[str, Any]) -> str:
        section = where or parts.add_section(data, in_readers(_("Questions")))
        return parts.add_question(data, section, kind, label)

    _version, made = parts.change(offering, edit, by=person(request))
    return _answer(request, offering, made)


def _answer(
    request: HttpRequest, offering: Offering, at: str, moved: tuple[str, str] = ("", "")
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return back(offering, "form", at)
    shown = _show(request, offering, at, moved=moved)
    shown["HX-Push-Url"] = part_url(offering, "form", at)
    return shown


def _save(request: HttpRequest, offering: Offering, at: str) -> HttpResponse:
    """The settings of the section or question that is open."""
    draft = editing.draft_of(offering)
    try:
        form, of, put = _opened(draft.data, at, request)
    except ActionError as error:
        return _show(request, offering, "", status=422, refusal=str(error.message))
    context: dict[str, Any] = {"form": form, "status": 422}
    if form.is_valid():
        context |= save_part(request, offering, form, put, of)
    if "saved" not in context:
        context["token"] = request.POST.get("token", "")
        return _show(request, offering, at, **context)
    if not request.headers.get("HX-Request"):
        return back(offering, "form", at)
    draft = editing.draft_of(offering)
    context |= {"token": token(of(draft.data)), "status": 200, "draft": draft}
    return _show(request, offering, at, **context)


def _opened(
    data: dict[str, Any], at: str, request: HttpRequest | None = None
) -> tuple[Any, Callable[[dict[str, Any]], Any], parts.Edit]:
    """The form of what is open, the part of the data it is about, and how it is put there."""
    posted = request.POST if request is not None else None
    if at.startswith(SECTION_MARK):
        key = at.removeprefix(SECTION_MARK)
        row = parts.section(data, key)
        section = SectionForm(posted, row=row)

        def heading(whole: dict[str, Any]) -> Any:
            found = parts.section(whole, key)
            return [found.get("title"), found.get("hint")]

        return section, heading, lambda whole: section.put(parts.section(whole, key))
    row = parts.question(data, at)
    form = QuestionForm(row, _earlier(data, at), posted)
    return (
        form,
        lambda whole: parts.question(whole, at),
        lambda whole: parts.put_question(whole, at, form.values()),
    )


def _earlier(data: dict[str, Any], at: str) -> list[dict[str, Any]]:
    """The questions asked before this one: a condition may look at no others."""
    rows = parts.questions(data)
    return rows[: next((i for i, one in enumerate(rows) if one.get("key") == at), 0)]


def _show(request: HttpRequest, offering: Offering, at: str, **context: Any) -> HttpResponse:
    draft = context.pop("draft", None) or editing.draft_of(offering)
    if at and "form" not in context:
        try:
            form, of, _put = _opened(draft.data, at)
            context |= {"form": form, "token": token(of(draft.data))}
        except ActionError:
            at = ""
    context |= {
        "at": at,
        "is_section": at.startswith(SECTION_MARK),
        "key": at.removeprefix(SECTION_MARK),
        "sections": _list(offering, draft, at, context.pop("moved", ("", ""))),
        "new": context.get("new") or NewQuestionForm(),
        "is_first": not parts.questions(draft.data),
    }
    return show_part(request, offering, "form", "_form.html", draft=draft, **context)


def focused(moved: tuple[str, str], key: str, *, is_first: bool, is_last: bool) -> str:
    """Which arrow of a row takes the focus after a move: the one pressed, else the other."""
    way, what = moved
    if what != key or way not in ("up", "down"):
        return ""
    if way == "up":
        return "down" if is_first else "up"
    return "up" if is_last else "down"


def _list(
    offering: Offering, draft: Draft, at: str, moved: tuple[str, str]
) -> list[dict[str, Any]]:
    """The sections with their questions as ready-made strings."""
    wrong = {
        place.at
        for one in references.all_problems(draft.data, offering)
        if (place := editing.place_of(one.path, draft.data)).part == "form"
    }
    known = words.by_key(draft.data)
    rows = parts.sections(draft.data)
    last = len(rows) - 1
    return [
        {
            "key": row["key"],
            "title": words.text(row.get("title"), _("Questions")),
            "url": part_url(offering, "form", f"{SECTION_MARK}{row['key']}"),
            "current": at == f"{SECTION_MARK}{row['key']}",
            "wrong": f"{SECTION_MARK}{row['key']}" in wrong,
            "is_first": number == 0,
            "is_last": number == last,
            "focus": focused(
                moved,
                f"{SECTION_MARK}{row['key']}",
                is_first=number == 0,
                is_last=number == last,
            ),
            "fields": [
                _line(offering, one, known, at, wrong, (number == 0, number == last), place, moved)
                for place, one in _placed(row.get("fields") or [])
            ],
        }
        for number, row in enumerate(rows)
    ]


def _placed(fields: list[Any]) -> list[tuple[tuple[bool, bool], Any]]:
    return [((i == 0, i == len(fields) - 1), one) for i, one in enumerate(fields)]


def _line(
    offering: Offering,
    row: Mapping[str, Any],
    known: Mapping[str, Any],
    at: str,
    wrong: set[str],
    section: tuple[bool, bool],
    place: tuple[bool, bool],
    moved: tuple[str, str],
) -> dict[str, Any]:
    is_first, is_last = section[0] and place[0], section[1] and place[1]
    kind = str(row.get("type", ""))
    key = str(row.get("key", ""))
    return {
        "key": key,
        "label": words.text(row.get("label"), _("(without a text)")),
        "icon": ICONS.get(kind, "help-circle"),  # type: ignore[call-overload]
        "kind": str(FieldType(kind).label) if kind in FieldType.values else kind,
        "required": bool(row.get("required")),
        "condition": words.condition(row.get("shown_if"), known),
        "url": part_url(offering, "form", key),
        "current": key == at,
        "wrong": key in wrong,
        "is_first": is_first,
        "is_last": is_last,
        "focus": focused(moved, key, is_first=is_first, is_last=is_last),
    }
