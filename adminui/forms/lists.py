"""Forms of the lists that administrators keep."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from adminui.forms.common import Names, team_field
from cmdb.models import Service
from surveys.enums import Side
from tickets import kinds
from tickets.models import Category, PendingReason

SPARE_LINES = 4


def _service(label: Any) -> Any:
    rows = Service.objects.order_by("name_en")
    return forms.ModelChoiceField(rows, label=label, required=False, empty_label=_("None"))


def _kind_choices() -> list[tuple[str, Any]]:
    return [("", _("All kinds")), *((kind.key, kind.label) for kind in kinds.all_kinds())]


def _kind() -> Any:
    return forms.ChoiceField(
        label=pgettext_lazy("of a record", "Kind"),
        required=False,
        choices=lazy(_kind_choices, list),
    )


class CategoryForm(Names):
    parent = forms.ModelChoiceField(
        Category.objects.filter(parent=None),
        label=_("Below"),
        required=False,
        empty_label=_("None: a first-level category"),
    )
    service = _service(_("Service proposed"))
    team = team_field(
        _("Team proposed"), help_text=_("When no rule and no service decides on one.")
    )
    in_portal = forms.BooleanField(label=_("Offered to requesters"), required=False, initial=True)


class PendingReasonForm(Names):
    waits_for = forms.ChoiceField(
        label=_("Waits for"),
        choices=PendingReason.WaitsFor.choices,
        widget=forms.RadioSelect,
        initial=PendingReason.WaitsFor.OTHER,
        help_text=_("What waits for the requester goes on by itself when they answer."),
    )
    pauses_clocks = forms.BooleanField(
        label=_("Service-level clocks stand still meanwhile"), required=False
    )


class RuleForm(forms.Form):
    """When all that is filled in fits, the team gets the record."""

    kind = _kind()
    service = _service(_("Service"))
    category = forms.ModelChoiceField(
        Category.objects.order_by("name_en"),
        label=_("Category"),
        required=False,
        empty_label=_("All categories"),
        help_text=_("A first-level category includes those below it."),
    )
    priority_at_most = forms.TypedChoiceField(
        label=_("Priority at least"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", _("Every priority")), *((n, f"P{n}") for n in range(1, 6))],
        help_text=_("P2 means P1 and P2."),
    )
    title_contains = forms.CharField(label=_("Title contains"), max_length=120, required=False)
    team = team_field(_("Team that gets it"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].empty_label = _("All services")  # type: ignore[attr-defined]


class TrialForm(forms.Form):
    """A record that does not exist: which team would get it?"""

    title = forms.CharField(label=_("Title"), max_length=250, required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("of a record", "Kind"), choices=lazy(lambda: _kind_choices()[1:], list)
    )
    service = _service(_("Service"))
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True).order_by("name_en"),
        label=_("Category"),
        required=False,
        empty_label=_("None"),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, initial=3, choices=[(n, f"P{n}") for n in range(1, 6)]
    )


class SurveyReasonForm(Names):
    side = forms.ChoiceField(
        label=_("Offered with"),
        choices=Side.choices,
        widget=forms.RadioSelect,
        initial=Side.LOW,
        help_text=_("Below “satisfied” what was not good is offered, from there on what was good."),
    )


class SavedReplyForm(Names):
    team = team_field(_("For team"), empty_label=_("All teams"))
    body_ko = forms.CharField(
        label=_("Text (Korean)"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "ko"}),
    )
    body_en = forms.CharField(
        label=_("Text (English)"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "lang": "en"}),
        help_text=_("{requester}, {number} and {title} are filled in."),
    )


class TaskTemplateForm(Names):
    """Lines as groups of three fields; an emptied title removes its line."""

    kind = _kind()
    for_major = forms.BooleanField(
        label=_("Response to major incidents"),
        required=False,
        help_text=_("Put on the incident by itself when it is declared a major one."),
    )
    service = _service(_("Only for this service"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        initial = dict(initial or {})
        lines = initial.pop("lines", None) or []
        super().__init__(data, initial=initial)
        self.count = self._posted() or len(lines) + SPARE_LINES
        teams = [("", _("Its team")), *((team.pk, team.name) for team in _teams())]
        for number in range(self.count):
            line = lines[number] if number < len(lines) else {}
            self._add_line(number, line, teams)

    def _posted(self) -> int:
        sent = sum(1 for name in self.data if name.startswith("title_"))
        return min(sent, 60)

    def _add_line(self, number: int, line: dict[str, Any], teams: list[tuple[Any, Any]]) -> None:
        types = [("task", pgettext_lazy("line", "Task")), ("check", _("Checklist line"))]
        own = {
            "type": forms.ChoiceField(
                choices=types, initial=line.get("type", "task"), required=False, label=_("Kind")
            ),
            "title": forms.CharField(
                max_length=250, initial=line.get("title", ""), required=False, label=_("Title")
            ),
            "team": forms.TypedChoiceField(
                choices=teams,
                coerce=int,
                empty_value=None,
                initial=line.get("team") or "",
                required=False,
                label=_("Team"),
            ),
        }
        for part, field in own.items():
            field.widget.attrs["class"] = "input"
            field.widget.attrs["aria-label"] = f"{field.label} {number + 1}"
            self.fields[f"{part}_{number}"] = field

    def lines(self) -> list[dict[str, Any]]:
        """The bound fields of each line, for the template."""
        return [
            {part: self[f"{part}_{number}"] for part in ("type", "title", "team")}
            for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = ("name_ko", "name_en", "kind", "for_major", "service")
        kept = {name: data.get(name) for name in names}
        kept["lines"] = [
            {part: data.get(f"{part}_{number}") for part in ("type", "title", "team")}
            for number in range(self.count)
        ]
        return kept


def _teams() -> list[Team]:
    return list(Team.objects.filter(is_active=True).order_by("name_en"))
