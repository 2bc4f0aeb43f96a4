"""Forms for people, roles, teams and departments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Role, Routing, Scope
from accounts.models import Department, Team
from adminui.forms.common import Names, person_field


class PersonForm(forms.Form):
    """Who somebody is. Fields as accounts.actions.people takes them."""

    display_name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Korean names family name first: 홍길동")
    )
    roman_name = forms.CharField(
        label=_("Romanised name"),
        max_length=80,
        required=False,
        help_text=_("Shown in English: Gildong Hong"),
    )
    email = forms.EmailField(label=_("E-mail"))
    employee_no = forms.CharField(label=_("Employee number"), max_length=40, required=False)
    department = forms.ModelChoiceField(
        Department.objects.order_by("name_en"),
        label=_("Department"),
        required=False,
        empty_label=_("None"),
    )
    manager = person_field(pgettext_lazy("of a person", "Manager"))
    job_title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    job_grade = forms.CharField(label=_("Job grade"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    extension = forms.CharField(label=_("Extension"), max_length=20, required=False)
    location = forms.CharField(label=_("Location"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("As their browser")), ("ko", "한국어"), ("en", "English")],
    )
    is_vip = forms.BooleanField(
        label=_("VIP"), required=False, help_text=_("May raise the priority of their records.")
    )


class NewPersonForm(PersonForm):
    is_machine = forms.BooleanField(
        label=_("Machine account"),
        required=False,
        help_text=_("For a program: no password, no mail; it acts with API tokens."),
    )


class PeopleFilter(forms.Form):
    """The search of the people list; its values are the query string."""

    q = forms.CharField(required=False, max_length=80, label=_("Search"))
    role = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("permission", "Role"),
        choices=[("", _("All roles")), *Role.choices],
    )
    team = forms.ModelChoiceField(
        Team.objects.order_by("name_en"),
        required=False,
        label=_("Team"),
        empty_label=_("All teams"),
    )
    state = forms.ChoiceField(
        required=False,
        label=pgettext_lazy("account", "State"),
        choices=[
            ("", pgettext_lazy("account", "Active")),
            ("inactive", pgettext_lazy("account", "Deactivated")),
            ("machine", _("Machine accounts")),
            ("all", pgettext_lazy("account", "All")),
        ],
    )


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=pgettext_lazy("permission", "Role"), choices=Role.choices)
    scope = forms.ChoiceField(label=_("Reaches"), choices=Scope.choices)


class HandOverForm(forms.Form):
    """Where a leaver's work goes. Nobody chosen: back to the teams."""

    to = person_field(
        _("Hand over to"), help_text=_("Left empty, everything goes back to its team's queue.")
    )


class TeamForm(Names):
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Shared mailbox of the team, if any.")
    )
    lead = person_field(_("Team lead"))
    routing = forms.ChoiceField(
        label=_("Work is given out"), choices=Routing.choices, widget=forms.RadioSelect
    )


class MemberForm(forms.Form):
    user = person_field(_("Add a member"), required=True)


class DepartmentForm(Names):
    parent = forms.ModelChoiceField(
        Department.objects.order_by("name_en"),
        label=_("Belongs to"),
        required=False,
        empty_label=_("None"),
    )
    manager = person_field(_("Head"), help_text=_("Approves for the department."))
    shares_records = forms.BooleanField(
        label=_("Members see each other's records"),
        required=False,
        help_text=_("Restricted records stay hidden."),
    )


def people_fields(data: dict[str, Any]) -> dict[str, Any]:
    """The form's values without what is no field of the person."""
    return {name: value for name, value in data.items() if name != "is_machine"}
