"""What the dialogs of a major incident ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from desk.forms import FILL_IN, local_instant
from incidents.enums import Condition, Severity, Stage, UpdateAudience


def _text(label: Any, rows: int = 3, *, required: bool = True, **extra: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        widget=forms.Textarea({"rows": rows, **extra.pop("attrs", {})}),
        error_messages=FILL_IN,
        **extra,
    )


def _severity() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Severity"),
        choices=Severity.choices,
        coerce=int,
        initial=Severity.TWO,
        help_text=_("When unsure, take the more severe one."),
    )


class ProposeForm(forms.Form):
    why = _text(_("Why is it a major incident?"), 3, max_length=2000)
    severity = _severity()


class DeclareForm(ProposeForm):
    command = forms.BooleanField(label=_("I take command"), required=False, initial=True)


class ReasonForm(forms.Form):
    why = _text(pgettext_lazy("decision", "Why not?"), 3, max_length=2000)


class SeverityForm(forms.Form):
    severity = _severity()
    reason = _text(_("Reason"), 2, required=False, max_length=500)


class NothingForm(forms.Form):
    """A step that asks nothing but to be sure."""


class SummaryForm(forms.Form):
    symptoms = _text(_("Symptoms"), 2, required=False)
    impact = _text(pgettext_lazy("major incident", "Impact"), 2, required=False)
    hypothesis = _text(_("Suspected cause"), 2, required=False)
    current_action = _text(_("What is being done"), 2, required=False)
    next_steps = _text(_("Next steps"), 2, required=False)
    bridge_url = forms.CharField(
        label=_("Bridge"),
        required=False,
        max_length=500,
        help_text=_("Address of the call or chat room."),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
    )
    technical_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Technical team"),
        required=False,
        empty_label=_("The record's team"),
    )


class RoleForm(forms.Form):
    """`user` empty: nobody. The handover note is asked where the command changes hands."""

    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True), required=False, error_messages=FILL_IN
    )
    handover = _text(_("Handover note"), 4, required=False, max_length=4000)


class CallForm(forms.Form):
    message = _text(_("What is needed?"), 2, max_length=2000)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        required=False,
        empty_label=pgettext_lazy("nothing chosen yet", "Choose"),
        help_text=_("Everybody there who takes work is told at once."),
    )
    person = forms.ModelChoiceField(
        User.objects.filter(is_active=True), label=_("Person"), required=False
    )


class LogForm(forms.Form):
    title = forms.CharField(label=_("What happened?"), max_length=250, error_messages=FILL_IN)
    text = _text(_("Details"), 3, required=False)
    at = local_instant(_("When"), _("Left empty: now."))


class EditLogForm(LogForm):
    """`title` may be empty where an event of the record speaks for itself."""

    def __init__(self, *args: Any, speaks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = not speaks
        self.fields["at"].help_text = ""
        if speaks:
            self.fields["title"].help_text = _("Left empty, the event is told in Maru's words.")


class NoticeForm(forms.Form):
    """What the public reads. It says nothing that is not written here."""

    stage = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    condition = forms.ChoiceField(label=_("State of the service"), choices=Condition.choices)
    text_ko = _text(_("Text (Korean)"), 3, required=False, attrs={"lang": "ko"})
    text_en = _text(_("Text (English)"), 3, required=False, attrs={"lang": "en"})
    audience = forms.ChoiceField(
        label=_("For whom"), choices=UpdateAudience.choices, initial=UpdateAudience.EVERYBODY
    )
    next_update_at = local_instant(_("Next notice"), _("It is promised in the notice."))

    def __init__(self, *args: Any, promises: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_update_at"].required = promises
        self.fields["next_update_at"].error_messages |= FILL_IN
        if not promises:
            del self.fields["next_update_at"]


class ReviewForm(forms.Form):
    impact = _text(pgettext_lazy("major incident", "Impact"), 4, required=False)
    course = _text(_("Course of events"), 4, required=False)
    causes = _text(_("Causes"), 4, required=False)
    went_well = _text(_("What went well"), 4, required=False)
    went_badly = _text(_("What did not go well"), 4, required=False)


class ReviewActionForm(forms.Form):
    title = forms.CharField(
        label=pgettext_lazy("review", "Action"), max_length=250, error_messages=FILL_IN
    )
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=pgettext_lazy("review", "Owner"),
        error_messages=FILL_IN,
    )
    due_on = forms.DateField(
        label=pgettext_lazy("review", "Due"),
        widget=forms.DateInput({"type": "date"}),
        error_messages=FILL_IN,
    )
