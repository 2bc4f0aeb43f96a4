"""Who is asking: signed in or not, in which language and time zone, last seen when."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from accounts import presence

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """Before anybody is known: the language cookie, else what the browser asks for."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language_from_request(request))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        translation.deactivate()
        return response


class ReaderMiddleware:
    """Once the person is known: their language and zone, for the rest of the request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        zone = settings.DEFAULT_USER_TIME_ZONE
        if user.is_authenticated:
            if user.language:
                translation.activate(user.language)
            zone = user.time_zone or zone
            presence.note_sometimes(request, user)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless its view says @login_not_required.

    A script's request is answered 401 with X-Session-Expired, so that the page can ask for the
    password in a dialog and go on; a page's request goes to the sign-in page and comes back.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        login = reverse("accounts:login")
        if _is_script(request):
            return HttpResponse(status=401, headers={"X-Session-Expired": login})
        return redirect_to_login(_way_back(request), login)


def _is_script(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) or (
        request.headers.get("X-Requested-With") == "fetch"
    )


def _way_back(request: HttpRequest) -> str:
    """The page to return to: never the address of a form that was sent, which has no page."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"
