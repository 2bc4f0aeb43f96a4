"""Articles beside a record: suggestions, writing one out of it, putting one into a reply."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person
from core.markdown import plain
from core.text import without_nul
from desk.views.base import desk_page
from knowledge import access as articles
from knowledge import actions
from knowledge.models import Article
from knowledge.queries import reading, suggest
from knowledge.search import find
from tickets import access
from tickets.models import Ticket

LONGEST_TEXT = 3000


@desk_page
@require_GET
def beside(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """What was used here, and what may help: by title, service and affected items."""
    user = person(request)
    ticket = access.get(user, number)
    used = reading.of_ticket(ticket, user)
    known = {one.article_id for one in used}
    first = ticket.ticket_items.select_related("item").order_by("pk").first()
    item = first.item if first else None
    hits = suggest(ticket.title, reader=user, service=ticket.service, item=item, limit=6)
    context = {
        "ticket": ticket,
        "url": ticket.get_absolute_url(),
        "used": used,
        "hits": [hit for hit in hits if hit.id not in known][:4],
        "may_write": articles.writes(user)
        and access.can(user, "work", ticket)
        and not ticket.restricted,
    }
    return render(request, "tickets/_articles.html", context)


@desk_page
@require_POST
def write(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """A draft out of this record."""
    ticket = access.get(person(request), number)
    article = actions.write_from(ticket, by=person(request))
    said = _("A draft was made of this record. Check that nothing private is in it.")
    messages.success(request, said)
    where = reverse("desk:article_edit", args=[article.pk])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


@desk_page
@require_GET
def pick(request: HttpRequest, folder: str, number: str) -> HttpResponse:
    """Articles to put into a message; without words those that fit the record."""
    user = person(request)
    ticket = access.get(user, number)
    query = without_nul(request.GET.get("q", "")).strip()[:200]
    mode = "memo" if request.GET.get("mode") == "memo" else "reply"
    hits = find(user, query, limit=8) if query else suggest(
        ticket.title, reader=user, service=ticket.service, limit=8
    )  # fmt: skip
    context = {
        "url": ticket.get_absolute_url(),
        "mode": mode,
        "query": query,
        "rows": _choices(ticket, [hit.id for hit in hits], mode),
    }
    listed = "q" in request.GET
    template = "tickets/_article_choices.html" if listed else "tickets/_article_picker.html"
    return render(request, template, context)


def _choices(ticket: Ticket, ids: list[int], mode: str) -> list[dict[str, Any]]:
    """Each article with what would be put in; warned of where the requester may not read it."""
    found = Article.objects.select_related("live").in_bulk(ids)
    meant = set(
        Article.objects.meant_for(ticket.requester).filter(pk__in=ids).values_list("pk", flat=True)
    )
    return [_choice(found[pk], pk in meant, mode) for pk in ids if pk in found]


def _choice(article: Article, is_readable: bool, mode: str) -> dict[str, Any]:
    live: Any = article.live
    path = reverse("portal:article", args=[article.slug])
    if mode == "memo" or not is_readable:
        path = article.get_absolute_url()
    link = f"{live.title} ({article.number})\n{settings.PUBLIC_URL.rstrip('/')}{path}\n"
    return {
        "article": article,
        "title": live.title,
        "link": link,
        "text": f"{link}\n{plain_lines(live.body)[:LONGEST_TEXT]}\n",
        "warns": mode == "reply" and not is_readable,
    }


def plain_lines(body: str) -> str:
    """A text without its markup, line by line."""
    return "\n".join(plain(line) if line.strip() else "" for line in body.splitlines())
