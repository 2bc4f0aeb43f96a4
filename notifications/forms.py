"""What the inbox's forms send."""

from typing import Any

from django import forms


class SelectionForm(forms.Form):
    """Records chosen in the inbox, or all of them."""

    everything = forms.BooleanField(required=False)
    tickets = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tickets"].valid_value = str.isdecimal  # type: ignore[attr-defined]

    def chosen(self) -> list[int] | None:
        """Ids of records; None means all; nothing chosen is an empty list."""
        if not self.is_valid():
            return []
        return None if self.cleaned_data["everything"] else self.cleaned_data["tickets"]
