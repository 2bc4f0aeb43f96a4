"""Articles at the desk: the list, one article, its history, its steps."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from core.errors import ActionError, NotFound
from core.text import row_id, without_nul
from desk.kb_forms import NewArticleForm
from desk.views.base import desk_page
from knowledge import access, actions
from knowledge.differences import differences
from knowledge.enums import ArticleKind, Audience, Reader
from knowledge.models import TEXTS, Article, ArticleVersion
from knowledge.queries import reading, use
from knowledge.search import find
from knowledge.states import MACHINE

PAGE = 50


@desk_page
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Articles the person may know of, the newest change first; or what a search finds."""
    user = person(request)
    query = without_nul(request.GET.get("q", "")).strip()[:200]
    found = reading.filtered(Article.objects.visible_to(user), request.GET)
    hits = find(user, query) if query else []
    if query:
        found = found.filter(pk__in=[hit.id for hit in hits])
        if not hits:
            actions.miss(query, Reader.DESK)
    before = row_id(request.GET.get("before"))
    found = reading.listed(found).order_by("-changed_at", "-pk")
    if before is not None and (last := Article.objects.filter(pk=before).first()):
        found = found.filter(changed_at__lt=last.changed_at)
    rows = reading.rows(found[: PAGE + 1])
    if query:
        place = {hit.id: at for at, hit in enumerate(hits)}
        rows.sort(key=lambda row: place[row.id])
    context = {
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE and not query else None,
        "query": query,
        "states": [(state.key, state.label) for state in MACHINE.states],
        "kinds": ArticleKind.choices,
        "audiences": Audience.choices,
        "chosen": request.GET,
        "writes": access.writes(user),
        "waiting": reading.waiting(user).count() if access.edits_all(user) else 0,
    }
    return render(request, "desk/kb/list.html", context)


@desk_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a draft: its title, kind and service; the rest on its own page."""
    user = person(request)
    access.require_writer(user)
    form = NewArticleForm(
        request.POST if request.method == "POST" else None,
        initial={"title": without_nul(request.GET.get("title", ""))[:200]},
    )
    if form.is_valid():
        article = actions.create(form.answers(), by=user)
        return redirect("desk:article_edit", article.pk)
    status = 422 if form.is_bound else 200
    return render(request, "desk/kb/new.html", {"form": form}, status=status)


@desk_page
@require_GET
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """The live text; for those who work on it also the one being written (`?draft`)."""
    user = person(request)
    found = access.get(user, pk)
    facts = access.facts_for(user, found)
    able = {verb: access.can(user, verb, found, facts) for verb in ("edit", "confirm", "vote")}
    drafts = access.can(user, "read_draft", found, facts)
    has_draft = drafts and found.working_id != found.live_id
    shows_draft = has_draft and ("draft" in request.GET or not found.is_live)
    version = found.working if shows_draft or not found.live else found.live
    if found.is_live and not shows_draft:
        actions.read(found, by=user)
    return render(
        request,
        "desk/kb/article.html",
        _page(request, found, version or ArticleVersion())
        | {"able": able, "drafts": drafts, "has_draft": has_draft, "shows_draft": shows_draft},
    )


def _page(request: HttpRequest, found: Article, version: ArticleVersion) -> dict[str, Any]:
    user = person(request)
    language = request.GET.get("in", "")
    language = language if language in ("ko", "en") and version.has(language) else version.language
    return {
        "article": found,
        "version": version,
        "language": language,
        "other": next((one for one in ("ko", "en") if one != language and version.has(one)), ""),
        "title": getattr(version, f"title_{language}"),
        "summary": getattr(version, f"summary_{language}"),
        "body": reading.body(found, version, user, language),
        "row": reading.rows([found])[0],
        "moves": actions.allowed(found, user),
        "records": reading.records(found, user),
        "counts": use.totals([found]).get(found.pk, {}),
        "steps": found.steps.select_related("by").order_by("-pk")[:5],
        "comments": found.feedback.exclude(comment="").order_by("-at")[:5],
    }


@desk_page
@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions, and what changed between two of them in each language."""
    user = person(request)
    found = access.get(user, pk, "read_draft")
    versions = list(found.versions.order_by("-number").select_related("published_by"))
    chosen = _version(versions, request.GET.get("to")) or versions[0]
    earlier = [one for one in versions if one.number < chosen.number]
    base = _version(versions, request.GET.get("from")) or (earlier[0] if earlier else None)
    labels: Any = {name: ArticleVersion._meta.get_field(name) for name in TEXTS}
    changed = [
        {"label": labels[name].verbose_name, "pieces": pieces}
        for name in TEXTS
        if (pieces := differences(getattr(base, name, ""), getattr(chosen, name)))
    ]
    context = {
        "article": found,
        "versions": versions,
        "chosen": chosen,
        "base": base,
        "changed": changed,
        "steps": found.steps.select_related("by").order_by("-pk")[:100],
        "edits": access.can(user, "edit", found) and found.state != "retired",
    }
    return render(request, "desk/kb/history.html", context)


