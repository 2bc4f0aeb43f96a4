"""What the editor of an offering shows: its draft, where problems lie, its plan as a drawing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.db.models.fields.json import KT
from django.utils.translation import pgettext_lazy

from catalog.enums import VersionState
from catalog.models import Offering, OfferingVersion, Shelf
from catalog.queries import words

Data = Mapping[str, Any]
PARTS = ("texts", "form", "approval", "tasks", "promise", "audience", "articles", "bundle")
WORK = ("team", "impact", "urgency", "fulfil")
SLICES: dict[str, tuple[str, ...]] = {
    "texts": ("name", "summary", "outcome", "description", "synonyms"),
    "approval": ("approval",),
    "work": WORK,
    "promise": ("delivery_days", "price"),
    "audience": ("audience", "for_others"),
    "articles": ("articles",),
    "bundle": ("bundle",),
}
LABELS = {
    "texts": pgettext_lazy("part of an offering", "Texts"),
    "form": pgettext_lazy("part of an offering", "Form"),
    "approval": pgettext_lazy("part of an offering", "Approval"),
    "tasks": pgettext_lazy("part of an offering", "Tasks"),
    "promise": pgettext_lazy("part of an offering", "Promise and price"),
    "audience": pgettext_lazy("part of an offering", "Audience"),
    "articles": pgettext_lazy("part of an offering", "Articles"),
    "bundle": pgettext_lazy("part of an offering", "Bundle"),
}


@dataclass(frozen=True)
class Draft:
    """What is edited: the draft, or the live version as long as there is none."""

    version: OfferingVersion | None
    data: dict[str, Any]
    is_draft: bool

    @property
    def edition(self) -> int:
        return self.version.edition if self.version and self.is_draft else 0


@dataclass(frozen=True)
class Place:
    """Where in the editor something is mended."""

    part: str
    at: str = ""


def parts() -> list[str]:
    """The parts that there is something to choose from for."""
    return [name for name in PARTS if name != "articles" or apps.is_installed("knowledge")]


def draft_of(offering: Offering) -> Draft:
    """The draft, else the version that counts, else nothing written yet."""
    states = (VersionState.DRAFT, VersionState.PUBLISHED)
    rows = offering.versions.filter(state__in=states).select_related("written_by")
    found = {row.state: row for row in rows}
    version = found.get(VersionState.DRAFT) or found.get(VersionState.PUBLISHED)
    data = version.data if version and isinstance(version.data, dict) else {}
    return Draft(version, data, VersionState.DRAFT in found)


def token(value: Any) -> str:
    """Says which state of a part somebody had before them."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def slice_of(data: Data, part: str) -> dict[str, Any]:
    """The words of a definition that a form of the editor is about."""
    return {name: data.get(name) for name in SLICES[part]}


def place_of(path: str, data: Data) -> Place:
    """Where a problem is mended, from its path in the definition."""
    first, *rest = path.split(".")
    if first == "form":
        return _in_form(rest, data)
    if first == "tasks":
        return Place("tasks", _key(data.get("tasks"), rest[0] if rest else ""))
    if first in WORK:
        return Place("tasks")
    if first == "bundle":
        return Place("bundle", rest[0] if rest else "")
    return Place(next((part for part, names in SLICES.items() if first in names), "texts"))


def _in_form(rest: list[str], data: Data) -> Place:
    sections = (data.get("form") or {}).get("sections") or []
    if len(rest) < 2:
        return Place("form")
    if len(rest) > 3 and rest[2] == "fields":
        try:
            return Place("form", _key(sections[int(rest[1])].get("fields"), rest[3]))
        except (IndexError, ValueError, AttributeError):
            return Place("form")
    return Place("form", f"section:{_key(sections, rest[1])}")


def _key(rows: Any, at: str) -> str:
    try:
        return str(rows[int(at)].get("key", ""))
    except (IndexError, ValueError, TypeError, AttributeError):
        return ""


