"""Changing one's password, and choosing one through a mailed link."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.access import person
from accounts.actions import passwords
from accounts.forms import AskLinkForm, ChangePasswordForm, NewPasswordForm
from accounts.lockout import asks_too_often
from accounts.models import User
from accounts.views.me import frame
from core.errors import ActionError
from core.forms import refuse


@login_not_required
def ask_link(request: HttpRequest) -> HttpResponse:
    """Ask for a password link; the answer does not tell whether the address is known."""
    form = AskLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not asks_too_often(request):
            with transaction.atomic():
                passwords.ask_link(form.cleaned_data["email"])
        return redirect("accounts:password_asked")
    return render(
        request, "accounts/password_ask.html", {"form": form}, status=422 if form.errors else 200
    )


@login_not_required
def link_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_asked.html")


@method_decorator(login_not_required, name="dispatch")
class ChooseByLink(PasswordResetConfirmView):
    """The page behind the mailed link. The token moves into the session, out of the address."""

    form_class: Any = NewPasswordForm
    template_name = "accounts/password_choose.html"

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("user", None)
        return kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        user = cast(User, self.user)  # without one the form is not shown
        try:
            passwords.set_password(user, form.cleaned_data["new_password1"], by=user)
        except ActionError as error:
            refuse(form, error)
            return self.form_invalid(form)
        self.request.session.flush()
        messages.success(self.request, _("Your password is set. Sign in with it now."))
        return redirect("accounts:login")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@sensitive_post_parameters()
def change(request: HttpRequest) -> HttpResponse:
    """Change one's password; every other browser is signed out."""
    user = person(request)
    form = ChangePasswordForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passwords.set_password(
                user,
                form.cleaned_data["new_password1"],
                by=user,
                keep_session=request.session.session_key or "",
            )
        except ActionError as error:
            refuse(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. Other browsers are signed out."))
            return redirect("accounts:password")
    context = {"form": form, "frame": frame(request)}
    return render(request, "accounts/password.html", context, status=422 if form.errors else 200)
