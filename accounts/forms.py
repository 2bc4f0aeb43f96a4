"""Forms of signing in and of the pages about oneself."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Density, Theme, TokenScope, Weekday
from accounts.models import User
from core.zones import zone_choices

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
PASSWORD_HINT = _("At least 10 characters; several words are easy to remember.")


class SignInForm(AuthenticationForm):
    """E-mail and password; the same refusal whatever is wrong with them."""

    error_messages = {
        "invalid_login": _("E-mail or password is not right. Check both and try again."),
        "inactive": _("E-mail or password is not right. Check both and try again."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        email = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["username"] = forms.CharField(label=_("E-mail"), max_length=254, widget=email)
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"


class AskLinkForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


def _password(label: Any, autocomplete: str, hint: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, widget=widget, help_text=hint, max_length=256)


class NewPasswordForm(forms.Form):
    """A new password, twice. What it must be is checked by the action."""

    new_password1 = _password(_("New password"), "new-password", PASSWORD_HINT)
    new_password2 = _password(_("New password again"), "new-password")
    twice = ("new_password1", "new_password2")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.keys() >= set(self.twice) and len({data[name] for name in self.twice}) > 1:
            self.add_error("new_password2", _("The two passwords differ. Type both again."))
        return data


class ChangePasswordForm(NewPasswordForm):
    """The same, after showing that one knows the present password."""

    old_password = _password(_("Present password"), "current-password")
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Failures count as at the sign-in page: a stolen session must not try for ever."""
        given: str = self.cleaned_data["old_password"]
        if not authenticate(self.request, username=self.request.user.email, password=given):
            raise forms.ValidationError(_("This is not your present password."))
        return given


class ProfileForm(forms.Form):
    roman_name = forms.CharField(
        label=_("Romanised name"),
        max_length=80,
        required=False,
        help_text=_("Shown in English: Gildong Hong"),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    extension = forms.CharField(label=_("Extension"), max_length=20, required=False)
    location = forms.CharField(
        label=_("Location"), max_length=120, required=False, help_text=_("Building, floor, desk")
    )


def _zones() -> list[tuple[str, Any]]:
    usual = _("As the organisation (%(zone)s)") % {"zone": settings.DEFAULT_USER_TIME_ZONE}
    return [("", usual), *zone_choices()]


class PreferencesForm(forms.Form):
    """How Maru looks to this person, and when it writes to them."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As my browser")), ("ko", "한국어"), ("en", "English")],
        help_text=_("Mails to you are written in it too."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, choices=_zones, help_text=_("Times are shown in it.")
    )
    density = forms.ChoiceField(
        label=_("Density of lists"), choices=Density.choices, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(
        label=pgettext_lazy("appearance", "Theme"), choices=Theme.choices, widget=forms.RadioSelect
    )
    shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("Keys such as J, K and R work without Ctrl. Press ? to see them all."),
    )
    mail_notices = forms.BooleanField(
        label=_("Notices by mail"),
        required=False,
        help_text=_("The inbox in Maru always has them."),
    )


class QuietForm(forms.Form):
    """When notices to this person wait."""

    is_on = forms.BooleanField(
        label=_("I have quiet hours"),
        required=False,
        help_text=_("Mails wait until they end. While you are on duty there are none."),
    )
    begins = forms.TimeField(label=_("From"), initial=time(22), widget=TIME)
    ends = forms.TimeField(label=_("Until"), initial=time(7), widget=TIME)
    days = forms.TypedMultipleChoiceField(
        label=_("Beginning on"),
        required=False,
        coerce=int,
        choices=Weekday.choices,
        initial=list(range(7)),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check-row"}),
    )
    work_days_only = forms.BooleanField(label=_("All of Saturday and Sunday too"), required=False)

    def clean(self) -> dict[str, Any]:
        """Switched off, it does not matter what else is there."""
        data = super().clean() or {}
        if not data.get("is_on"):
            self.errors.clear()
        return data

    def values(self) -> dict[str, Any] | None:
        """What the action takes: None when there are to be no quiet hours."""
        data = dict(self.cleaned_data)
        return data if data.pop("is_on") else None


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will use it, such as: backup script")
    )
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=TokenScope.choices,
        initial=TokenScope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("Works for"),
        help_text=_("Then it stops by itself."),
        coerce=int,
        initial=90,
        choices=[
            (30, _("30 days")),
            (90, _("90 days")),
            (365, _("1 year")),
            (0, _("Until it is revoked")),
        ],
    )

    def expires_at(self) -> datetime | None:
        """The end of the last day it works, or None."""
        days: int = self.cleaned_data["days"]
        if not days:
            return None
        last = timezone.now().astimezone(UTC).date() + timedelta(days=days)
        return datetime.combine(last, time.max, tzinfo=UTC)


def _instant(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label,
        widget=widget,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": _("Enter day and time.")},
    )


class DelegationForm(forms.Form):
    """Who stands in, from when until when."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who decides meanwhile?"),
        error_messages={
            "required": _("Choose who stands in."),
            "invalid_choice": _("Choose somebody from the list."),
        },
    )
    starts_at = _instant(_("From"))
    ends_at = _instant(_("Until"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Such as: leave")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.all()  # type: ignore[attr-defined]
