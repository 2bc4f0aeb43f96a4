"""The words of one mail in both languages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.texts import LONGEST_SUBJECT, Words


def _body(label: Any, language: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "lang": language}),
    )


def _subject(label: Any, language: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"lang": language})
    return forms.CharField(label=label, required=False, max_length=LONGEST_SUBJECT, widget=widget)


class WordsForm(forms.Form):
    """What must be in a text is checked by the action."""

    subject_ko = _subject(_("Subject (Korean)"), "ko")
    body_ko = _body(_("Text (Korean)"), "ko")
    subject_en = _subject(_("Subject (English)"), "en")
    body_en = _body(_("Text (English)"), "en")

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data.get(name, "") for name in self.fields})
