"""What the inbox's forms send."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from notifications.enums import Channel, Level
from notifications.queries import Choice


class SelectionForm(forms.Form):
    """Records and reminders chosen in the inbox, or all of them."""

    everything = forms.BooleanField(required=False)
    tickets = forms.TypedMultipleChoiceField(coerce=int, required=False)
    reminders = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("tickets", "reminders"):
            self.fields[name].valid_value = _is_id  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, list[int] | None]:
        """Ids of records and of reminders; None means all; nothing chosen is an empty list."""
        names = ("tickets", "reminders")
        if not self.is_valid():
            return {name: [] for name in names}
        everything = self.cleaned_data["everything"]
        return {name: None if everything else self.cleaned_data[name] for name in names}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


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
