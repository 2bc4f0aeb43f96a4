"""Records as rows of a file: one row each, in the reader's language and zone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formats
from tickets import kinds
from tickets.enums import Channel, Impact, Urgency

CHUNK = 2000


@dataclass(frozen=True)
class Column:
    """A heading, the values it needs, and how they read."""

    label: str
    needs: tuple[str, ...]
    read: Callable[..., Any]


def columns() -> list[Column]:
    """The columns of a file of records. All words are looked up now, not while it is sent."""
    korean, zone = formats.is_korean(), timezone.get_current_timezone()
    states = {
        (kind.key, state.key): str(state.label)
        for kind in kinds.all_kinds()
        for state in kind.machine.states
    }
    labels = {kind.key: str(kind.label) for kind in kinds.all_kinds()}
    channels, impacts, urgencies = (
        {key: str(label) for key, label in words.choices} for words in (Channel, Impact, Urgency)
    )
    yes = _("Yes")

    def person(role: str) -> tuple[str, str]:
        return f"{role}__display_name", f"{role}__roman_name"

    def name_of(display: str | None, roman: str | None) -> str:
        return (display if korean else roman or display) or ""

    def named(what: str) -> tuple[str, str]:
        return f"{what}__name_ko", f"{what}__name_en"

    def words_of(ko: str | None, en: str | None) -> str:
        return (ko or en if korean else en or ko) or ""

    def local(instant: datetime | None) -> Any:
        return instant.astimezone(zone) if instant else ""

    return [
        Column(_("Number"), ("number",), str),
        Column(pgettext("column", "Kind"), ("kind",), labels.get),
        Column(_("Title"), ("title",), str),
        Column(_("Status"), ("kind", "status"), lambda kind, status: states[kind, status]),
        Column(_("Priority"), ("priority",), lambda level: f"P{level}"),
        Column(_("Impact"), ("impact",), impacts.get),
        Column(_("Urgency"), ("urgency",), urgencies.get),
        Column(_("Requester"), person("requester"), name_of),
        Column(_("Department"), named("requester__department"), words_of),
        Column(_("Team"), named("team"), words_of),
        Column(_("Assignee"), person("assignee"), name_of),
        Column(_("Service"), named("service"), words_of),
        Column(_("Category"), named("category"), words_of),
        Column(_("Pending reason"), named("pending_reason"), words_of),
        Column(_("Channel"), ("channel",), channels.get),
        Column(_("Tags"), ("tags",), ", ".join),
        Column(_("Restricted"), ("restricted",), lambda on: yes if on else ""),
        Column(pgettext("column", "Opened"), ("opened_at",), local),
        Column(_("First response"), ("responded_at",), local),
        Column(_("Resolved"), ("resolved_at",), local),
        Column(pgettext("column", "Closed"), ("closed_at",), local),
        Column(pgettext("column", "Updated"), ("updated_at",), local),
        Column(_("Reopened"), ("reopen_count",), int),
        Column(_("Reassigned"), ("reassign_count",), int),
    ]


def rows(tickets: Any, chosen: list[Column]) -> Iterator[list[Any]]:
    """The records in their order, read through a cursor on the server."""
    fields = list(dict.fromkeys(name for column in chosen for name in column.needs))
    places = [[fields.index(name) for name in column.needs] for column in chosen]
    plan = list(zip(chosen, places, strict=True))
    for values in tickets.values_list(*fields).iterator(chunk_size=CHUNK):
        yield [column.read(*[values[place] for place in needed]) for column, needed in plan]
