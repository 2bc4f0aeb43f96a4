"""The form that takes a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from imports.tables import TABLES


class UploadForm(forms.Form):
    """Which kind of rows, and the file."""

    table = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX with headings in the first line; at most 5 MB and 2,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = [(key, table.label) for key, table in TABLES.items()]  # type: ignore[attr-defined]
