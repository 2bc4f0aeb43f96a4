"""Publishing an offering, and bringing offerings in from a file."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishForm(forms.Form):
    """What the history will say. `edition`: what was looked at before publishing."""

    note = forms.CharField(
        label=_("What changed, and why"),
        max_length=300,
        required=False,
        help_text=_("For those who look at the history later."),
    )
    edition = forms.IntegerField(required=False)


class FileForm(forms.Form):
    """A file that another installation made."""

    file = forms.FileField(
        label=_("File with offerings"),
        help_text=_("As “Export” of another installation gives it (.json, 5 MB at most)."),
        widget=forms.ClearableFileInput({"accept": ".json,application/json"}),
    )
