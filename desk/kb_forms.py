"""Forms of articles at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from cmdb.models import ConfigurationItem, Service
from core.text import row_id
from knowledge.actions.base import LISTS, values_of
from knowledge.enums import ArticleKind, Audience
from knowledge.models import TEXTS, Article

MOST_ITEMS = 50


def _line(label: Any, **extra: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, **extra)


def _text(label: Any) -> forms.CharField:
    attrs = {"rows": 18, "data-kb-body": "", "class": "kb-body"}
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs))


class NewArticleForm(forms.Form):
    """The little that a draft begins with."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Give it a title.")},
        help_text=_("As somebody would say it who has the problem."),
    )
    kind = forms.ChoiceField(label=_("What does it answer?"), choices=ArticleKind.choices)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Service"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.all()  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        """What knowledge.actions.create takes: the title in the language that it is written in."""
        data = self.cleaned_data
        language = "ko" if any("가" <= ch <= "힣" for ch in data["title"]) else "en"
        service = data["service"]
        return {
            f"title_{language}": data["title"],
            "kind": data["kind"],
            "services": [service.pk] if service else [],
        }


class ArticleForm(forms.Form):
    """An article's texts in both languages, and what is set about it."""

    title_ko = _line(_("Title (Korean)"))
    summary_ko = _line(_("In one sentence (Korean)"))
    body_ko = _text(_("Text (Korean)"))
    title_en = _line(_("Title (English)"))
    summary_en = _line(_("In one sentence (English)"))
    body_en = _text(_("Text (English)"))
    kind = forms.ChoiceField(label=_("What does it answer?"), choices=ArticleKind.choices)
    audience = forms.ChoiceField(
        label=_("For whom is it?"), choices=Audience.choices, widget=forms.RadioSelect
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those below them are included."),
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=_("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    items = _line(
        _("Configuration items"),
        widget=forms.TextInput,
        help_text=_("Their names, with commas between them."),
    )
    tags = _line(_("Tags"), help_text=_("With commas between them."))
    synonyms = _line(
        _("Also searched as"), help_text=_("Other words that people use, with commas between them.")
    )
    owner = forms.CharField(label=_("Owner"), required=False)
    expires_on = forms.DateField(
        label=_("Expires on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From that day on it is not found until it is reviewed."),
        error_messages={"invalid": _("Enter a day like 2027-01-31.")},
    )
    review_every_months = forms.IntegerField(
        label=_("Review every (months)"), min_value=0, max_value=60, help_text=_("0 means never.")
    )

    def __init__(self, article: Article, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        for name in TEXTS:
            self.fields[name].widget.attrs["lang"] = name[-2:]
        self.fields["departments"].queryset = Department.objects.order_by("name_en")  # type: ignore[attr-defined]
        self.fields["services"].queryset = Service.objects.order_by("name_en")  # type: ignore[attr-defined]

    def clean_items(self) -> list[int]:
        names = [name.strip() for name in self.cleaned_data["items"].split(",") if name.strip()]
        items = ConfigurationItem.objects.filter(name__in=names[:MOST_ITEMS])
        found = dict(items.values_list("name", "pk"))
        unknown = [name for name in names if name not in found]
        if unknown:
            raise forms.ValidationError(
                _now("There is no configuration item “%(name)s”.") % {"name": unknown[0][:80]}
            )
        return sorted(found.values())

    def clean_owner(self) -> int:
        pk = row_id(self.cleaned_data["owner"]) or self.article.owner_id
        if not User.objects.filter(pk=pk, is_active=True).exists():
            raise forms.ValidationError(_now("Choose somebody from the list."))
        return pk

    def answers(self) -> dict[str, Any]:
        """The fields as knowledge.actions.save takes them."""
        data = dict(self.cleaned_data)
        for name in ("services", "departments"):
            data[name] = [row.pk for row in data[name]]
        return data


def initial_of(article: Article) -> dict[str, Any]:
    """What the form shows of an article as it is."""
    values = values_of(article)
    values |= {name: ", ".join(values[name]) for name in LISTS}
    values["items"] = ", ".join(item.name for item in article.items.all())
    return values


def typed(data: Any) -> dict[str, Any]:
    """What a form holds, as a draft keeps it."""
    names = [n for n in ArticleForm.base_fields if n not in ("services", "departments")]
    kept = {name: data[name] for name in (*names, "seen") if name in data}
    return kept | {name: data.getlist(name) for name in ("services", "departments")}


__all__ = ["ArticleForm", "NewArticleForm", "initial_of", "typed"]
