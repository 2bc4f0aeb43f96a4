"""The filter of the audit log."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditVerb
from accounts.models import User
from adminui.log import KINDS
from adminui.widgets import row_picker


def _kinds() -> list[tuple[str, object]]:
    return [("", _("Everything")), *((key, label) for key, label in KINDS.items())]


class LogFilter(forms.Form):
    verb = forms.ChoiceField(
        required=False, label=_("What happened"), choices=[("", _("Anything")), *AuditVerb.choices]
    )
    object_type = forms.ChoiceField(required=False, label=_("To what"), choices=lazy(_kinds, list))
    actor = row_picker("people", User.objects.all(), _("By whom"))
