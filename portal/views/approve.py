"""The link of a mail to one decision: opens a page, and decides by POST only.

Mail programs look at links before people do, so a GET changes nothing, however often. It needs a
sign-in, which proves the person, unless the installation says that the link alone is enough.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.lockout import guesses_too_often
from accounts.models import User
from core import context, options
from core.errors import ActionError, NotAllowed, NotFound
from portal.forms import OpinionForm
from portal.generic import person
from portal.queries import approvals as queries
from tickets import actions
from tickets.models import Approval, ApprovalKey

GUESSES = "approval-key"
BARE = "ui/shell_bare.html"
PORTAL = "ui/shell_portal.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_key(request: HttpRequest, key: str) -> HttpResponse:
    """The decision page of a mailed link."""
    found = _opened(request, key)
    if isinstance(found, HttpResponse):
        return found
    with translation.override(_language(request, found.user)):
        response = _page(request, found, key)
        response["Content-Language"] = translation.get_language() or "en"
    return response


def _opened(request: HttpRequest, key: str) -> ApprovalKey | HttpResponse:
    """The key, if whoever asks may use it; else the page that says what to do instead."""
    is_in = request.user.is_authenticated
    if guesses_too_often(request, GUESSES, count=False):
        return _dead(request, _("Too many wrong links were opened here. Wait 15 minutes."), 429)
    try:
        found = actions.find_key(key)
    except NotFound as error:
        guesses_too_often(request, GUESSES)
        return _dead(request, str(error.message), 404)
    except ActionError as error:
        return _dead(request, str(error.message), 410)
    if not is_in and not options.get("approve_without_sign_in"):
        return redirect_to_login(request.path)
    if is_in and person(request).pk != found.user_id:
        message = _("This link was sent to somebody else. Sign in as the person it was sent to.")
        return _dead(request, message, 403)
    return found


def _language(request: HttpRequest, user: User) -> str:
    chose = request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return (translation.get_language() if chose else user.language) or settings.LANGUAGE_CODE


def _page(request: HttpRequest, found: ApprovalKey, key: str) -> HttpResponse:
    form = OpinionForm(request.POST if request.method == "POST" else None)
    approval = found.seat.stage.approval
    refused = ""
    if form.is_bound and form.is_valid():
        try:
            return _decide(request, found, key, form.cleaned_data["text"])
        except (NotAllowed, NotFound) as error:
            refused = str(error.message)
        except ActionError as error:
            form.add_error("text", str(error.message))
    try:
        fresh = queries.approval_of(found.user, approval.pk)
        decision = queries.decision(found.user, fresh, found.seat_id)
    except NotFound:
        return _dead(request, _("This is no longer yours to decide."), 410)
    shown: dict[str, Any] = {
        "shell": PORTAL if request.user.is_authenticated else BARE,
        "alone": not request.user.is_authenticated,
        "decision": decision,
        "form": form,
        "typed": form["text"].value() or "",
        "refused": refused,
        "key": key,
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "portal/approvals/by_key.html", shown, status=status)


def _decide(request: HttpRequest, found: ApprovalKey, key: str, text: str) -> HttpResponse:
    answer = request.POST.get("answer", "")
    signed_in = person(request) if request.user.is_authenticated else None
    with context.work("mail", context.request_id.get()):
        approval = actions.decide_with(key, answer, opinion=text, by=signed_in)
    if signed_in is not None:
        done = _("You have approved it.") if answer == "approve" else _("You have rejected it.")
        messages.success(request, done)
        return redirect("portal:approval", approval.pk)
    return _done(request, approval, answer)


def _done(request: HttpRequest, approval: Approval, answer: str) -> HttpResponse:
    shown = {"approval": approval, "ticket": approval.ticket, "approved": answer == "approve"}
    return render(request, "portal/approvals/done.html", shown)


def _dead(request: HttpRequest, message: str, status: int) -> HttpResponse:
    """A link that leads nowhere (any more), and what to do instead."""
    shown = {"message": message, "status_code": status}
    return render(request, "portal/approvals/dead.html", shown, status=status)
