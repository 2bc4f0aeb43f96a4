"""Values of a definition as they are typed and as they are kept."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import without_nul

_DAYS = re.compile(r"([+-]\d{1,5})")


def plain_number(text: str) -> str:
    """A number without the marks of thousands; what is none stays as it was typed."""
    plain = text.replace(",", "").strip()
    return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain) else text.strip()


def relative_day(text: str) -> Any:
    """A date as it is kept: "+7" is seven days from today; what is neither stays as typed."""
    plain = text.strip().replace("−", "-")
    found = _DAYS.fullmatch(plain)
    return {"days": int(found[1])} if found else plain


def shown(value: Any) -> str:
    """A kept number, date or text as it is typed."""
    if isinstance(value, Mapping):
        days = value.get("days")
        return f"{days:+d}" if isinstance(days, int) else ""
    if value is None or isinstance(value, bool | list):
        return ""
    return str(value)


class Both(forms.Form):
    """A form with texts in both languages, side by side: `texts` names them.

    Each text `label` becomes the fields label_ko and label_en; `pairs` gives them back in twos.
    """

    texts: tuple[tuple[str, Any, int, bool], ...] = ()  # name, label, longest, several lines

    def __init__(self, data: Any = None, *, row: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for name, label, longest, several in self.texts:
            kept = (row or {}).get(name)
            for language, words in (("ko", _("Korean")), ("en", _("English"))):
                # What is too long is cut by nobody: the form says so, as does the definition.
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=_("%(text)s (%(language)s)") % {"text": label, "language": words},
                    max_length=longest,
                    required=False,
                    initial=_in(kept, language),
                    widget=_control(language, several),
                )

    def pair(self, name: str) -> tuple[Any, Any]:
        return self[f"{name}_ko"], self[f"{name}_en"]

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return [self.pair(name) for name, *_rest in self.texts]

    def written(self, name: str) -> dict[str, str]:
        """A text as the definition keeps it; empty languages are left out."""
        both = {
            language: without_nul(self.cleaned_data.get(f"{name}_{language}", "")).strip()
            for language in ("ko", "en")
        }
        return {language: said for language, said in both.items() if said}


def _in(kept: Any, language: str) -> str:
    if isinstance(kept, str):
        return kept
    return str(kept.get(language) or "") if isinstance(kept, Mapping) else ""


def _control(language: str, several: bool) -> forms.Widget:
    if several:
        return forms.Textarea({"rows": 3, "lang": language})
    return forms.TextInput({"lang": language, "autocomplete": "off"})
