"""Forms of webhooks and of the log of who was told."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from adminui.widgets import row_picker
from notifications.enums import Channel, DeliveryState, HookEvent, HookKind, What


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(
        label=pgettext_lazy("webhook", "For"), choices=HookKind.choices, initial=HookKind.JSON
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("https:// and a public host. Further hosts are allowed in the installation."),
    )
    events = forms.MultipleChoiceField(
        label=_("Calls it when"),
        choices=HookEvent.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("An agreement on service levels can call it besides."),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.filter(is_active=True).order_by("name_en"),
        label=_("Only for records of these teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
    new_secret = forms.BooleanField(label=_("Make a new secret"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kwargs.get("initial"):
            del self.fields["new_secret"]


def _anything(choices: Any) -> Any:
    return lazy(lambda: [("", _("Anything")), *choices.choices], list)


class DeliveryFilter(forms.Form):
    """Of the log of who was told."""

    person = row_picker("people", User.objects.all(), _("Person"))
    number = forms.CharField(label=_("Record"), max_length=20, required=False)
    what = forms.ChoiceField(label=_("Told as"), required=False, choices=_anything(What))
    channel = forms.ChoiceField(label=_("How"), required=False, choices=_anything(Channel))
    state = forms.ChoiceField(label=_("Status"), required=False, choices=_anything(DeliveryState))
