"""The form of a policy: conditions, the grid of targets, behaviour. Steps: sla_steps."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Team
from adminui.forms.common import Names
from adminui.forms.sla_calendars import LOCAL, goal
from adminui.forms.sla_steps import StepSet
from catalog.models import Offering
from cmdb.models import Contract, Service
from core import formats
from sla import hours
from sla.actions.policies import state_of
from sla.enums import Agreement, Metric, OnChange, OnReopen, agreement_of
from sla.models import Calendar, Policy
from sla.models.agreement import WARN_AT
from tickets import kinds, priority

LEVELS = (0, *priority.LEVELS)  # 0: any
EITHER = (
    ("", pgettext_lazy("condition", "Does not matter")),
    ("yes", _("Only these")),
    ("no", _("Not these")),
)
YES_NO = {"": None, "yes": True, "no": False}
PLAIN = ("name_ko", "name_en", "note", "contract", "applies_from", "on_change", "on_reopen")
ROWS = ("services", "departments", "teams")


def metrics_of(agreement: str) -> list[Metric]:
    """What is measured under an agreement."""
    return [metric for metric in Metric if agreement_of(metric) == agreement]


def _rows(model: Any, label: Any, help_text: Any = "") -> Any:
    return forms.ModelMultipleChoiceField(
        model.objects.order_by("name_en", "name_ko"),
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class PolicyForm(Names):
    """A policy with its lines. Empty conditions fit everything."""

    note = forms.CharField(
        label=_("Note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 2})
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    priorities = forms.TypedMultipleChoiceField(
        label=_("Priorities"),
        required=False,
        coerce=int,
        choices=[(level, f"P{level}") for level in priority.LEVELS],
        widget=forms.CheckboxSelectMultiple,
    )
    services = _rows(Service, _("Services"))
    offerings = _rows(Offering, _("Offerings"), _("Only requests for one of these."))
    departments = _rows(
        Department, _("Departments of the requester"), _("Departments below them are included.")
    )
    teams = _rows(Team, _("Teams"))
    tags = forms.CharField(
        label=_("Tags"), max_length=400, required=False, help_text=_("Several: with commas between")
    )
    vip = forms.ChoiceField(label=_("VIP requesters"), choices=EITHER, required=False)
    security = forms.ChoiceField(label=_("Security incidents"), choices=EITHER, required=False)
    contract = forms.ModelChoiceField(
        Contract.objects.select_related("supplier").order_by("number"),
        label=_("Contract with the supplier"),
        required=False,
        empty_label=_("Choose a contract"),
    )
    applies_from = forms.DateTimeField(
        label=_("Only records opened from"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
    )
    on_change = forms.ChoiceField(
        label=_("When another target fits a running clock"),
        choices=OnChange,
        initial=OnChange.KEEP,
        widget=forms.RadioSelect,
    )
    on_reopen = forms.ChoiceField(
        label=_("When a record is reopened"),
        choices=OnReopen,
        initial=OnReopen.CONTINUE,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, data: Any = None, *, agreement: str, of: Policy | None = None, steps: int = 0
    ) -> None:
        self.state = state_of(of) if of is not None else None
        super().__init__(data, initial=_start(self.state))
        self.agreement = Agreement(agreement)
        self.metrics = metrics_of(agreement)
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (kind.key, kind.label) for kind in kinds.all_kinds()
        ]
        if agreement != Agreement.UC:
            del self.fields["contract"]
        self._add_targets()
        lines = self.state["steps"] if self.state else []
        self.steps = StepSet(data, lines=lines, metrics=self.metrics, more=steps)

    def _kept(self) -> dict[tuple[str, int], Any]:
        lines = (self.state or {}).get("targets", ())
        return {(line["metric"], line["priority"] or 0): line for line in lines}

    def _add_targets(self) -> None:
        known = {
            (t["metric"], t["priority"] or 0): t for t in (self.state or {}).get("targets", ())
        }
        used = {target["calendar"] for target in known.values()}
        rows = Calendar.objects.order_by("position", "id")
        offered = [(row.pk, row.name) for row in rows if row.is_active or row.pk in used]
        usual = _usual([target["calendar"] for target in known.values()], offered)
        for metric in self.metrics:
            for level in LEVELS:
                self._add_cell(metric, level, known.get((metric, level)), offered, usual)
            warn_at = next((known[m, n]["warn_at"] for m, n in known if m == metric), WARN_AT)
            self.fields[f"warn_{metric}"] = forms.CharField(
                label=_("%(metric)s: warn at (%%)") % {"metric": metric.label},
                max_length=40,
                required=False,
                initial=", ".join(map(str, warn_at)),
                widget=forms.TextInput({"class": "input typed", "autocomplete": "off"}),
            )

    def _add_cell(
        self, metric: Metric, level: int, line: Any, offered: list[Any], usual: int | None
    ) -> None:
        about = f"{metric.label} {f'P{level}' if level else _('any priority')}"
        attrs = {"class": "input typed", "autocomplete": "off", "aria-label": about}
        self.fields[f"goal_{metric}_{level}"] = Goal(
            label=about,
            initial=hours.write_goal(line["goal"], formats.is_korean()) if line else "",
            widget=forms.TextInput(attrs),
        )
        label = _("%(target)s: calendar") % {"target": about}
        self.fields[f"calendar_{metric}_{level}"] = forms.TypedChoiceField(
            coerce=int,
            empty_value=None,
            choices=offered,
            initial=line["calendar"] if line else usual,
            label=label,
            required=False,
            widget=forms.Select({"class": "input", "aria-label": label}),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for metric in self.metrics:
            name = f"warn_{metric}"
            try:
                self.cleaned_data[name] = _percents(cleaned.get(name, ""))
            except ValueError:
                self.add_error(name, _("Write whole percents below 100, such as 50, 75, 90."))
        return self.cleaned_data

    def is_valid(self) -> bool:
        steps = self.steps.is_valid()
        return super().is_valid() and steps

    def understood(self) -> bool:
        """Whether all that was typed could be read, though the action may have refused it."""
        return self.is_bound and set(self.errors) <= {"__all__"} and self.steps.is_valid()

    def grid(self) -> list[dict[str, Any]]:
        """The targets as a table: a row for each metric."""
        return [
            {
                "label": metric.label,
                "cells": [
                    (
                        self[f"goal_{metric}_{level}"],
                        self[f"calendar_{metric}_{level}"],
                        f"P{level}" if level else _("Any"),
                    )
                    for level in LEVELS
                ],
                "warn": self[f"warn_{metric}"],
            }
            for metric in self.metrics
        ]

    def columns(self) -> list[Any]:
        return [_("Any priority"), *(f"P{level}" for level in priority.LEVELS)]

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in PLAIN if name in data},
            **{name: list(data[name]) for name in ROWS},
            "offerings": [row.pk for row in data["offerings"]],
            "kinds": data["kinds"],
            "priorities": data["priorities"],
            "tags": [tag.strip() for tag in data["tags"].split(",") if tag.strip()],
            "vip": YES_NO[data["vip"]],
            "security": YES_NO[data["security"]],
            "targets": self._targets(),
            "steps": self.steps.values(),
        }

    def _targets(self) -> list[dict[str, Any]]:
        data, found = self.cleaned_data, []
        kept = self._kept()
        for metric in self.metrics:
            touched = f"warn_{metric}" in self.changed_data
            for level in LEVELS:
                seconds = data.get(f"goal_{metric}_{level}")
                if not seconds:
                    continue
                before = kept.get((metric, level))
                warn_at = data[f"warn_{metric}"]
                found.append(
                    {
                        "metric": metric.value,
                        "priority": level or None,
                        "goal": seconds,
                        "calendar": data[f"calendar_{metric}_{level}"],
                        # Points that differ within a row stay, unless the row's were edited.
                        "warn_at": before["warn_at"] if before and not touched else warn_at,
                    }
                )
        return found


class Goal(forms.CharField):
    """Working time as "4h 30m"; None where nothing is promised."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(max_length=30, required=False, **extra)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return goal(text) if text else None


def _percents(text: str) -> list[int]:
    return sorted({_percent(part) for part in re.split(r"[,\s]+", text.replace("%", "")) if part})


def _percent(text: str) -> int:
    number = int(text)
    if not 0 < number < 100:
        raise ValueError(text)
    return number


def _usual(used: list[int], offered: list[tuple[int, str]]) -> int | None:
    """The calendar most targets count by, to begin new ones with."""
    if used:
        return max(set(used), key=used.count)
    return offered[0][0] if offered else None


def _start(state: dict[str, Any] | None) -> dict[str, Any]:
    if state is None:
        return {}
    words = {None: "", True: "yes", False: "no"}
    return state | {
        "tags": ", ".join(state["tags"]),
        "vip": words[state["vip"]],
        "security": words[state["security"]],
    }
