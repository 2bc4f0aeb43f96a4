"""Forms of publishing, and of the box that tells which policy a record fits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from adminui.forms.common import person_field, team_field
from catalog.models import Offering
from cmdb.models import Service
from sla.book import Facts
from sla.enums import Reach
from tickets import kinds, priority


class PublishForm(forms.Form):
    reach = forms.ChoiceField(
        label=_("Which records follow"),
        choices=Reach,
        initial=Reach.OPEN,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What changed, and why"),
        max_length=250,
        required=False,
        help_text=_("Stands in the history."),
    )


class MatchForm(forms.Form):
    """A record by its number, or one made up."""

    number = forms.CharField(label=_("Number of a record"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=[(level, f"P{level}") for level in priority.LEVELS],
        initial=3,
        coerce=int,
        required=False,
        empty_value=None,
    )
    service = forms.ModelChoiceField(
        Service.objects.order_by("name_en"),
        label=_("Service"),
        required=False,
        empty_label=pgettext_lazy("nothing chosen", "None"),
    )
    offering = forms.ModelChoiceField(
        Offering.objects.filter(live__isnull=False),
        label=_("Offering"),
        required=False,
        empty_label=pgettext_lazy("nothing chosen", "None"),
    )
    requester = person_field(_("Requester"))
    team = team_field(_("Team"))
    tags = forms.CharField(label=_("Tags"), max_length=200, required=False)
    security = forms.BooleanField(label=_("Security incident"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.key, kind.label) for kind in kinds.all_kinds()
        ]

    def facts(self) -> Facts:
        """The made-up record as agreements ask of it."""
        data = self.cleaned_data
        kind = kinds.get(data["kind"] or kinds.all_kinds()[0].key)
        requester: Any = data["requester"]
        department: Department | None = requester.department if requester else None
        return Facts(
            kind=kind.key,
            status=kind.machine.initial,
            team=data["team"].pk if data["team"] else None,
            service=data["service"].pk if data["service"] else None,
            offering=data["offering"].pk if data["offering"] else None,
            priority=data["priority"] or 3,
            department=department.pk if department else None,
            vip=bool(requester and requester.is_vip),
            security=data["security"],
            tags=frozenset(tag.strip() for tag in data["tags"].split(",") if tag.strip()),
        )
