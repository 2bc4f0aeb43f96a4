"""Forms of services, configuration items and relations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from adminui.forms.common import Names, person_field, team_field
from adminui.widgets import row_picker
from cmdb.enums import Criticality, ItemStatus, ItemType, RelationType, ServiceStatus
from cmdb.models import ConfigurationItem, Service


class ServiceForm(Names):
    summary_ko = forms.CharField(label=_("Summary (Korean)"), max_length=300, required=False)
    summary_en = forms.CharField(label=_("Summary (English)"), max_length=300, required=False)
    support_team = team_field(_("Support team"))
    owner = person_field(_("Service owner"))
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
    depends_on = forms.ModelMultipleChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Needs these services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, of: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of is not None:
            others = Service.objects.exclude(pk=of.pk).order_by("name_en")
            self.fields["depends_on"].queryset = others  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)
    type = forms.ChoiceField(label=pgettext_lazy("item", "Type"), choices=ItemType.choices)
    status = forms.ChoiceField(
        label=pgettext_lazy("item", "State"), choices=ItemStatus.choices, initial=ItemStatus.IN_USE
    )
    serial = forms.CharField(label=_("Serial number"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=160, required=False)
    owner = person_field(pgettext_lazy("of an item", "Owner"))
    support_team = team_field(_("Support team"))
    services = forms.ModelMultipleChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Services that run on it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class RelationForm(forms.Form):
    """This item … another one."""

    kind = forms.ChoiceField(label=_("This item"), choices=RelationType.choices)
    target = row_picker("items", ConfigurationItem.objects.all(), _("Other item"), required=True)
