"""The settings of one question of a form, with its options and its condition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from adminui.forms.catalog_conditions import ConditionForm
from adminui.forms.catalog_values import Both, plain_number, relative_day, shown
from catalog.actions.parts import free_key
from catalog.enums import FieldType
from catalog.queries import words
from cmdb.enums import ItemType
from core.text import row_id, without_nul

MOST_OPTIONS = 200
CHOOSING = (FieldType.CHOICE, FieldType.CHOICES)
# The settings that a type has beside those of every question.
SETTINGS: dict[str, tuple[str, ...]] = {
    FieldType.TEXT: ("longest", "pattern"),
    FieldType.LONG_TEXT: ("longest",),
    FieldType.NUMBER: ("low", "high"),
    FieldType.AMOUNT: ("low", "high"),
    FieldType.DATE: ("low", "high"),
    FieldType.ITEM: ("item_types", "mine"),
    FieldType.FILE: ("files",),
}
NO_DEFAULT = (FieldType.FILE, FieldType.NOTE, FieldType.PERSON, FieldType.ITEM, FieldType.CHOICES)
DAY_HELP = gettext_lazy("A date such as 2027-01-31, or days from today such as +7.")


class SectionForm(Both):
    """The heading of a section."""

    texts = (
        ("title", gettext_lazy("Heading"), 120, False),
        ("hint", gettext_lazy("Sentence below the heading"), 300, False),
    )

    def put(self, row: dict[str, Any]) -> None:
        row.update(title=self.written("title"), hint=self.written("hint"))


class NewQuestionForm(forms.Form):
    """What a question needs to begin with."""

    type = forms.ChoiceField(label=gettext_lazy("Kind of answer"), choices=FieldType)
    label = forms.CharField(label=gettext_lazy("Question"), max_length=200)


class QuestionForm(Both):
    """One question. Only what its type knows is asked."""

    texts = (
        ("label", gettext_lazy("Question"), 2000, False),
        ("help", gettext_lazy("Help below it"), 500, False),
    )
    type = forms.ChoiceField(
        label=gettext_lazy("Kind of answer"),
        choices=FieldType,
    )
    required = forms.BooleanField(label=gettext_lazy("Has to be answered"), required=False)
    longest = forms.IntegerField(
        label=gettext_lazy("Longest answer, in letters"),
        min_value=1,
        max_value=10_000,
        required=False,
    )
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A regular expression that the whole answer has to match."),
        widget=forms.TextInput(
            {"class": "input mono", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    low = forms.CharField(label=gettext_lazy("Smallest"), max_length=20, required=False)
    high = forms.CharField(label=gettext_lazy("Largest"), max_length=20, required=False)
    item_types = forms.MultipleChoiceField(
        label=gettext_lazy("Types of items"),
        choices=ItemType,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: every type."),
    )
    mine = forms.BooleanField(
        label=gettext_lazy("Only items of the person it is for"), required=False
    )
    files = forms.IntegerField(  # type: ignore[assignment]
        label=gettext_lazy("Most files"), min_value=1, max_value=20, required=False
    )

    def __init__(
        self,
        row: Mapping[str, Any],
        earlier: Sequence[Mapping[str, Any]],
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted, row=row)
        self.row = row
        known = posted.get("type", "") if posted is not None else str(row.get("type", ""))
        self.kind = known if known in FieldType.values else FieldType.TEXT.value
        self.condition = ConditionForm(row.get("shown_if"), earlier, posted)
        self.options = OptionSet(row.get("options") or [], posted)
        self._fit()
        for name in ("required", "mine", "longest", "files", "item_types"):
            if name in self.fields:
                self.fields[name].initial = row.get(name)
        if "pattern" in self.fields:
            self.fields["pattern"].initial = row.get("pattern") or ""
        for name in ("low", "high"):
            if name in self.fields:
                self.fields[name].initial = shown(row.get(name))
        self.fields["type"].initial = self.kind

    def _fit(self) -> None:
        settings = SETTINGS.get(self.kind, ())
        for name in ("longest", "pattern", "low", "high", "item_types", "mine", "files"):
            if name not in settings:
                del self.fields[name]
        if "pattern" in settings:
            self._pattern_help()
        if self.kind == FieldType.DATE:
            self.fields["low"].label, self.fields["high"].label = _("Earliest"), _("Latest")
            self.fields["low"].help_text = self.fields["high"].help_text = DAY_HELP
        if self.kind == FieldType.NOTE:
            del self.fields["required"]
            self.fields["label_ko"].widget = forms.Textarea({"rows": 3, "lang": "ko"})
            self.fields["label_en"].widget = forms.Textarea({"rows": 3, "lang": "en"})
        if self.kind not in NO_DEFAULT:
            self.fields["default"] = self._default()

    def _pattern_help(self) -> None:
        kept = self.row.get("pattern_help") or {}
        for language, label in (
            ("ko", _("What to say when it does not match (Korean)")),
            ("en", _("What to say when it does not match (English)")),
        ):
            self.fields[f"pattern_help_{language}"] = forms.CharField(
                label=label,
                max_length=200,
                required=False,
                initial=kept.get(language, "") if isinstance(kept, Mapping) else "",
                widget=forms.TextInput({"lang": language, "autocomplete": "off"}),
            )

    def _default(self) -> forms.Field:
        label, kept = _("Filled in beforehand"), self.row.get("default")
        if self.kind == FieldType.YES_NO:
            given = {True: "true", False: "false"}.get(kept, "") if isinstance(kept, bool) else ""
            choices = [("", _("Nothing")), ("true", _("Yes")), ("false", _("No"))]
            return forms.ChoiceField(label=label, choices=choices, initial=given, required=False)
        if self.kind == FieldType.CHOICE:
            choices = [("", _("Nothing")), *self.options.choices()]
            return forms.ChoiceField(
                label=label, choices=choices, initial=kept or "", required=False
            )
        widget = forms.Textarea({"rows": 2}) if self.kind == FieldType.LONG_TEXT else None
        return forms.CharField(
            label=label,
            max_length=1000,
            required=False,
            initial=shown(kept),
            help_text=DAY_HELP if self.kind == FieldType.DATE else "",
            widget=widget,
        )

    def values(self) -> dict[str, Any]:
        """The question as the definition keeps it."""
        data = self.cleaned_data
        kept: dict[str, Any] = {
            "type": self.kind,
            "label": self.written("label"),
            "help": self.written("help"),
            "required": bool(data.get("required")),
            "shown_if": self.condition.value(),
        }
        if self.kind in CHOOSING:
            kept["options"] = self.options.values()
        for name in SETTINGS.get(self.kind, ()):
            kept[name] = self._setting(name, data.get(name))
        if "pattern" in self.fields:
            kept["pattern_help"] = self.written("pattern_help")
        if "default" in self.fields:
            kept["default"] = self._kept_default(data.get("default"))
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}

    def _setting(self, name: str, value: Any) -> Any:
        if name in ("low", "high"):
            text = without_nul(value or "")
            return text.strip() if self.kind == FieldType.DATE else plain_number(text)
        return without_nul(value) if isinstance(value, str) else value

    def _kept_default(self, value: Any) -> Any:
        if self.kind == FieldType.YES_NO:
            return {"true": True, "false": False}.get(value or "")
        text = without_nul(value or "").strip()
        if self.kind == FieldType.DATE:
            return relative_day(text)
        return plain_number(text) if self.kind in (FieldType.NUMBER, FieldType.AMOUNT) else text


@dataclass
class OptionLine:
    """An option as typed. `at`: its place, in its controls' names."""

    at: int
    key: str
    ko: str
    en: str
    price: str


