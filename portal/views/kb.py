"""Articles for those who look for help: the list, one article, whether it helped."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmdb.models import Service
from core.errors import ActionError
from knowledge import access, actions
from knowledge.models import Article
from knowledge.queries import reading
from knowledge.search import find
from portal.actions import discard
from portal.generic import person, portal_page, slot_in, words

MOST = 60


@portal_page
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Articles by service, or what a search finds."""
    user = person(request)
    query = words(request.GET.get("q", "")).strip()[:200]
    service = Service.objects.filter(slug=request.GET.get("service", "")).first()
    hits = find(user, query, service=service) if query else []
    if query and not hits and service is None:
        actions.miss(query, "portal")
    found = Article.objects.findable_by(user)
    if service is not None:
        found = found.filter(services=service)
    listed = reading.listed(found).order_by("-published_at", "-pk")[:MOST] if not query else []
    context = {
        "query": query,
        "service": service,
        "services": reading.by_service(user),
        "hits": hits,
        "rows": reading.rows(listed),
    }
    return render(request, "portal/kb/list.html", context)


@portal_page
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article, in the reader's language or the only one there is."""
    user = person(request)
    found = access.by_slug(user, slug)
    actions.read(found, by=user)
    return _page(request, found)


def _page(
    request: HttpRequest, found: Article, *, error: ActionError | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    version: Any = found.live
    given = request.GET.get("in", "")
    language = given if given in ("ko", "en") and version.has(given) else version.language
    answer = found.feedback.filter(user=user).order_by("-day").first()
    context = {
        "article": found,
        "language": language,
        "other": next((one for one in ("ko", "en") if one != language and version.has(one)), ""),
        "is_foreign": version.is_foreign and not given,
        "title": getattr(version, f"title_{language}"),
        "summary": getattr(version, f"summary_{language}"),
        "body": reading.body(found, version, user, language),
        "expired": found.is_expired(),
        "services": list(found.services.all()),
        "neighbours": reading.neighbours(found, user),
        "answer": answer,
        "asks": "again" in request.GET or answer is None,
        "error": error,
        "typed": request.POST.get("comment", ""),
        "report": f"{reverse('portal:report')}?article={found.number}",
    }
    return render(request, "portal/kb/article.html", context, status=status)


@portal_page
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether it helped. A no leads on to asking for help."""
    if request.method != "POST":
        return redirect("portal:article", slug)
    user = person(request)
    found = access.by_slug(user, slug)
    solved = request.POST.get("solved") == "yes"
    try:
        actions.vote(found, solved, by=user, comment=request.POST.get("comment", ""))
    except ActionError as error:
        return _page(request, found, error=error, status=error.status)
    messages.success(request, _("Thank you. That helps us to mend it."))
    return redirect(f"{reverse('portal:article', args=[slug])}#feedback")


@portal_page
def solved(request: HttpRequest, slug: str) -> HttpResponse:
    """An article solved it while a form was being filled in: the form is no longer needed."""
    if request.method != "POST":
        return redirect("portal:article", slug)
    user = person(request)
    found = access.by_slug(user, slug)
    form = slot_in(request)
    actions.vote(found, True, by=user, form=form.removeprefix("portal:"))
    if form:
        discard(form, by=user)
    messages.success(request, _("Good that it is solved. Nothing was sent."))
    return redirect("portal:home")
