"""Satisfaction: results, the answers behind each number, one answer, feedback on services."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person
from core import export
from core.errors import ActionError, NotFound
from core.text import row_id
from desk.queries.csat import Choice, Page
from desk.queries.csatfeedback import FeedbackPage
from desk.queries.csatlist import Listing, answer_row
from desk.queries.csattables import ANSWERS, GROUPS, answer_cells, group_cells
from desk.views.base import desk_page
from surveys import actions
from surveys.access import extent_of
from surveys.models import Feedback
from surveys.queries.answers import earlier_answer
from surveys.queries.feedback import feedback_in
from surveys.queries.results import related, seen_by


@desk_page
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Figures of a period; everything of the page is in its address."""
    page = Page(Choice.parse(request.GET), person(request))
    return render(request, "desk/csat/results.html", {"page": page, "choice": page.choice})


@desk_page
@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """The table of groups as a file."""
    page = Page(Choice.parse(request.GET), person(request))
    rows = (group_cells(group) for group in page.groups)
    return export.answer(f"csat {page.choice.when}", "csv", [str(head) for head in GROUPS], rows)


def _listing(request: HttpRequest) -> Listing:
    listing = Listing.parse(request.GET, person(request))
    if listing is None:
        raise NotFound(_("There is no such list."))
    return listing


@desk_page
@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """The very surveys that a number counts."""
    return render(request, "desk/csat/answers.html", {"list": _listing(request)})


@desk_page
@require_GET
def answers_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    listing = _listing(request)
    rows = (answer_cells(row) for row in listing.all_rows())
    name = f"csat {listing.of} {listing.choice.when}"
    return export.answer(name, "csv", [str(head) for head in ANSWERS], rows)


@desk_page
@require_GET
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer. Where a follow-up task leads."""
    user = person(request)
    survey = related(seen_by(user, extent_of(user))).filter(pk=pk).first()
    if survey is None:
        raise NotFound(_("There is no such answer."))
    row = answer_row(survey, user, timezone.now())
    context = {"row": row, "survey": survey, "earlier": earlier_answer(survey)}
    return render(request, "desk/csat/answer.html", context)


@desk_page
@require_GET
def feedback(request: HttpRequest) -> HttpResponse:
    """What people say of services as such, for whoever answers for them."""
    page = FeedbackPage(person(request), row_id(request.GET.get("after")))
    return render(request, "desk/csat/feedback.html", {"page": page})


@desk_page
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one out of sight, for a reason."""
    user, found = person(request), _feedback(request, pk)
    reason = request.POST.get("reason", "")
    return _moderated(request, lambda: actions.hide(found, reason, by=user), _("Hidden."))


@desk_page
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a hidden one again."""
    user, found = person(request), _feedback(request, pk)
    return _moderated(request, lambda: actions.show(found, by=user), _("Shown again."))


def _feedback(request: HttpRequest, pk: int) -> Feedback:
    user = person(request)
    found: Feedback | None = feedback_in(extent_of(user), user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such feedback."))
    return found


def _moderated(request: HttpRequest, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        act()
    except ActionError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect("desk:csat_feedback")
