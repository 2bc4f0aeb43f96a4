"""The portal's forms: reporting a problem, answering, saying how it was, deciding."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from portal.actions.report import Report
from portal.enums import Affected, Working
from surveys.actions.feedback import LONGEST_COMMENT as LONGEST_FEEDBACK
from surveys.actions.voting import LONGEST_COMMENT
from surveys.enums import Score, Stars
from surveys.models import Reason


class ReportForm(forms.Form):
    """Few questions; what they mean for impact and urgency is worked out from the answers."""

    title = forms.CharField(
        label=_("What happened?"),
        max_length=200,
        error_messages={
            "required": _("Say in one sentence what happened."),
            "max_length": _("Shorten this to 200 characters and put the rest into the details."),
        },
    )
    details = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Shorten the details, or attach them as a file.")},
    )
    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=_("Which service is it about?"),
        required=False,
        error_messages={"invalid_choice": _("Choose a service from the list, or leave it empty.")},
    )
    affected = forms.ChoiceField(
        label=_("Who is affected?"),
        choices=Affected.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who is affected.")},
    )
    working = forms.ChoiceField(
        label=_("Can you go on working?"),
        choices=Working.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you can go on working.")},
    )
    # The article that was read before and did not help.
    article = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service = self.fields["service"]
        service.queryset = Service.objects.filter(status=ServiceStatus.LIVE)  # type: ignore[attr-defined]
        service.widget.attrs["class"] = "input"

    def answers(self) -> Report:
        """The report, once the form is valid."""
        data = self.cleaned_data
        return Report(
            title=data["title"],
            description=data["details"],
            impact=Affected(data["affected"]).impact,
            urgency=Working(data["working"]).urgency,
            service=data["service"],
            article=data["article"],
        )


class ReplyForm(forms.Form):
    """The one box of a request's page. Whether it may stay empty depends on what is sent."""

    text = forms.CharField(
        label=_("Your reply"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
        error_messages={"max_length": _("Shorten this, or attach it as a file.")},
    )


class SurveyForm(forms.Form):
    """A face, and if one likes reasons and words."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=Score.choices,
        error_messages={"required": _("Choose one of the five faces.")},
    )
    reasons = forms.ModelMultipleChoiceField(Reason.objects.all(), required=False)
    comment = forms.CharField(
        label=_("Anything else?"),
        required=False,
        max_length=LONGEST_COMMENT,
        error_messages={"max_length": _("Shorten this.")},
    )


class FeedbackForm(forms.Form):
    """Stars for a service, and if one likes words."""

    stars = forms.TypedChoiceField(
        coerce=int,
        choices=Stars.choices,
        error_messages={"required": _("Choose one to five stars.")},
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=LONGEST_FEEDBACK,
        error_messages={"max_length": _("Shorten this.")},
    )


def token_of(text: str) -> UUID | None:
    """The form's token; None when it is missing or spoilt."""
    try:
        return UUID(text)
    except ValueError:
        return None


class OpinionForm(forms.Form):
    """What somebody says when they decide, hold or ask. Whether it is needed, the action says."""

    text = forms.CharField(
        label=_("Opinion"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 1, "class": "input"}),
        error_messages={"max_length": _("Shorten this to %(limit_value)d characters.")},
    )


class HandOverForm(forms.Form):
    """Who is to decide instead."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who decides instead?"),
        error_messages={
            "required": _("Choose who decides instead."),
            "invalid_choice": _("Choose somebody from the list."),
        },
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
