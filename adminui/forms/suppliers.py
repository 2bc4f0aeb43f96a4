"""Forms of suppliers and contracts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from adminui.forms.common import Names, person_field
from adminui.widgets import row_picker
from cmdb.models import ConfigurationItem, Contract, Service, Supplier


def day(label: Any, **extra: Any) -> forms.DateField:
    """A date, as the browser's own date box sends it."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **extra
    )


class SupplierForm(Names):
    contact_name = forms.CharField(label=_("Contact person"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    url = forms.URLField(
        label=_("Web address"), max_length=300, required=False, assume_scheme="https"
    )
    note = forms.CharField(
        label=_("Note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class ContractForm(Names):
    number = forms.CharField(label=_("Contract number"), max_length=60)
    supplier = forms.ModelChoiceField(
        Supplier.objects.none(), label=_("Supplier"), empty_label=_("Choose a supplier")
    )
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"), required=False, help_text=_("Empty: it runs on."))
    owner = person_field(pgettext_lazy("of an item", "Owner"))
    terms = forms.CharField(
        label=_("Notice and terms"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    services = forms.ModelMultipleChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Services it covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, of: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Supplier.objects.filter(is_active=True)
        if of is not None:
            offered |= Supplier.objects.filter(pk=of.supplier_id)
        self.fields["supplier"].queryset = offered.order_by("name_en")  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """One more item that a contract covers."""

    item = row_picker("items", ConfigurationItem.objects.all(), _("Item"), required=True)
