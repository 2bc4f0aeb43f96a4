"""The form of an objective."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from adminui.forms.suppliers import day
from cmdb.models import Service
from sla.enums import ObjectiveKind
from sla.models import Calendar


class ObjectiveForm(forms.Form):
    service = forms.ModelChoiceField(Service.objects.order_by("name_en"), label=_("Service"))
    kind = forms.ChoiceField(label=_("Objective"), choices=ObjectiveKind.choices)
    target = forms.DecimalField(
        label=_("Target (%)"), max_digits=6, decimal_places=3, help_text=_("For example 99.9")
    )
    calendar = forms.ModelChoiceField(Calendar.objects.none(), label=_("Service hours"))
    starts_on = day(_("Counts from"))
    metric = forms.SlugField(
        label=_("What is sampled"),
        max_length=60,
        required=False,
        help_text=_("For performance only: the name that programs send samples under."),
    )
    threshold = forms.FloatField(label=_("Good up to"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False, initial="ms")
    is_active = forms.BooleanField(
        label=pgettext_lazy("objective", "In use"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendars: forms.ModelChoiceField = self.fields["calendar"]  # type: ignore[assignment]
        calendars.queryset = Calendar.objects.filter(is_active=True)
