"""The form that asks what would be promised."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Team
from catalog.models import Offering
from cmdb.models import Service
from sla.book import Facts
from sla.enums import OutageKind
from tickets import kinds

NOTHING = pgettext_lazy("nothing chosen", "None")


class WhatIfForm(forms.Form):
    """A record as it might be. Everything is optional but kind, priority and time."""

    kind = forms.ChoiceField(label=_("Kind"))
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=[(n, f"P{n}") for n in range(1, 6)], initial=3
    )
    opened = forms.DateTimeField(
        label=_("Opened at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    service = forms.ModelChoiceField(
        Service.objects.all(), label=_("Service"), required=False, empty_label=NOTHING
    )
    offering = forms.ModelChoiceField(
        Offering.objects.filter(live__isnull=False),
        label=_("Offering"),
        required=False,
        empty_label=NOTHING,
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Team"), required=False, empty_label=NOTHING
    )
    department = forms.ModelChoiceField(
        Department.objects.all(),
        label=_("Department of the requester"),
        required=False,
        empty_label=NOTHING,
    )
    tags = forms.CharField(label=_("Tags"), required=False, max_length=400)
    vip = forms.BooleanField(label=_("VIP requester"), required=False)
    security = forms.BooleanField(
        label=pgettext_lazy("record", "Security incident"), required=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice: forms.ChoiceField = self.fields["kind"]  # type: ignore[assignment]
        choice.choices = [(kind.key, kind.label) for kind in kinds.all_kinds()]

    def facts(self) -> Facts:
        """What the agreements are asked with."""
        data = self.cleaned_data
        kind = kinds.get(data["kind"])
        return Facts(
            kind=kind.key,
            status=kind.machine.initial,
            team=data["team"].pk if data["team"] else None,
            service=data["service"].pk if data["service"] else None,
            offering=data["offering"].pk if data["offering"] else None,
            priority=data["priority"],
            department=data["department"].pk if data["department"] else None,
            vip=data["vip"],
            security=data["security"],
            tags=frozenset(data["tags"].replace(",", " ").split()),
        )


class OutageForm(forms.Form):
    """When a service was or will be down. An end may come later."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OutageKind.choices)
    started_at = forms.DateTimeField(
        label=_("Began"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ended_at = forms.DateTimeField(
        label=pgettext_lazy("instant", "Ended"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Leave this empty while it goes on."),
    )
    note = forms.CharField(label=_("What happened"), max_length=300, required=False)
