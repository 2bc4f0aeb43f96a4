"""The escalation steps of a policy, as a set of forms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from adminui.forms.common import person_field
from core.text import row_ids
from notifications.models import Webhook
from sla.actions.lines import LONGEST_PAUSE, MOST_REPEATS, MOST_STEPS
from sla.enums import Metric
from sla.queries.words import WHO

PREFIX = "step"


def _number(label: Any, least: int, most: int, **extra: Any) -> Any:
    widget = forms.NumberInput({"class": "input num", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, widget=widget, **extra
    )


class StepForm(forms.Form):
    """One step. Without a percentage it is an empty line."""

    percent = _number(_("At (%)"), 1, 100)
    metrics = forms.MultipleChoiceField(
        label=_("Of which targets"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: of all"),
    )
    who = forms.MultipleChoiceField(
        label=_("Tell"),
        required=False,
        choices=list(WHO.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.TypedMultipleChoiceField(
        label=_("Tell these people"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    person = person_field(_("One more person to tell"))
    team = forms.TypedChoiceField(
        label=_("Hand over to the team"), required=False, coerce=int, empty_value=None
    )
    raise_priority = forms.BooleanField(label=_("Raise the priority by one"), required=False)
    candidate_major = forms.BooleanField(label=_("Propose a major incident"), required=False)
    webhook = forms.TypedChoiceField(
        label=_("Call the webhook"), required=False, coerce=int, empty_value=None
    )
    repeat_minutes = _number(_("Again every (minutes)"), 0, LONGEST_PAUSE)
    repeat_limit = _number(
        _("At most (times)"), 0, MOST_REPEATS, help_text=_("After a breach only")
    )
    drop = forms.BooleanField(label=_("Remove this step"), required=False)

    def __init__(self, *args: Any, rows: "Rows", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["metrics"].choices = [(metric.value, metric.label) for metric in rows.metrics]
        if len(rows.metrics) < 2:
            del self.fields["metrics"]
        fields["people"].choices = rows.people_of(self)
        if not fields["people"].choices:
            del self.fields["people"]
        fields["team"].choices = rows.teams
        fields["webhook"].choices = rows.webhooks
        if len(rows.webhooks) < 2:
            del self.fields["webhook"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("percent") is None and not data.get("drop") and self.actions():
            self.add_error("percent", _("At how many percent of the target?"))
        return data

    def is_empty(self) -> bool:
        """Nothing to keep."""
        return self.cleaned_data.get("percent") is None or bool(self.cleaned_data["drop"])

    def actions(self) -> list[dict[str, Any]]:
        """What is done, as the model keeps it."""
        data, found = self.cleaned_data, []
        people = list(data.get("people") or ())
        if data.get("person") is not None:
            people.append(data["person"].pk)
        who = list(data.get("who") or ())
        if who or people:
            told: dict[str, Any] = {"do": "notify", "who": who}
            found.append(told | ({"people": people} if people else {}))
        if data.get("team"):
            found.append({"do": "reassign", "team": data["team"]})
        found += [{"do": name} for name in ("raise_priority", "candidate_major") if data.get(name)]
        if data.get("webhook"):
            found.append({"do": "webhook", "webhook": data["webhook"]})
        return found

    def line(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "percent": data["percent"],
            "metrics": list(data.get("metrics") or ()),
            "repeat_minutes": data["repeat_minutes"] or 0,
            "repeat_limit": data["repeat_limit"] or 0,
            "actions": self.actions(),
        }


class Rows:
    """What all steps of a page offer to choose from, read once."""

    def __init__(self, metrics: Sequence[Metric], lines: Sequence[Any], data: Any) -> None:
        self.metrics = metrics
        teams = Team.objects.filter(is_active=True).order_by("name_en")
        hooks = Webhook.objects.filter(is_active=True).order_by("name")
        nothing = ("", pgettext_lazy("nothing chosen", "–"))
        self.teams = [nothing, *((row.pk, row.name) for row in teams)]
        self.webhooks = [nothing, *((row.pk, row.name) for row in hooks)]
        posted = [key for key in data or () if key.startswith(PREFIX) and key.endswith("-people")]
        wanted = {pk for key in posted for pk in row_ids(data.getlist(key))}
        wanted |= {pk for line in lines for pk in _start(line)["people"]}
        people = User.objects.filter(pk__in=wanted) if wanted else ()
        self._people = {row.pk: row.name for row in people}

    def people_of(self, form: forms.Form) -> list[tuple[int, str]]:
        chosen = form["people"].value() or ()
        keys = row_ids(map(str, chosen))
        return [(pk, self._people[pk]) for pk in keys if pk in self._people]


class StepSet:
    """The steps that are there, and at least one empty line (`more` of them)."""

    def __init__(
        self, data: Any, *, lines: Sequence[Any], metrics: Sequence[Metric], more: int = 0
    ) -> None:
        rows = Rows(metrics, lines, data)
        count = len(lines) + 1 + more
        if data is not None:
            posted = row_ids([data.get(f"{PREFIX}-count", "")])
            count = min(posted[0] if posted else 0, MOST_STEPS + 1) + more
        self.forms = [
            StepForm(
                data,
                prefix=f"{PREFIX}-{n}",
                rows=rows,
                initial=_start(lines[n]) if n < len(lines) else {},
            )
            for n in range(count)
        ]

    @property
    def count(self) -> int:
        return len(self.forms)

    def is_valid(self) -> bool:
        return not sum(not form.is_valid() for form in self.forms)

    def errors(self) -> list[Any]:
        return [form for form in self.forms if form.is_bound and form.errors]

    def values(self) -> list[dict[str, Any]]:
        return [form.line() for form in self.forms if not form.is_empty()]


def _start(line: Any) -> dict[str, Any]:
    """What a step's form starts with."""
    start = {name: line[name] for name in ("percent", "metrics")}
    start |= {name: line[name] or None for name in ("repeat_minutes", "repeat_limit")}
    start |= {"who": [], "people": []}
    for action in line["actions"]:
        if action["do"] == "notify":
            start["who"] = [*start["who"], *action.get("who", ())]
            start["people"] = [*start["people"], *action.get("people", ())]
        elif action["do"] in ("reassign", "webhook"):
            name = "team" if action["do"] == "reassign" else "webhook"
            start[name] = action[name]
        else:
            start[action["do"]] = True
    return start
