"""What several forms of the administration have in common."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from adminui.widgets import row_picker


class Names(forms.Form):
    """A name in Korean and English; the action asks for one of them at least."""

    name_ko = forms.CharField(
        label=_("Name (Korean)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"lang": "ko"}),
    )
    name_en = forms.CharField(
        label=_("Name (English)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )


def person_field(label: Any, **extra: Any) -> Any:
    """An active person, chosen by typing."""
    return row_picker("people", User.objects.filter(is_active=True), label, **extra)


def team_field(label: Any, **extra: Any) -> Any:
    """An active team from a list."""
    extra.setdefault("required", False)
    rows = Team.objects.filter(is_active=True).order_by("name_en")
    extra.setdefault("empty_label", _("None") if not extra["required"] else _("Choose a team"))
    return forms.ModelChoiceField(rows, label=label, **extra)


def initial(row: Any, form: type[forms.Form]) -> dict[str, Any]:
    """What the form starts with for a row."""
    names = [name for name in form.base_fields if hasattr(row, name)]
    return {name: getattr(row, name) for name in names}
