"""Saying how satisfied one is: by the mail's link without signing in, by the record, of a service.

Opening a page never votes, whoever opens it: mail programs look at links before people do.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core.errors import ActionError, NotFound
from core.forms import refuse
from portal import access
from portal.forms import FeedbackForm, SurveyForm
from portal.generic import person, portal_page
from portal.queries.survey import page_of, stars
from surveys import actions
from surveys.models import Survey
from surveys.queries import answers
from surveys.queries.feedback import own_feedback

OPEN_OR_SENT = ["GET", "HEAD", "POST"]


@login_not_required
@never_cache
@require_http_methods(OPEN_OR_SENT)
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mail's link, in the language of whom it was sent to."""
    survey = answers.by_token(token)
    if survey is None:
        raise NotFound(_("There is no such survey. Open the link as it stands in the mail."))
    with translation.override(_language(request, survey.user)):
        here = reverse("portal:survey", args=[token])
        response = _answer(request, survey, here, "ui/shell_bare.html")
        response["Content-Language"] = translation.get_language() or "en"
    return response


def _language(request: HttpRequest, user: User) -> str:
    """What the reader has chosen here, else what the person prefers."""
    chose = request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return (translation.get_language() if chose else user.language) or settings.LANGUAGE_CODE


@portal_page
@require_http_methods(OPEN_OR_SENT)
def of_record(request: HttpRequest, number: str) -> HttpResponse:
    """The same page for somebody who is signed in, from the closed record."""
    survey = answers.newest_of(access.get(person(request), number), person(request))
    if survey is None:
        raise NotFound(_("There is no survey about this request."))
    here = reverse("portal:record_survey", args=[number])
    return _answer(request, survey, here, "ui/shell_portal.html")


def _answer(request: HttpRequest, survey: Survey, here: str, shell: str) -> HttpResponse:
    form = SurveyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.vote(survey, by=survey.user, **form.cleaned_data)
            return redirect(f"{here}?thanks=1")
        except ActionError as error:
            refuse(form, error)
    context = page_of(survey, form, request.GET.get("face", ""))
    context |= {"shell": shell, "here": here, "thanks": "thanks" in request.GET}
    ended = context["ended"] and request.method != "POST" and shell == "ui/shell_bare.html"
    status = 422 if form.errors else 410 if ended else 200
    return render(request, "portal/survey/page.html", context, status=status)


@portal_page
@require_http_methods(OPEN_OR_SENT)
def of_service(request: HttpRequest, pk: int) -> HttpResponse:
    """Feedback on a service as such; the second one replaces the first for a while."""
    service = Service.objects.filter(pk=pk, status=ServiceStatus.LIVE).first()
    if service is None:
        raise NotFound(_("There is no such service."))
    own = own_feedback(service, person(request), timezone.now())
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.give(service, by=person(request), **form.cleaned_data)
            messages.success(request, _("Thank you. Whoever answers for the service reads it."))
            return redirect("portal:feedback", pk)
        except ActionError as error:
            refuse(form, error)
    shown = form["stars"].value() or (own.stars if own else None)
    context: dict[str, Any] = {
        "service": service,
        "own": own,
        "form": form,
        "choices": stars(shown),
        "comment": form["comment"].value() or (own.comment if own and not form.is_bound else ""),
    }
    status = 422 if form.errors else 200
    return render(request, "portal/survey/service.html", context, status=status)
