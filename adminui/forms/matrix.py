"""The priority matrix as one form: nine cells, five names, two raises."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import options
from tickets import priority
from tickets.actions.matrix import RAISES, Plan
from tickets.enums import Impact, Urgency
from tickets.models import PriorityLevel

LEVELS = [(level, f"P{level}") for level in priority.LEVELS]


class MatrixForm(forms.Form):
    """Fields cell_<impact><urgency>, name_ko_<level>, name_en_<level>, and the options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (impact, urgency), level in priority.matrix().items():
            label = _("Impact %(impact)s, urgency %(urgency)s") % {
                "impact": Impact(impact).label,
                "urgency": Urgency(urgency).label,
            }
            attrs = {"class": "input", "aria-label": label, "data-level": level}
            self.fields[f"cell_{impact}{urgency}"] = forms.TypedChoiceField(
                coerce=int,
                choices=LEVELS,
                initial=level,
                label=label,
                widget=forms.Select(attrs=attrs),
            )
        self._add_names()
        for key in RAISES:
            self.fields[key] = forms.BooleanField(
                label=options.DEFINITIONS[key].label, required=False, initial=options.get(key)
            )
        self.fields["apply_to_open"] = forms.BooleanField(
            label=_("Apply to open records as well"),
            required=False,
            help_text=_("In the background, each with an entry in its history."),
        )

    def _add_names(self) -> None:
        rows = {row.level: row for row in PriorityLevel.objects.all()}
        for level, short in LEVELS:
            for language, label in (("ko", _("Name (Korean)")), ("en", _("Name (English)"))):
                row = rows.get(level)
                attrs = {"class": "input", "aria-label": f"{short} {label}", "lang": language}
                self.fields[f"name_{language}_{level}"] = forms.CharField(
                    max_length=120,
                    required=False,
                    initial=getattr(row, f"name_{language}", ""),
                    label=f"{short} {label}",
                    widget=forms.TextInput(attrs=attrs),
                )

    def rows(self) -> list[dict[str, Any]]:
        """The grid: one row per impact, its cells by urgency."""
        return [
            {
                "label": Impact(impact).label,
                "cells": [self[f"cell_{impact}{urgency}"] for urgency in Urgency.values],
            }
            for impact in Impact.values
        ]

    def columns(self) -> list[Any]:
        return list(Urgency.labels)

    def names(self) -> list[dict[str, Any]]:
        """One line per level: its number and its two names."""
        return [
            {"level": level, "ko": self[f"name_ko_{level}"], "en": self[f"name_en_{level}"]}
            for level, _short in LEVELS
        ]

    def raises(self) -> list[Any]:
        return [self[key] for key in RAISES]

    def plan(self) -> Plan:
        data = self.cleaned_data
        cells = {(i, u): data[f"cell_{i}{u}"] for i in Impact.values for u in Urgency.values}
        return Plan(cells, *(data[key] for key in RAISES))

    def level_names(self) -> dict[int, tuple[str, str]]:
        data = self.cleaned_data
        return {
            level: (data[f"name_ko_{level}"], data[f"name_en_{level}"]) for level in priority.LEVELS
        }
