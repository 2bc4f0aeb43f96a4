"""The filter chips: how each field of a list's query object is named, chosen and read aloud."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Team, User
from cmdb.models import Service
from core import formats
from core.states import PHASE_LABELS
from core.text import row_ids
from tickets import kinds
from tickets.enums import Channel
from tickets.filters import ME, MY_TEAMS, NOBODY, limits
from tickets.models import Category

PREFIX = "f."
Choice = tuple[str, str]


@dataclass(frozen=True)
class Chip:
    """One thing to filter by. `widget`: choices, pick, range or text; `key` is the query's name."""

    key: str
    label: Any
    icon: str
    widget: str
    choices: Callable[[], Iterable[Choice]] = tuple
    words: Callable[[Sequence[str]], list[str]] | None = None
    source: str = ""

    @property
    def name(self) -> str:
        return PREFIX + self.key

    def describe(self, values: Sequence[str]) -> str:
        """The chosen values in words."""
        if self.words is not None:
            return ", ".join(self.words(values))
        named = {value: str(label) for value, label in self.choices()}
        return ", ".join(named.get(value, value) for value in values)


def _statuses() -> list[Choice]:
    """Each status once, whatever kinds share it."""
    found: dict[str, str] = {}
    for kind in kinds.all_kinds():
        for state in kind.machine.states:
            found.setdefault(state.key, str(state.label))
    return list(found.items())


def _phases() -> list[Choice]:
    return [(phase.value, str(label)) for phase, label in PHASE_LABELS.items()]


def _kinds() -> list[Choice]:
    return [(kind.key, str(kind.label)) for kind in kinds.all_kinds()]


def _priorities() -> list[Choice]:
    return [(str(level), f"P{level}") for level in range(1, 6)]


SLA = {
    "breached": pgettext_lazy("SLA", "Breached"),
    "today": pgettext_lazy("SLA", "Breaches today"),
    "running": pgettext_lazy("SLA", "Running"),
    "paused": pgettext_lazy("SLA", "Paused"),
    "none": pgettext_lazy("SLA", "No target"),
}


def _sla() -> list[Choice]:
    return [(value, str(label)) for value, label in SLA.items()]


def _teams() -> list[Choice]:
    named = [(team.slug, team.name) for team in Team.objects.filter(is_active=True)]
    return [(MY_TEAMS, _("My teams")), *sorted(named, key=lambda choice: choice[1])]


def _services() -> list[Choice]:
    return sorted(((row.slug, row.name) for row in Service.objects.all()), key=lambda c: c[1])


def _categories() -> list[Choice]:
    return [(row.key, row.name) for row in Category.objects.filter(is_active=True)]


def _channels() -> list[Choice]:
    return [(value, str(label)) for value, label in Channel.choices]


def _yes() -> list[Choice]:
    return [("1", _("Restricted only"))]


def _people_words(values: Sequence[str]) -> list[str]:
    ids = row_ids(values)
    known = {str(user.pk): user.name for user in User.objects.filter(pk__in=ids)} if ids else {}
    tokens = {ME: _("me"), NOBODY: _("unassigned")}
    return [tokens.get(value) or known.get(value, value) for value in values]


RANGES = {
    "today": pgettext_lazy("date range", "Today"),
    "7d": pgettext_lazy("date range", "7 days"),
    "30d": pgettext_lazy("date range", "30 days"),
}


def days(value: str) -> tuple[Any, Any]:
    """First and last day of a span in the reader's zone; None where it is open."""
    start, end = limits(value)
    first = timezone.localdate(start) if start else None
    return first, timezone.localdate(end - timedelta(seconds=1)) if end else None


def _span_words(values: Sequence[str]) -> list[str]:
    if values[0] in RANGES:
        return [str(RANGES[values[0]])]
    return [" – ".join(formats.day(day) if day else "…" for day in days(values[0]))]


CHIPS = {
    chip.key: chip
    for chip in (
        Chip("sla", pgettext_lazy("column", "SLA"), "clock", "choices", _sla),
        Chip("kind", pgettext_lazy("filter", "Kind"), "category", "choices", _kinds),
        Chip("status", gettext_lazy("Status"), "progress", "choices", _statuses),
        Chip("phase", gettext_lazy("Phase"), "circle-dot", "choices", _phases),
        Chip("priority", gettext_lazy("Priority"), "chevrons-up", "choices", _priorities),
        Chip("team", gettext_lazy("Team"), "users", "choices", _teams),
        Chip(
            "assignee",
            gettext_lazy("Assignee"),
            "user",
            "pick",
            words=_people_words,
            source="agents",
        ),
        Chip(
            "requester",
            gettext_lazy("Requester"),
            "user-circle",
            "pick",
            words=_people_words,
            source="people",
        ),
        Chip("service", gettext_lazy("Service"), "server", "choices", _services),
        Chip("category", gettext_lazy("Category"), "category", "choices", _categories),
        Chip("tag", gettext_lazy("Tag"), "tag", "text", words=list),
        Chip("channel", gettext_lazy("Channel"), "world", "choices", _channels),
        Chip("opened", pgettext_lazy("filter", "Opened"), "calendar", "range", words=_span_words),
        Chip("updated", pgettext_lazy("filter", "Updated"), "clock", "range", words=_span_words),
        Chip("restricted", gettext_lazy("Access"), "shield-lock", "choices", _yes),
    )
}