class OptionSet:
    """The options of a choice: lines with their texts and prices."""

    def __init__(self, kept: Any, posted: QueryDict | None) -> None:
        self.focus = -1
        if posted is not None and "option-count" in posted:
            self.lines = self._take(posted)
        else:
            self.lines = [_option(at, one) for at, one in enumerate(kept)]

    def _take(self, posted: QueryDict) -> list[OptionLine]:
        count = posted.get("option-count", "")
        total = min(row_id(count) or 0, MOST_OPTIONS)
        drop, move = posted.get("option-drop", ""), posted.get("option-move", "")
        found = [
            OptionLine(
                at,
                *(
                    without_nul(posted.get(f"option-{at}-{name}", "")).strip()[:200]
                    for name in ("key", "ko", "en", "price")
                ),
            )
            for at in range(total)
            if str(at) != drop
        ]
        found = [line for line in found if line.key or line.ko or line.en or line.price]
        way, _dot, at = move.partition(".")
        place = next((i for i, line in enumerate(found) if str(line.at) == at), None)
        if place is not None:
            self.focus = to = min(max(place + (-1 if way == "up" else 1), 0), len(found) - 1)
            found.insert(to, found.pop(place))
        if "option-more" in posted:
            self.focus = len(found)
            found.append(OptionLine(0, "", "", "", ""))
        for at_, line in enumerate(found):
            line.at = at_
        return found

    def values(self) -> list[dict[str, Any]]:
        """The options as the definition keeps them; new ones get a key of their text."""
        taken = [line.key for line in self.lines if line.key]
        kept: list[dict[str, Any]] = []
        for line in self.lines:
            label = {name: said for name, said in (("ko", line.ko), ("en", line.en)) if said}
            if not label and not line.key:
                continue
            line.key = key = line.key or free_key(taken, line.en, f"option{len(kept) + 1}")
            taken.append(key)
            price = plain_number(line.price)
            kept.append({"key": key, "label": label} | ({"price": price} if price else {}))
        return kept

    def choices(self) -> list[tuple[str, str]]:
        return [(one["key"], words.text(one["label"], one["key"])) for one in self.values()]


def _option(at: int, kept: Any) -> OptionLine:
    one = kept if isinstance(kept, Mapping) else {}
    label = one.get("label")
    label = label if isinstance(label, Mapping) else {"ko": label or "", "en": label or ""}
    return OptionLine(
        at,
        str(one.get("key", "")),
        str(label.get("ko") or ""),
        str(label.get("en") or ""),
        shown(one.get("price")),
    )
