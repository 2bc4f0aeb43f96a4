"""Pages about oneself: profile, preferences, sessions, tokens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import delegations, devices, queries
from accounts.access import person
from accounts.actions import preferences, sessions, tokens
from accounts.forms import PreferencesForm, ProfileForm, QuietForm, TokenForm
from accounts.models import ApiToken, QuietHours, SignInSession, User
from accounts.reach import reach_of
from core.errors import ActionError, NotFound
from core.forms import refuse


def frame(request: HttpRequest) -> str:
    """The frame somebody works in: agents see these pages on the desk, others in the portal."""
    desk = reach_of(person(request)).opens_desk
    return "ui/shell_desk.html" if desk else "ui/shell_portal.html"


def profile(request: HttpRequest) -> HttpResponse:
    """Who Maru takes me for, and how I am reached."""
    user = person(request)
    initial = {name: getattr(user, name) for name in preferences.CONTACTS}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        preferences.save_contacts(user, form.cleaned_data, by=user)
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    context = {
        "form": form,
        "frame": frame(request),
        "grants": user.grants.order_by("role"),
        "teams": user.teams.order_by("name_en"),
        "given": [line for line in delegations.given_by(user) if line.is_ahead],
        "held": [line for line in delegations.held_by(user) if line.is_ahead],
    }
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


def edit_preferences(request: HttpRequest) -> HttpResponse:
    """Language, time zone, density, theme, shortcuts, mail."""
    user = person(request)
    form = PreferencesForm(request.POST or None, initial=_looks(user))
    if request.method == "POST" and form.is_valid():
        try:
            preferences.save_preferences(user, form.cleaned_data, by=user)
        except ActionError as error:
            refuse(form, error)
        else:
            response = redirect("accounts:preferences")
            messages.success(request, _("Saved."))
            return response
    return _preferences_page(request, form, QuietForm(initial=_quiet(user)))


@require_POST
def edit_quiet_hours(request: HttpRequest) -> HttpResponse:
    """When notices wait: the second form of the preferences."""
    user = person(request)
    form = QuietForm(request.POST)
    if form.is_valid():
        try:
            preferences.save_quiet_hours(user, form.values(), by=user)
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:preferences")
    return _preferences_page(request, PreferencesForm(initial=_looks(user)), form)


def _preferences_page(
    request: HttpRequest, form: PreferencesForm, quiet: QuietForm
) -> HttpResponse:
    context = {"form": form, "quiet": quiet, "frame": frame(request)}
    status = 422 if form.errors or quiet.errors else 200
    return render(request, "accounts/preferences.html", context, status=status)


def _looks(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in preferences.PREFERENCES}


def _quiet(user: User) -> dict[str, Any]:
    row = QuietHours.objects.filter(user=user).values(*preferences.QUIET).first()
    return {"is_on": True, **row} if row else {}


def list_sessions(request: HttpRequest) -> HttpResponse:
    """The browsers I am signed in with."""
    rows = [
        {
            "session": session,
            "device": devices.describe(session.agent) or _("Unknown browser"),
            "icon": "phone" if devices.is_handheld(session.agent) else "device-desktop",
            "is_this": session.session_key == request.session.session_key,
        }
        for session in queries.live_sessions(person(request))
    ]
    return render(request, "accounts/sessions.html", {"rows": rows, "frame": frame(request)})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = SignInSession.objects.filter(pk=pk, user=person(request)).first()
    if session is None:
        raise NotFound(_("There is no such session."))
    sessions.end(session, by=person(request))
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:sessions")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    sessions.end_all(person(request), by=person(request), but=request.session.session_key or "")
    messages.success(request, _("All other browsers are signed out."))
    return redirect("accounts:sessions")


def list_tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens. A new one's text is in the answer to the form that made it, and only there."""
    form = TokenForm(request.POST or None)
    issued = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            issued = tokens.issue(
                person(request),
                data["name"],
                [data["scope"]],
                form.expires_at(),
                by=person(request),
            )
            form = TokenForm()
        except ActionError as error:
            refuse(form, error)
    context = {
        "form": form,
        "frame": frame(request),
        "issued": issued,
        "tokens": queries.usable_tokens(person(request)).order_by("-created_at"),
    }
    response = render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = ApiToken.objects.filter(pk=pk, user=person(request)).first()
    if token is None:
        raise NotFound(_("There is no such token."))
    tokens.revoke(token, by=person(request))
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")
