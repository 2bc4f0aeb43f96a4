"""Sign-in, sign-in over an open page, sign-out, language."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import person
from accounts.actions import preferences
from accounts.forms import SignInForm
from core.errors import NotAllowed


class SignIn(LoginView):
    """E-mail and password. `next` is followed only within Maru; the session key is new."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """By POST only, so that no picture or link can sign anybody out."""

    http_method_names = ["post", "options"]
    next_page = "accounts:login"


@sensitive_post_parameters("password")
@login_not_required
@never_cache
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Sign in again from the dialog over a page whose session has ended: 204, or 422."""
    user = authenticate(
        request,
        username=request.POST.get("username", ""),
        password=request.POST.get("password", ""),
    )
    if user is None:
        return HttpResponse(status=422)
    login(request, user)
    return HttpResponse(status=204)


@login_not_required
def technical_sign_in(request: HttpRequest) -> HttpResponse:
    """In place of Django's second sign-in page, which would count no failures."""
    if request.user.is_authenticated:
        raise NotAllowed(_("Only for people who look after this installation itself."))
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect_to_login(wanted if ours else "/djadmin/", resolve_url("accounts:login"))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show Maru in another language: kept in a cookie, and for whoever is signed in."""
    code = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request))
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=60 * 60 * 24 * 365,
            samesite="Lax",
            secure=settings.BEHIND_TLS,
            httponly=True,
        )
        if request.user.is_authenticated:
            user = person(request)
            preferences.save_preferences(user, {"language": code}, by=user)
    return response


def safe_next(request: HttpRequest) -> str:
    """The page asked for in `next`, if it is one of ours; else the start page."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else "/"
