"""A form's text box with suggestions, that sends the id of the chosen row."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.text import row_id


class Picker(forms.TextInput):
    """ui/_picker.html for rows of one kind. `source` names the list of the desk's suggestions."""

    def __init__(self, source: str, rows: QuerySet[Any]) -> None:
        super().__init__()
        self.source = source
        self.rows = rows

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        attrs = {**self.attrs, **(attrs or {})}
        row = self.rows.filter(pk=row_id(value)).first()
        context = {
            "name": name,
            "url": reverse("desk:pick", args=[self.source]),
            "value": row.pk if row else "",
            "label": row.name if row else "",
            "id": attrs.get("id", f"id_{name}"),
            "required": attrs.get("required", False),
            "described": attrs.get("aria-describedby", ""),
            "invalid": attrs.get("aria-invalid", ""),
        }
        return mark_safe(render_to_string("ui/_picker.html", context))  # noqa: S308 - a template


def row_picker(source: str, rows: QuerySet[Any], label: Any, **extra: Any) -> Any:
    """A field for one row of `rows`, chosen by typing."""
    extra.setdefault("required", False)
    return forms.ModelChoiceField(rows, label=label, widget=Picker(source, rows), **extra)
