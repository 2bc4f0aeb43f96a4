"""Forms of the desk: what a transition asks for, a new record, a link, a task."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from cmdb.models import ConfigurationItem, Service
from core.states import Transition
from tickets.enums import LINK_LABELS, Channel, Impact, LinkType, Urgency
from tickets.models import Category, CauseCategory, PendingReason, ResolutionCode, WorkTemplate

LOCAL = "%Y-%m-%dT%H:%M"
FILL_IN = {"required": _("Fill this in."), "invalid_choice": _("Choose one of the values offered.")}
OPENING_CHANNELS = (Channel.PHONE, Channel.MAIL, Channel.CHAT, Channel.WALK_IN, Channel.WEB)


def _named(model: Any, label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        model.objects.filter(is_active=True),
        label=label,
        error_messages=FILL_IN,
        empty_label=pgettext_lazy("nothing chosen yet", "Choose"),
    )


def _text(label: Any, rows: int = 3, **extra: Any) -> forms.CharField:
    return forms.CharField(
        label=label, widget=forms.Textarea({"rows": rows}), error_messages=FILL_IN, **extra
    )


def local_instant(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """A date and time in the reader's zone."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=[LOCAL], required=False, help_text=help_text
    )


def _answer(name: str) -> forms.Field:
    """The form field for one thing that a transition takes."""
    if name == "pending_reason":
        return _named(PendingReason, _("What is it waiting for?"))
    if name == "resume_at":
        return local_instant(_("Resume at"), _("It comes back by itself then."))
    if name == "resolution_code":
        return _named(ResolutionCode, _("Resolution code"))
    if name == "cause_category":
        return _named(CauseCategory, _("Cause category"))
    if name == "resolution":
        return _text(_("Resolution"), 4, help_text=_("What was done. The requester reads this."))
    if name == "fulfilment":
        return _text(_("What was delivered"), 4, help_text=_("The requester reads this."))
    return _text(_("Reason"))


class TransitionForm(forms.Form):
    """Exactly what a transition's table row asks for, and a reply to go with it when asked."""

    def __init__(
        self, move: Transition, *args: Any, reply: bool = False, children: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.move = move
        if reply:
            self.fields["reply"] = _text(_("Reply to the requester"), 5)
        for name in move.data:
            self.fields[name] = _answer(name)
            self.fields[name].required = name in move.required
        if children and not move.copies_down:
            self.fields["children"] = forms.BooleanField(
                label=_("Do the same on child records (%(n)s)") % {"n": children}, required=False
            )
        if "anyway" in self.data:
            self.offer_anyway()
        if "sure" in self.data:
            self.offer_sure()

    def offer_anyway(self) -> None:
        """Work is still open: let the person say that this is meant."""
        self.fields["anyway"] = forms.BooleanField(
            label=_("Do it with tasks or checklist lines still open"), required=False
        )

    def offer_sure(self) -> None:
        """The reply names what its reader may not read: let the person say that this is meant."""
        self.fields["sure"] = forms.BooleanField(
            label=_("Send it although the requester may not read the article"), required=False
        )

    def answers(self) -> dict[str, Any]:
        """The transition's data as its action takes it."""
        return {name: self.cleaned_data[name] for name in self.move.data}


class NewTicketForm(forms.Form):
    """A record opened by an agent. What is left empty is proposed by rules."""

    title = forms.CharField(label=_("Title"), max_length=250, error_messages=FILL_IN)
    description = _text(_("Description"), 7, required=False)
    requester = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=_("Requester"),
        error_messages=FILL_IN,
        widget=forms.HiddenInput,
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(c.value, c.label) for c in OPENING_CHANNELS], initial="phone"
    )
    service = forms.ModelChoiceField(
        Service.objects.all(), label=_("Service"), required=False, widget=forms.HiddenInput
    )
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True),
        label=_("Category"),
        required=False,
        widget=forms.HiddenInput,
    )
    impact = forms.TypedChoiceField(
        label=_("Impact"), choices=Impact.choices, coerce=int, initial=Impact.LOW
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"), choices=Urgency.choices, coerce=int, initial=Urgency.LOW
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        required=False,
        widget=forms.HiddenInput,
        help_text=_("Left empty, rules choose it."),
    )
    assignee = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=_("Assignee"),
        required=False,
        widget=forms.HiddenInput,
    )
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Separated by commas."), max_length=400
    )
    security = forms.BooleanField(
        label=_("Security incident"), required=False, help_text=_("Restricted from the start.")
    )
    restricted = forms.BooleanField(
        label=_("Restricted"),
        required=False,
        help_text=_("Only its team and the people it names may know of it."),
    )

    def clean_tags(self) -> list[str]:
        return [part for part in self.cleaned_data["tags"].split(",") if part.strip()]


class AssignForm(forms.Form):
    """Another team, and why."""

    team = _named(Team, _("Team"))
    reason = _text(
        pgettext_lazy("assignment", "Why does it go there?"),
        2,
        required=False,
        help_text=_("Needed once the record is being worked on."),
    )


class PriorityForm(forms.Form):
    """A priority set by hand; empty gives it back to the matrix."""

    level = forms.TypedChoiceField(
        label=_("Priority"),
        choices=[("", _("From impact and urgency")), *((n, f"P{n}") for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    reason = _text(_("Reason"), 2)


class LinkForm(forms.Form):
    """Which record, and how the two belong together. A leading `-` reads it from the other end."""

    type = forms.ChoiceField(label=_("This record is"))
    target = forms.CharField(
        label=_("Record"),
        error_messages=FILL_IN,
        max_length=24,
        widget=forms.TextInput(attrs={"placeholder": "INC-1042"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = link_choices()  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which record goes on; `confirmed` once the person has seen what moves."""

    target = forms.CharField(label=_("Record"), error_messages=FILL_IN, max_length=300)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_target(self) -> str:
        """Its number; what the picker shows begins with it."""
        return str(self.cleaned_data["target"]).split(" ")[0]


class SplitForm(forms.Form):
    title = forms.CharField(label=_("Title"), error_messages=FILL_IN, max_length=250)


def link_choices() -> list[tuple[str, Any]]:
    choices: list[tuple[str, Any]] = []
    for key in (
        LinkType.RELATED,
        LinkType.DUPLICATE_OF,
        LinkType.PARENT_OF,
        LinkType.CAUSED_BY,
        LinkType.RESOLVED_BY,
    ):
        there, back = LINK_LABELS[key]
        choices.append((key.value, there))
        if str(there) != str(back):
            choices.append((f"-{key.value}", back))
    return choices


class TaskForm(forms.Form):
    title = forms.CharField(label=_("Task"), max_length=250, error_messages=FILL_IN)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), label=_("Team"), required=False
    )


class CheckForm(forms.Form):
    text = forms.CharField(label=_("Checklist line"), max_length=250, error_messages=FILL_IN)


class TemplateForm(forms.Form):
    template = _named(WorkTemplate, _("Template"))


class DescriptionForm(forms.Form):
    description = _text(_("Description"), 10, required=False)


class ItemField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ConfigurationItem.objects.all(), required=False, **kwargs)
