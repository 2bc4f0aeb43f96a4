"""The form of an announcement. Instants are in the reader's zone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from notifications.enums import AnnouncementLevel, ShownTo

INSTANT = "%Y-%m-%dT%H:%M"


def _instant(label: object, help_text: object) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=INSTANT)
    return forms.DateTimeField(label=label, required=False, widget=widget, help_text=help_text)  # type: ignore[arg-type]


def _text(label: object, language: str, *, long: bool = False) -> forms.CharField:
    attrs = {"lang": language, **({"rows": "4"} if long else {})}
    widget = forms.Textarea(attrs) if long else forms.TextInput(attrs)
    most = 4000 if long else 160
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)  # type: ignore[arg-type]


class AnnouncementForm(forms.Form):
    """What has to be in it is checked by the action."""

    title_ko = _text(_("Title (Korean)"), "ko")
    body_ko = _text(_("Text (Korean)"), "ko", long=True)
    title_en = _text(_("Title (English)"), "en")
    body_en = _text(_("Text (English)"), "en", long=True)
    level = forms.ChoiceField(
        label=_("Importance"),
        choices=AnnouncementLevel.choices,
        initial=AnnouncementLevel.INFO,
        widget=forms.RadioSelect,
    )
    audience = forms.ChoiceField(
        label=_("Who sees it"),
        choices=ShownTo.choices,
        initial=ShownTo.EVERYBODY,
        widget=forms.RadioSelect,
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.order_by("name_en"),
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for “Some departments”: members of exactly these."),
    )
    starts_at = _instant(_("Shown from"), _("Empty: from now on."))
    ends_at = _instant(_("Shown until"), _("Empty: until somebody ends it."))
    pinned = forms.BooleanField(
        label=_("Pinned"),
        required=False,
        help_text=_("Stands first, and nobody can put it away."),
    )
