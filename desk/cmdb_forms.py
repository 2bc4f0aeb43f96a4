"""Forms of services, configuration items and relations."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from cmdb.enums import (
    CostPeriod,
    Criticality,
    ItemStatus,
    ItemType,
    RelationType,
    ServiceStatus,
)
from cmdb.models import ConfigurationItem, Service
from core.pickers import row_picker

NONE = pgettext_lazy("nothing chosen", "None")


def _line(label: Any, language: str = "", **extra: Any) -> forms.CharField:
    attrs = {"lang": language} if language else {}
    extra.setdefault("required", False)
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **extra)


def _text(label: Any, language: str, rows: int = 4, **extra: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"lang": language, "rows": rows})
    return forms.CharField(label=label, required=False, widget=widget, max_length=8000, **extra)


def _person(label: Any, **extra: Any) -> Any:
    return row_picker("people", User.objects.all(), label, **extra)


class WordsField(forms.CharField):
    """Words parted by commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in re.split("[,;\n]", value or "") if word.strip()]


def _words(label: Any, **extra: Any) -> WordsField:
    return WordsField(label=label, required=False, **extra)


class ServiceForm(forms.Form):
    """Everything about a service. An owner's form lacks what only administrators change."""

    name_ko = _line(_("Name (Korean)"), "ko", max_length=120)
    name_en = _line(_("Name (English)"), "en", max_length=120)
    summary_ko = _line(_("What people get from it (Korean)"), "ko", max_length=300)
    summary_en = _line(_("What people get from it (English)"), "en", max_length=300)
    description_ko = _text(_("Description (Korean)"), "ko", 6)
    description_en = _text(_("Description (English)"), "en", 6)
    synonyms_ko = _words(
        _("Other words for it (Korean)"), help_text=_("Parted by commas. Search finds them.")
    )
    synonyms_en = _words(
        _("Other words for it (English)"), help_text=_("Parted by commas. Search finds them.")
    )
    tags = _words(_("Tags"), help_text=_("Parted by commas."))
    status = forms.ChoiceField(
        label=pgettext_lazy("service", "State"),
        choices=ServiceStatus.choices,
        initial=ServiceStatus.LIVE,
    )
    criticality = forms.TypedChoiceField(
        label=_("Criticality"),
        choices=Criticality.choices,
        coerce=int,
        initial=Criticality.MEDIUM,
    )
    owner = _person(_("Service owner"))
    support_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True).order_by("name_en"),
        label=_("Support team"),
        required=False,
        empty_label=NONE,
    )
    contact_person = _person(_("Contact person"))
    contact_ko = _line(_("How to reach us (Korean)"), "ko", max_length=200)
    contact_en = _line(_("How to reach us (English)"), "en", max_length=200)
    contact_email = _line(_("E-mail of the contact"), max_length=254)
    contact_phone = _line(_("Phone of the contact"), max_length=40)
    users_ko = _line(_("Who it is for (Korean)"), "ko", max_length=300)
    users_en = _line(_("Who it is for (English)"), "en", max_length=300)
    user_count = forms.IntegerField(label=_("Number of users"), required=False, min_value=0)
    hours_ko = _line(_("Support hours (Korean)"), "ko", max_length=200)
    hours_en = _line(_("Support hours (English)"), "en", max_length=200)
    support_policy_ko = _text(_("Support policy (Korean)"), "ko")
    support_policy_en = _text(_("Support policy (English)"), "en")
    cost_amount = forms.DecimalField(
        label=pgettext_lazy("cost", "Amount"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("Leave it empty where nothing is charged."),
    )
    cost_currency = _line(_("Currency"), initial="KRW", required=True, max_length=3)
    cost_period = forms.ChoiceField(
        label=pgettext_lazy("cost", "How often"),
        choices=CostPeriod.choices,
        initial=CostPeriod.MONTH,
    )
    cost_unit_ko = _line(_("For one … (Korean)"), "ko", max_length=80)
    cost_unit_en = _line(
        _("For one … (English)"), "en", max_length=80, help_text=_("Such as a user or a mailbox.")
    )
    paid_by_ko = _line(_("Who pays (Korean)"), "ko", max_length=120)
    paid_by_en = _line(_("Who pays (English)"), "en", max_length=120)
    depends_on = forms.ModelMultipleChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Needs these services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    review_every = forms.IntegerField(
        label=_("Review every … months"),
        required=False,
        initial=12,
        help_text=_("From 1 to 60. Leave it empty for no reviews."),
    )

    def __init__(
        self, *args: Any, of: Service | None = None, administers: bool = True, **kwargs: Any
    ) -> None:
        if of is not None:
            kwargs["initial"] = {name: getattr(of, name) for name in type(self).base_fields} | {
                "depends_on": of.depends_on.all()
            }
        super().__init__(*args, **kwargs)
        if of is not None:
            others = Service.objects.exclude(pk=of.pk).order_by("name_en")
            self.fields["depends_on"].queryset = others  # type: ignore[attr-defined]
        if not administers:
            for name in ("owner", "criticality"):
                del self.fields[name]


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("What you found"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ItemForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)
    type = forms.ChoiceField(label=pgettext_lazy("item", "Type"), choices=ItemType.choices)
    status = forms.ChoiceField(
        label=pgettext_lazy("item", "State"), choices=ItemStatus.choices, initial=ItemStatus.IN_USE
    )
    serial = forms.CharField(label=_("Serial number"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=160, required=False)
    owner = _person(pgettext_lazy("of an item", "Owner"))
    support_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True).order_by("name_en"),
        label=_("Support team"),
        required=False,
        empty_label=NONE,
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Services that run on it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, of: ConfigurationItem | None = None, **kwargs: Any) -> None:
        if of is not None:
            kwargs["initial"] = {name: getattr(of, name) for name in type(self).base_fields} | {
                "services": of.services.all()
            }
        super().__init__(*args, **kwargs)


DIRECTIONS = [
    *((f"out:{kind.value}", kind.label) for kind in RelationType),
    *(
        (f"in:{kind.value}", kind.inverse_label)
        for kind in RelationType
        if kind != RelationType.CONNECTED_TO
    ),
]


class RelationForm(forms.Form):
    """This item … another one, said from either end."""

    says = forms.ChoiceField(label=_("This item"), choices=DIRECTIONS)
    other = row_picker("items", ConfigurationItem.objects.all(), _("Other item"), required=True)


class PortfolioForm(forms.Form):
    """The filter above the list of services."""

    q = forms.CharField(required=False, max_length=80)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True).order_by("name_en"), required=False
    )
    criticality = forms.TypedChoiceField(
        choices=[("", ""), *Criticality.choices], coerce=int, required=False, empty_value=None
    )
    review = forms.CharField(required=False, max_length=10)
