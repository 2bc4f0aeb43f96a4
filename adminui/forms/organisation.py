"""The organisation's options, as core/options.py declares them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from adminui.forms.common import team_field
from core import options
from tickets.actions.matrix import RAISES

# The options that the page of surveys shows.
SURVEYS = ("surveys", "survey_pause_days", "survey_low_score")


class OptionsForm(forms.Form):
    """One field per option, but those that have a page of their own."""

    @staticmethod
    def shows(key: str) -> bool:
        return key not in (*RAISES, *SURVEYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, definition in options.DEFINITIONS.items():
            if self.shows(key):
                field = _field(definition)
                field.initial = options.get(key)
                self.fields[key] = field

    def values(self) -> dict[str, Any]:
        """What was sent, as the action takes it."""
        data = dict(self.cleaned_data)
        team = data.get("default_team")
        payer = data.get("it_department")
        return data | {
            "default_team": team.pk if team else 0,
            "it_department": payer.pk if payer else 0,
        }


class SurveysForm(OptionsForm):
    """The options of surveys."""

    @staticmethod
    def shows(key: str) -> bool:
        return key in SURVEYS

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def _field(definition: options.Definition) -> Any:
    common = {"label": definition.label, "help_text": definition.help}
    if definition.key == "default_team":
        return team_field(definition.label, empty_label=_("The one made first"))
    if definition.key == "it_department":
        return forms.ModelChoiceField(
            Department.objects.all(), empty_label=_("None"), required=False, **common
        )
    if definition.type is bool:
        return forms.BooleanField(required=False, **common)
    if definition.type is int:
        return forms.IntegerField(min_value=definition.low, max_value=definition.high, **common)
    return forms.CharField(max_length=200, **common)
