"""Writing an article: the form with its draft, conflicts, preview and files."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import person
from accounts.models import User
from core import options
from core.errors import ActionError, Conflict, NotFound
from core.forms import refuse
from core.markdown import render as rendered
from core.text import row_id
from desk.kb_forms import ArticleForm, initial_of, typed
from desk.views.base import desk_page
from knowledge import access, actions
from knowledge.models import Article
from knowledge.queries.reading import FILE
from tickets.actions import drop_draft, save_draft
from tickets.actions.attach import Upload
from tickets.models import Draft


def slot_of(article: Article) -> str:
    return f"kb:{article.pk}"


@desk_page
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form. Refused or in conflict it comes back with every word in place."""
    user = person(request)
    article = access.get(user, pk, "edit")
    if request.method == "GET":
        return _fresh(request, article)
    form = ArticleForm(article, request.POST)
    if request.FILES:
        _add_files(request, article)
    if request.POST.get("do") == "attach":
        save_draft(slot_of(article), typed(request.POST), by=user)
        return redirect("desk:article_edit", pk)
    if form.is_valid():
        try:
            actions.save(article, form.answers(), by=user, seen=_seen(request.POST))
            drop_draft(slot_of(article), by=user)
            return _saved(request, article)
        except Conflict as conflict:
            return _clashing(request, article, form, conflict)
        except ActionError as error:
            refuse(form, error)
    save_draft(slot_of(article), typed(request.POST), by=user)
    return _page(request, article, form, request.POST.get("seen", ""), status=422)


def _fresh(request: HttpRequest, article: Article) -> HttpResponse:
    """The article as it is, or what was typed and not saved."""
    draft = Draft.objects.filter(user=person(request), slot=slot_of(article)).first()
    initial = initial_of(article) | (draft.data if draft else {})
    seen = initial.pop("seen", "") or json.dumps(actions.fingerprints(article))
    return _page(request, article, ArticleForm(article, initial=initial), seen, draft=draft)


def _seen(posted: Any) -> dict[str, str]:
    """What the form was made of; nothing where it is spoilt, which is a conflict with all."""
    try:
        seen = json.loads(posted.get("seen", ""))
    except ValueError:
        seen = None
    return {str(k): str(v) for k, v in seen.items()} if isinstance(seen, dict) else {}


def _saved(request: HttpRequest, article: Article) -> HttpResponse:
    if request.POST.get("do") == "submit":
        try:
            actions.move(article, "submit", by=person(request))
            messages.success(request, _("Sent for review."))
        except ActionError as error:
            messages.error(request, _("Saved, but not sent for review."))
            article = access.get(person(request), article.pk)
            form = ArticleForm(article, {**initial_of(article)})
            form.is_valid()
            refuse(form, error)
            seen = json.dumps(actions.fingerprints(article))
            return _page(request, article, form, seen, status=422)
    else:
        messages.success(request, _("Saved."))
    return redirect(f"{article.get_absolute_url()}?draft")


def _clashing(
    request: HttpRequest, article: Article, form: ArticleForm, conflict: Conflict
) -> HttpResponse:
    """Both texts beside each other. Saved again, the one in the form counts."""
    user = person(request)
    article = access.get(user, article.pk, "edit")
    fresh = actions.fingerprints(article)
    seen = {**_seen(request.POST), **{c.field: fresh[c.field] for c in conflict.clashes}}
    others = []
    for clash in conflict.clashes:
        label = form.fields[clash.field].label
        shown = initial_of(article).get(clash.field, "")
        others.append({"label": label, "field": clash.field, "text": _words(shown)})
        form.add_error(
            clash.field, _("Somebody else changed this meanwhile: see their text above.")
        )
    save_draft(slot_of(article), {**typed(request.POST), "seen": json.dumps(seen)}, by=user)
    return _page(request, article, form, json.dumps(seen), others=others, status=409)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _page(
    request: HttpRequest,
    article: Article,
    form: ArticleForm,
    seen: str,
    *,
    draft: Draft | None = None,
    others: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    owner = User.objects.filter(pk=row_id(form["owner"].value()) or article.owner_id).first()
    context = {
        "article": article,
        "form": form,
        "seen": seen,
        "draft": draft,
        "others": others,
        "owner": owner,
        "files": access.files(user, article),
        "chosen_services": _chosen(form, "services"),
        "chosen_departments": _chosen(form, "departments"),
        "may_submit": article.state != "review",
        "max_bytes": options.get("attachment_megabytes") * 1024 * 1024,
    }
    return render(request, "desk/kb/edit.html", context, status=status)


def _chosen(form: ArticleForm, name: str) -> list[str]:
    """The names of what is chosen, for the closed box."""
    value = {str(pk) for pk in form[name].value() or ()}
    return [row.name for row in form.fields[name].queryset if str(row.pk) in value]  # type: ignore[attr-defined]


@desk_page
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed."""
    article = access.get(person(request), pk, "edit")
    save_draft(slot_of(article), typed(request.POST), by=person(request))
    return HttpResponse(status=204)


@desk_page
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget what was typed and not saved."""
    article = access.get(person(request), pk, "edit")
    drop_draft(slot_of(article), by=person(request))
    return redirect("desk:article_edit", pk)


@desk_page
@require_POST
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The text as readers would see it."""
    article = access.get(person(request), pk, "edit")
    if language not in ("ko", "en"):
        raise NotFound(_("There is no such language."))
    shown = {file.pk: FILE.format(file.pk) for file in access.files(person(request), article)}
    context = {
        "title": request.POST.get(f"title_{language}", ""),
        "body": rendered(request.POST.get(f"body_{language}", ""), shown),
        "language": language,
    }
    return render(request, "desk/kb/_preview.html", context)


@desk_page
@require_POST
def add_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Files from the page's script: answered with what to put into the text, and the list."""
    article = access.get(person(request), pk, "edit")
    try:
        added = [
            actions.attach(article, Upload.of(file), by=person(request))
            for file in request.FILES.getlist("files")
        ]
    except ActionError as error:
        return JsonResponse({"error": str(error.message)}, status=422)
    files = access.files(person(request), article)
    markup = render_to_string("desk/kb/_files.html", {"files": files, "article": article}, request)
    return JsonResponse({"text": "\n".join(map(mark_of, added)), "list": markup})


def mark_of(file: Any) -> str:
    """How a text speaks of a file."""
    name = file.name.replace("[", "(").replace("]", ")")
    picture = file.content_type.startswith("image/")
    return f"{'!' if picture else ''}[{name}](file:{file.pk})"


def _add_files(request: HttpRequest, article: Article) -> None:
    for file in request.FILES.getlist("files"):
        try:
            actions.attach(article, Upload.of(file), by=person(request))
        except ActionError as error:
            messages.error(request, str(error.message))


@desk_page
@require_POST
def drop_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file out. What is typed comes along and is kept."""
    user = person(request)
    article = access.get(user, pk, "edit")
    file = article.files.filter(pk=file_pk).first()
    if file is None:
        raise NotFound(_("There is no such file."))
    actions.detach(file, by=user)
    if "seen" in request.POST:
        save_draft(slot_of(article), typed(request.POST), by=user)
    return redirect(f"{reverse('desk:article_edit', args=[pk])}#files")
