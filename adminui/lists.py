"""The lists that one pair of pages serves: what each shows, and the form that edits a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from adminui.forms import lists as forms
from adminui.forms.common import Names
from surveys.models import Reason
from tickets import kinds
from tickets.models import (
    CannedText,
    Category,
    CauseCategory,
    PendingReason,
    ResolutionCode,
    RoutingRule,
    WorkTemplate,
)

Column = tuple[Any, Callable[[Any], str]]


@dataclass(frozen=True)
class ListPage:
    """`columns` follow the name; `related` is fetched with the rows. `new` labels the button."""

    model: Any
    form: type[Form]
    new: Any
    columns: tuple[Column, ...] = ()
    related: tuple[str, ...] = ()
    text: Any = ""

    def rows(self) -> QuerySet[Any]:
        return self.model.objects.select_related(*self.related).order_by("position", "id")

    @property
    def is_tree(self) -> bool:
        return self.model is Category


def _yes(value: Any) -> str:
    return _("Yes") if value else _("No")


def _named(row: Any) -> str:
    return row.name if row is not None else ""


def _kind(row: Any) -> str:
    return str(kinds.get(row.kind).label) if row.kind else _("All kinds")


def _lines(row: WorkTemplate) -> str:
    tasks = sum(1 for line in row.lines if line["type"] == "task")
    return _("%(tasks)s tasks, %(checks)s checklist lines") % {
        "tasks": tasks,
        "checks": len(row.lines) - tasks,
    }


def conditions(rule: RoutingRule) -> str:
    """A rule's conditions as one line of text."""
    parts = [str(kinds.get(rule.kind).label) if rule.kind else ""]
    for label, value in (
        (_("Service"), _named(rule.service)),
        (_("Category"), _named(rule.category)),
        (_("Priority at least"), f"P{rule.priority_at_most}" if rule.priority_at_most else ""),
        (_("Title contains"), rule.title_contains),
    ):
        parts.append(f"{label}: {value}" if value else "")
    return " · ".join(part for part in parts if part) or _("Every record")


PAGES = {
    "categories": ListPage(
        Category,
        forms.CategoryForm,
        gettext_lazy("New category"),
        (
            (gettext_lazy("Service proposed"), lambda row: _named(row.service)),
            (gettext_lazy("Team proposed"), lambda row: _named(row.team)),
            (gettext_lazy("In the portal"), lambda row: _yes(row.in_portal)),
        ),
        ("service", "team", "parent"),
    ),
    "routing": ListPage(
        RoutingRule,
        forms.RuleForm,
        gettext_lazy("New rule"),
        ((gettext_lazy("Team that gets it"), lambda row: _named(row.team)),),
        ("service", "category", "team"),
        gettext_lazy(
            "The first rule that fits decides. Where none does: the service's team, then the "
            "category's, then the default team."
        ),
    ),
    "pending-reasons": ListPage(
        PendingReason,
        forms.PendingReasonForm,
        gettext_lazy("New pending reason"),
        (
            (gettext_lazy("Waits for"), lambda row: row.get_waits_for_display()),
            (gettext_lazy("Clocks stand still"), lambda row: _yes(row.pauses_clocks)),
        ),
    ),
    "resolution-codes": ListPage(ResolutionCode, Names, gettext_lazy("New resolution code")),
    "cause-categories": ListPage(CauseCategory, Names, gettext_lazy("New cause category")),
    "task-templates": ListPage(
        WorkTemplate,
        forms.TaskTemplateForm,
        gettext_lazy("New task template"),
        (
            (gettext_lazy("For"), _kind),
            (gettext_lazy("Lines"), _lines),
        ),
    ),
    "saved-replies": ListPage(
        CannedText,
        forms.SavedReplyForm,
        gettext_lazy("New saved reply"),
        ((gettext_lazy("For team"), lambda row: _named(row.team) or _("All teams")),),
        ("team",),
    ),
    "survey-reasons": ListPage(
        Reason,
        forms.SurveyReasonForm,
        gettext_lazy("New survey reason"),
        ((gettext_lazy("Offered with"), lambda row: row.get_side_display()),),
    ),
}


def table(page: ListPage) -> list[dict[str, Any]]:
    """The rows of a list as ready-made strings; of a tree, each followed by those below it."""
    rows = list(page.rows())
    if page.is_tree:
        below: dict[int | None, list[Any]] = {}
        for row in rows:
            below.setdefault(row.parent_id, []).append(row)
        rows = [row for top in below.get(None, []) for row in (top, *below.get(top.pk, []))]
    ends = _ends(rows)
    return [_line(page, row, ends) for row in rows]


def _ends(rows: list[Any]) -> dict[Any, tuple[int, int]]:
    """The first and last row among those that move together."""
    ends: dict[Any, tuple[int, int]] = {}
    for row in rows:
        group = getattr(row, "parent_id", None)
        ends[group] = (ends.get(group, (row.pk, 0))[0], row.pk)
    return ends


def _line(page: ListPage, row: Any, ends: dict[Any, tuple[int, int]]) -> dict[str, Any]:
    first, last = ends[getattr(row, "parent_id", None)]
    rule = isinstance(row, RoutingRule)
    return {
        "pk": row.pk,
        "name": conditions(row) if rule else row.name,
        "other": "" if rule else _other_name(row),
        "is_inner": bool(getattr(row, "parent_id", None)),
        "cells": [(label, read(row)) for label, read in page.columns],
        "is_active": row.is_active,
        "is_first": row.pk == first,
        "is_last": row.pk == last,
    }


def _other_name(row: Any) -> str:
    """The name in the language that is not shown; what is missing is said."""
    shown = row.name
    other = row.name_en if shown == row.name_ko else row.name_ko
    return other or pgettext("translation of a name", "not translated")