def _version(versions: list[ArticleVersion], number: str | None) -> ArticleVersion | None:
    wanted = row_id(number)
    return next((one for one in versions if one.number == wanted), None)


@desk_page
@require_POST
def restore(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """An older text becomes the one being written."""
    found = access.get(person(request), pk, "read_draft")
    actions.take_back(found, revision, by=person(request))
    messages.success(request, _("The older text is the one being written now."))
    return redirect("desk:article_edit", pk)


@desk_page
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One step: those that need a reason ask for it first."""
    user = person(request)
    found = access.get(user, pk)
    step = next((one for one in actions.allowed(found, user) if one.name == name), None)
    context: dict[str, Any] = {"article": found, "step": step, "name": name}
    if request.method == "GET":
        if step is None:
            raise NotFound(_("There is no such step now."))
        return render(request, "desk/kb/step.html", context)
    reason = request.POST.get("reason", "")
    try:
        actions.move(
            found, name, by=user, reason=reason, revision=row_id(request.POST.get("revision"))
        )
    except ActionError as error:
        if step is not None and error.field == "reason":
            return render(request, "desk/kb/step.html", {**context, "error": error}, status=422)
        messages.error(request, str(error.message))
        return redirect(f"{found.get_absolute_url()}?draft")
    messages.success(request, _("Done."))
    return redirect(found)


@desk_page
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """It is still right."""
    found = access.get(person(request), pk)
    try:
        day = actions.day(request.POST.get("expires_on", ""))
        actions.confirm(found, by=person(request), expires_on=day)
        messages.success(request, _("Noted: it is still right."))
    except ActionError as error:
        messages.error(request, str(error.message))
    return redirect(found)


@desk_page
@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """An agent says whether it helped; that is no self-service."""
    found = access.get(person(request), pk)
    actions.vote(
        found,
        request.POST.get("solved") == "yes",
        by=person(request),
        place=Reader.DESK,
        comment=request.POST.get("comment", ""),
    )
    messages.success(request, _("Thank you. This is counted."))
    return redirect(found)


@desk_page
@require_GET
def named(request: HttpRequest, pk: int) -> HttpResponse:
    """/kb/KB-12/ as people write it."""
    return redirect(access.get(person(request), pk))


@desk_page
@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What waits for somebody to approve it, and what is to be looked at again."""
    user = person(request)
    waiting = list(reading.waiting(user)[:100])
    mine = {one.pk for one in waiting if one.working and user.pk in one.working.writers}
    rows = reading.rows(waiting)
    context = {
        "to_do": [row for row in rows if row.id not in mine],
        "own": [row for row in rows if row.id in mine],
        "due": reading.rows(use.due(user)),
        "edits_all": access.edits_all(user),
    }
    return render(request, "desk/kb/review.html", context)


@desk_page
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """Most and least useful, what nobody reads, what was searched in vain, what is due."""
    user = person(request)
    context = {
        "most": use.most_useful(user),
        "least": use.least_useful(user),
        "unread": use.unread(user),
        "gaps": use.gaps(),
        "due": reading.rows(use.due(user)),
        "deflected": use.deflected_lately(),
        "days": use.SPAN.days,
        "writes": access.writes(user),
    }
    return render(request, "desk/kb/reports.html", context)
