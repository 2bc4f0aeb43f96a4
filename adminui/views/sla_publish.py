"""Publishing what was edited: what changed, what it would do, and the history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from adminui.base import administration, attempt
from adminui.forms.sla_publish import PublishForm
from adminui.queries import by_key
from adminui.views.sla_frame import show_draft
from core.errors import ActionError, NotFound
from sla.actions import impact
from sla.actions.drafts import fingerprint
from sla.actions.publish import publish
from sla.enums import Reach
from sla.models import Book, Preview
from sla.queries import books as queries
from sla.queries import changes

SECTION = "sla-publish"


@administration
def show_publish(request: HttpRequest) -> HttpResponse:
    """What would be published, with its effect on the records of the reach asked for."""
    reach = _reach(request.GET.get("reach"))
    if request.headers.get("HX-Target") == "impact":
        return render(request, "adminui/sla/_impact.html", _impact(request, reach))
    if request.method == "POST":
        return _publish(request)
    return _page(request, PublishForm(initial={"reach": reach}), reach)


def _reach(text: str | None) -> Reach:
    return Reach(text) if text in Reach.values else Reach.OPEN


def _publish(request: HttpRequest) -> HttpResponse:
    form = PublishForm(request.POST)
    made = attempt(request, form, lambda: _do(request, form), _("Published."))
    if made:
        return redirect("adminui:sla_book", made.pk)
    return _page(request, form, _reach(request.POST.get("reach")))


def _do(request: HttpRequest, form: PublishForm) -> Book:
    if request.POST.get("draft") != fingerprint(changes.draft()):
        raise ActionError(
            _("Somebody edited agreements meanwhile. Look again at what would be published.")
        )
    data = form.cleaned_data
    return publish(by=person(request), reach=data["reach"], note=data["note"])


def _page(request: HttpRequest, form: PublishForm, reach: Reach) -> HttpResponse:
    newest, draft = changes.newest(), changes.draft()
    page = by_key(Book.objects.defer("data"), ("-id",), request.GET.get("after", ""), 20)
    context: dict[str, Any] = {
        "form": form,
        "newest": newest,
        "changes": changes.changes(newest.data if newest else None, draft),
        "draft": fingerprint(draft),
        "books": queries.book_rows(page.rows),
        "page": page,
    } | _impact(request, reach)
    status = 422 if form.errors else 200
    return show_draft(request, "publish.html", SECTION, status=status, **context)


def _impact(request: HttpRequest, reach: Reach) -> dict[str, Any]:
    """What the first records concerned tell at once."""
    return _told(request, reach, impact.sample(reach))


def _told(request: HttpRequest, reach: Reach, seen: impact.Impact) -> dict[str, Any]:
    return {
        "reach": reach,
        "impact": seen,
        "effects": queries.effects(seen.counts),
        "moves": queries.moves(seen.rows, person(request)),
    }


@administration
@require_POST
def start_count(request: HttpRequest) -> HttpResponse:
    """Count on all records concerned, in the background."""
    preview = impact.start(_reach(request.POST.get("reach")), by=person(request))
    if not request.headers.get("HX-Request"):
        return redirect("adminui:sla_count", preview.pk)
    return _count(request, preview)


@administration
def show_count(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a count is; the page asks again until it is done."""
    preview = Preview.objects.filter(pk=pk).first()
    if preview is None:
        raise NotFound(_("There is no such count any more."))
    if not request.headers.get("HX-Request"):
        return redirect("adminui:sla_publish")
    return _count(request, preview)


def _count(request: HttpRequest, preview: Preview) -> HttpResponse:
    context = _told(request, Reach(preview.reach), impact.read(preview)) | {"preview": preview}
    return render(request, "adminui/sla/_impact.html", context)


@administration
def show_book(request: HttpRequest, pk: int) -> HttpResponse:
    """One publishing: who, when, how far the records have followed, and what it changed."""
    book = Book.objects.select_related("published_by").filter(pk=pk).first()
    if book is None:
        raise NotFound(_("There is no such publishing."))
    (row,) = queries.book_rows([book])
    if request.headers.get("HX-Target") == "following":
        return render(request, "adminui/sla/_following.html", {"row": row})
    before = Book.objects.filter(pk__lt=pk).order_by("pk").last()
    told = changes.changes(before.data if before else None, book.data)
    return show_draft(request, "book.html", SECTION, row=row, changes=told, before=before)
