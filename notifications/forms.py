"""What the inbox's forms send."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from notifications.enums import Channel, Level
from notifications.queries import Choice


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


def chosen_levels(sent: Mapping[str, Any], choices: Iterable[Choice]) -> dict[str, Level]:
    """The levels that the matrix of preferences sends: a box for the product, a menu for mail."""
    levels = {}
    for choice in choices:
        text = sent.get(choice.name, "")
        if choice.channel == Channel.IN_APP:
            levels[choice.name] = Level.NOW if text else Level.NONE
        elif text in Level.values:
            levels[choice.name] = Level(text)
    return levels