def rows(offerings: Any, text: str, shelf: int | None, state: str) -> Any:
    """Offerings for the editors' list, filtered, with what a row shows already fetched."""
    found = offerings.select_related("shelf__parent", "service", "live")
    if text:
        wanted = Q(name_ko__icontains=text) | Q(name_en__icontains=text)
        wanted |= Q(synonyms__icontains=text) | Q(slug__icontains=text)
        found = found.filter(wanted)
    if shelf:
        found = found.filter(Q(shelf=shelf) | Q(shelf__parent=shelf))
    drafts = OfferingVersion.objects.filter(state=VersionState.DRAFT).values("offering")
    if state == "draft":
        found = found.filter(pk__in=drafts)
    elif state == "live":
        found = found.filter(is_active=True).exclude(live=None)
    elif state == "retired":
        found = found.filter(is_active=False)
    return found.order_by("shelf__position", "shelf_id", "position", "pk")


def drafts_of(offerings: Sequence[Offering]) -> dict[int, OfferingVersion]:
    """The drafts that wait, by offering."""
    waiting = OfferingVersion.objects.filter(state=VersionState.DRAFT, offering__in=offerings)
    named = waiting.annotate(ko=KT("data__name__ko"), en=KT("data__name__en"))
    return {row.offering_id: row for row in named.defer("data").select_related("written_by")}


@dataclass(frozen=True)
class Box:
    """A task as drawn: column by what it waits for, row among those beside it."""

    key: str
    title: str
    team: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """A plan of tasks in columns; `lines` are the paths between boxes."""

    boxes: list[Box]
    lines: list[str]
    width: int
    height: int


BOX = (168, 44)
GAP = (40, 14)
LETTERS = 20


def drawing(tasks: Sequence[Data], teams: Mapping[int, str]) -> Drawing:
    """The plan from left to right. Tasks that wait for each other are drawn in the last column."""
    waits = {str(one.get("key", "")): list(one.get("after") or []) for one in tasks}
    column = _columns(waits)
    step = (BOX[0] + GAP[0], BOX[1] + GAP[1])
    filled: dict[int, int] = {}
    boxes: dict[str, Box] = {}
    for one in tasks:
        key = str(one.get("key", ""))
        at = column[key]
        row = filled.get(at, 0)
        filled[at] = row + 1
        title = words.text(one.get("title"), words.UNNAMED)
        team = teams.get(one.get("team") or 0, "")
        boxes[key] = Box(key, _short(title), _short(team), at * step[0], row * step[1])
    lines = [
        _line(boxes[before], boxes[key])
        for key, after in waits.items()
        for before in after
        if before in boxes and before != key
    ]
    width = (max(column.values(), default=0) + 1) * step[0] - GAP[0]
    height = max(filled.values(), default=1) * step[1] - GAP[1]
    return Drawing(list(boxes.values()), lines, width, height)


def _columns(waits: Mapping[str, list[str]]) -> dict[str, int]:
    column: dict[str, int] = {}
    left = dict(waits)
    at = 0
    while left:
        ready = [key for key, after in left.items() if not any(k in left for k in after)]
        for key in ready or list(left):
            column[key] = at
            del left[key]
        at += 1
    return column


def _line(before: Box, after: Box) -> str:
    x1, y1 = before.x + BOX[0], before.y + BOX[1] // 2
    x2, y2 = after.x, after.y + BOX[1] // 2
    bend = GAP[0] // 2
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _short(text: str) -> str:
    """What fits into a box; Korean letters are wider."""
    width, kept = 0.0, ""
    for letter in text:
        width += 1.75 if ord(letter) > 0x1100 else 1
        if width > LETTERS + 2:
            return kept + "…"
        kept += letter
    return kept


def shelf_rows() -> list[dict[str, Any]]:
    """The categories, each followed by those below it, with how many offerings stand there."""
    found = Shelf.objects.annotate(size=Count("offerings")).order_by("position", "id")
    below: dict[int | None, list[Any]] = {}
    for row in found:
        below.setdefault(row.parent_id, []).append(row)
    return [
        {
            "pk": row.pk,
            "name": row.name,
            "size": row.size,
            "is_active": row.is_active,
            "is_inner": row.parent_id is not None,
            "is_first": row is below[row.parent_id][0],
            "is_last": row is below[row.parent_id][-1],
        }
        for top in below.get(None, [])
        for row in (top, *below.get(top.pk, []))
    ]
