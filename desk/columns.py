"""The cells of a queue row: ready-made markup, one function per column, nothing looked up twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from core import formats
from core.templatetags.ui import PRIORITY_ICONS, icon_markup, initials, phase_icon, tone
from desk.widgets import ClockMarks
from sla import reading
from sla.queries.faces import Clocks
from tickets import kinds
from tickets.enums import Channel, Impact, Urgency

Row = dict[str, Any]


class Context:
    """What all rows of one page share: now, the reader's words, and texts of instants made once."""

    def __init__(self, now: datetime, reader: int | None = None) -> None:
        self.now = now
        self.reader = reader
        self.clocks = Clocks(int(now.timestamp()))
        self.marks = ClockMarks(now)
        self.zone = timezone.get_current_timezone()
        self.language = get_language() or "en"
        self.korean = formats.is_korean()
        self.select = escape(_("Select %(number)s"))
        self.priority = escape(_("Priority P%(level)s"))
        self.assignee = escape(_("Assignee: %(name)s"))
        self.unassigned = escape(_("Unassigned"))
        self.unread = f'<span class="vh">{escape(_("Unread"))}: </span>'
        self.draft = f'<span class="badge badge--outline">{escape(_("Draft"))}</span>'
        self.restricted = icon_markup("shield-lock", "", _("Restricted"))
        requester = icon_markup("arrow-down-left", "", _("The requester wrote last"))
        self.requester_last = f'<span class="q-by q-by--in">{requester}</span>'
        desk = icon_markup("arrow-up-right", "", _("The desk wrote last"))
        self.desk_last = f'<span class="q-by">{desk}</span>'
        self._days: dict[date, str] = {}
        self._ago: dict[Any, str] = {}

    def person(self, row: Row, role: str) -> str:
        """A person's name in the reader's language."""
        roman, name = row[f"{role}__roman_name"], row[f"{role}__display_name"]
        return (name if self.korean else roman or name) or ""

    def named(self, row: Row, what: str) -> str:
        ko, en = row[f"{what}__name_ko"], row[f"{what}__name_en"]
        return (ko or en if self.korean else en or ko) or ""

    def time(self, instant: datetime, text: str = "") -> str:
        """A <time>; without a text of its own it says how long ago, and stays fresh."""
        local = instant.astimezone(self.zone)
        day = self._days.get(local.date())
        if day is None:
            day = self._days[local.date()] = formats.day(instant)
        full = f"{day}{' ' if self.korean else ', '}{local:%H:%M}"
        live, shown = ("", text) if text else (" data-ago", self._since(instant, local))
        return f'<time datetime="{instant.isoformat()}" title="{full}"{live}>{shown}</time>'

    def _since(self, instant: datetime, local: datetime) -> str:
        minutes = int((self.now - instant).total_seconds() // 60)
        # Yesterday is told with its time; all older instants of one day read the same.
        key: Any = minutes if minutes < 2880 else local.date()
        known = self._ago.get(key)
        if known is None:
            known = self._ago[key] = formats.ago(instant, self.now)
        return known


@dataclass(frozen=True)
class Column:
    """`sort` is a key of paging.SORTS; `needs` are the values the cell is made from."""

    key: str
    label: Any
    cell: Callable[[Row, Context], str]
    needs: tuple[str, ...] = ()
    sort: str = ""
    fixed: bool = False
    default: bool = True


PERSON = ("__display_name", "__roman_name")


def _menu(row: Row, what: str, key: str, label: str, inside: str) -> str:
    """A cell that opens its editor; plain text where the reader may not."""
    number = row["number"]
    path = kinds.get(row["kind"]).path
    return (
        f'<button type="button" class="cell" id="{what}-{number}" data-row-hotkey="{key}"'
        f' hx-get="/{path}/{number}/menu/{what}/?from=row" hx-target="#pop" data-pop'
        f' aria-haspopup="true" aria-label="{label}">{inside}</button>'
    )


@lru_cache(maxsize=512)
def _priority_mark(level: int) -> str:
    mark = icon_markup(PRIORITY_ICONS[level])
    return f'<span class="prio" data-level="{level}">{mark}P{level}</span>'


@lru_cache(maxsize=512)
def _status_mark(kind: str, status: str, phase: str, language: str) -> tuple[str, str]:
    """(what the cell shows, what it is called) in one language."""
    label = kinds.get(kind).machine.by_key[status].label
    mark = (
        f'<span class="status" data-phase="{phase}">{phase_icon(phase, status)}'
        f"<span>{escape(str(label))}</span></span>"
    )
    return mark, escape(_("Status: %(status)s") % {"status": label})


def _sla(row: Row, context: Context) -> str:
    found = context.clocks.of(row["id"])
    if found is None:
        return f'<td class="q-sla">{context.marks.none}</td>'
    clock, hours = found
    resume = row["resume_at"]
    shown = reading.read(clock, hours, int(resume.timestamp()) if resume else None)
    mine = row["assignee_id"] == context.reader
    cell = context.marks.cell(shown, hours, row["url"], row["number"], mine)
    return f'<td class="q-sla">{cell}</td>'


def _priority(row: Row, context: Context) -> str:
    mark = _priority_mark(row["priority"])
    label = context.priority % {"level": row["priority"]}
    return f'<td class="q-priority">{_menu(row, "priority", "p", label, mark)}</td>'


def _number(row: Row, context: Context) -> str:
    return f'<td class="q-number"><a href="{row["url"]}">{row["number"]}</a></td>'


def _title(row: Row, context: Context) -> str:
    about = " · ".join(
        part
        for part in (
            context.person(row, "requester"),
            context.named(row, "requester__department"),
            context.named(row, "service"),
        )
        if part
    )
    marks = ""
    if row["restricted"]:
        marks += context.restricted
    if row["has_draft"]:
        marks += context.draft
    tags = "".join(f'<span class="tag">{escape(tag)}</span>' for tag in row["tags"][:3])
    unseen = context.unread if row["unseen"] else ""
    return (
        f'<th scope="row" class="q-title"><div class="q-main"><div class="q-line">'
        f'<a class="q-link" id="open-{row["number"]}" data-row-link data-focus-fallback'
        f' href="{row["url"]}">{unseen}{escape(row["title"])}</a>{marks}</div>'
        f'<div class="q-sub"><span>{escape(about)}</span>{tags}</div></div></th>'
    )


def _status(row: Row, context: Context) -> str:
    mark, label = _status_mark(row["kind"], row["status"], row["phase"], context.language)
    return f'<td class="q-status">{_menu(row, "status", "s", label, mark)}</td>'


def _assignee(row: Row, context: Context) -> str:
    name = context.person(row, "assignee")
    if name:
        face = (
            f'<span class="avatar" data-tone="{tone(row["assignee_id"])}" aria-hidden="true">'
            f"{escape(initials(name))}</span><span>{escape(name)}</span>"
        )
    else:
        name = context.unassigned
        face = (
            f'<span class="avatar avatar--none" aria-hidden="true"></span>'
            f'<span class="subtle">{name}</span>'
        )
    label = context.assignee % {"name": escape(name)}
    return f'<td class="q-assignee">{_menu(row, "assignee", "a", label, face)}</td>'


def _age(row: Row, context: Context) -> str:
    text = formats.age(row["opened_at"], row["closed_at"] or row["resolved_at"] or context.now)
    return f'<td class="q-age">{context.time(row["opened_at"], text)}</td>'


def _updated(row: Row, context: Context) -> str:
    by = ""
    if row["replied_at"]:
        by = context.requester_last if row["requester_waits"] else context.desk_last
    when = context.time(row["updated_at"])
    return f'<td class="q-updated"><span class="q-line">{when}{by}</span></td>'


def _plain(key: str, text: Callable[[Row, Context], Any]) -> Callable[[Row, Context], str]:
    return lambda row, context: f'<td class="q-{key}">{escape(text(row, context))}</td>'


def _created(row: Row, context: Context) -> str:
    return f'<td class="q-created">{context.time(row["opened_at"])}</td>'


_IMPACTS = {choice.value: choice.label for choice in Impact}
_URGENCIES = {choice.value: choice.label for choice in Urgency}
_CHANNELS = {choice.value: choice.label for choice in Channel}


def _names(what: str) -> tuple[str, str]:
    return f"{what}__name_ko", f"{what}__name_en"


def _person(what: str) -> tuple[str, str]:
    return f"{what}__display_name", f"{what}__roman_name"


COLUMNS = {
    column.key: column
    for column in (
        Column("sla", pgettext_lazy("column", "SLA"), _sla, ("resume_at",), sort="sla"),
        Column("priority", pgettext_lazy("column", "Prio."), _priority, sort="priority"),
        Column("number", gettext_lazy("Number"), _number, sort="number"),
        Column(
            "title",
            gettext_lazy("Title / requester"),
            _title,
            (*_person("requester"), *_names("requester__department"), *_names("service")),
            fixed=True,
        ),
        Column("status", gettext_lazy("Status"), _status),
        Column("assignee", gettext_lazy("Assignee"), _assignee, _person("assignee")),
        Column(
            "team",
            gettext_lazy("Team"),
            _plain("team", lambda row, context: context.named(row, "team")),
            _names("team"),
            default=False,
        ),
        Column(
            "category",
            gettext_lazy("Category"),
            _plain("category", lambda row, context: context.named(row, "category")),
            _names("category"),
            default=False,
        ),
        Column(
            "impact",
            gettext_lazy("Impact"),
            _plain("impact", lambda row, context: _IMPACTS[row["impact"]]),
            ("impact",),
            default=False,
        ),
        Column(
            "urgency",
            gettext_lazy("Urgency"),
            _plain("urgency", lambda row, context: _URGENCIES[row["urgency"]]),
            ("urgency",),
            default=False,
        ),
        Column(
            "channel",
            gettext_lazy("Channel"),
            _plain("channel", lambda row, context: _CHANNELS[row["channel"]]),
            ("channel",),
            default=False,
        ),
        Column(
            "reopens",
            gettext_lazy("Reopened"),
            _plain("reopens", lambda row, context: row["reopen_count"] or ""),
            ("reopen_count",),
            default=False,
        ),
        Column(
            "created", pgettext_lazy("column", "Opened"), _created, sort="opened", default=False
        ),
        Column("age", pgettext_lazy("column", "Age"), _age, sort="opened"),
        Column("updated", pgettext_lazy("column", "Updated"), _updated, sort="updated"),
    )
}
# What every row needs, whatever columns are shown.
BASE = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "phase",
    "priority",
    "version",
    "restricted",
    "tags",
    "serial",
    "opened_at",
    "updated_at",
    "resolved_at",
    "closed_at",
    "replied_at",
    "requester_waits",
    "assignee_id",
)


def chosen(keys: list[str]) -> list[Column]:
    """The columns to show, in their own order; the default ones for an empty choice."""
    wanted = set(keys) & set(COLUMNS)
    return [
        column
        for column in COLUMNS.values()
        if column.fixed or (column.key in wanted if wanted else column.default)
    ]


def markup(row: Row, columns: list[Column], context: Context) -> SafeString:
    """The whole table row. Every function escapes what it was given."""
    number = row["number"]
    unseen = ' class="is-unseen"' if row["unseen"] else ""
    select = context.select % {"number": number}
    cells = "".join(column.cell(row, context) for column in columns)
    return mark_safe(  # noqa: S308
        f'<tr id="row-{number}" data-row="{number}" data-id="{row["id"]}"'
        f' data-version="{row["version"]}" data-peek="{row["url"]}peek/"{unseen}>'
        f'<td class="q-sel"><label class="hit"><input type="checkbox" data-select'
        f' aria-label="{select}"></label></td>{cells}</tr>'
    )
