"""The map of services and items: boxes, lines and the same as a table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cmdb.enums import ServiceStatus
from cmdb.layout import Drawing, Line, Sizes, draw
from cmdb.models import Service
from cmdb.queries.impact import (
    DEEPEST,
    ITEM,
    SERVICE,
    Edge,
    Key,
    Node,
    edges_among,
    nodes_of,
    reach,
    words_of,
)
from desk.queries.standing import FINE, open_incidents, open_incidents_on_items, states_now

SIZES = Sizes()
MARGIN = 16
# Of a line of text in a box, in units of the drawing; a Korean letter takes one em, others about
# half of it.
TEXT = SIZES.width - 46
EM = 13
HALF = 0.54
# Boxes that one picture holds; beyond them it is no longer a picture.
MOST = 200


@dataclass
class Map:
    """What a page shows of the graph. `lone`: boxes without lines, listed below the picture."""

    width: int = 0
    height: int = 0
    boxes: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    lone: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0


def whole(reader: User, *, items: bool, retired: bool) -> Map:
    """Every service, and what they need."""
    rows = Service.objects.all()
    if not retired:
        rows = rows.exclude(status=ServiceStatus.RETIRED)
    keys: set[Key] = {(SERVICE, pk) for pk in rows.values_list("pk", flat=True)}
    if items:
        through = Service.items.through.objects.filter(service__in=rows)
        keys |= {(ITEM, pk) for pk in through.values_list("configurationitem_id", flat=True)}
    return _map(keys, None, reader)


def around(
    start: Key, reader: User, *, way: str = "both", depth: int = 3, items: bool = True
) -> Map:
    """What fails with `start` and what it needs, so many steps away."""
    keys: set[Key] = set()
    for each in ("up", "down") if way == "both" else (way,):
        keys |= reach(start, each, deepest=min(depth, DEEPEST)).keys()
    if not items:
        keys = {key for key in keys if key[0] == SERVICE or key == start}
    return _map(keys, start, reader)


def _map(keys: Collection[Key], start: Key | None, reader: User) -> Map:
    """Six queries, however many boxes."""
    nodes = nodes_of(keys)
    order = sorted(nodes, key=lambda key: (key[0] != SERVICE, nodes[key].name.lower(), key))
    edges = [edge for edge in edges_among(keys) if edge.upper in nodes and edge.lower in nodes]
    tied = {end for edge in edges for end in (edge.upper, edge.lower)} | ({start} - {None})
    drawn = [key for key in order if key in tied][:MOST]
    standing = _standing(order, reader)
    drawing = draw(drawn, [(edge.upper, edge.lower) for edge in edges])
    shown = Map(
        width=drawing.width + 2 * MARGIN,
        height=drawing.height + 2 * MARGIN,
        left_out=len([key for key in order if key in tied]) - len(drawn),
    )
    near = _near(edges)
    words = {key: _words(nodes[key], standing[key], near[key]) for key in nodes}
    shown.boxes = [
        _box(key, words[key], drawing, near[key], key == start) for key in _by_row(drawing)
    ]
    named = {(edge.upper, edge.lower): words_of(edge) for edge in edges}
    shown.lines = [_line(line, words, named) for line in drawing.lines]
    shown.lines += [_opened(edge, drawing, words, named) for edge in drawing.opened]
    shown.lone = [words[key] for key in order if key not in tied]
    shown.rows = [_row(key, words, near[key]) for key in order]
    return shown


def _by_row(drawing: Drawing[Key]) -> list[Key]:
    """In reading order, which is the order of the tab key."""
    return [key for layer in drawing.layers for key in layer]


Near = dict[str, list[Key]]


def _near(edges: list[Edge]) -> Mapping[Key, Near]:
    found: dict[Key, Near] = _Nears()
    for edge in edges:
        for mine, side, other in ((edge.upper, "down", edge.lower), (edge.lower, "up", edge.upper)):
            if other not in found[mine][side]:
                found[mine][side].append(other)
    return found


class _Nears(dict[Key, Near]):
    def __missing__(self, key: Key) -> Near:
        self[key] = {"up": [], "down": []}
        return self[key]


def _standing(keys: list[Key], reader: User) -> dict[Key, tuple[Any, int]]:
    services = [pk for kind, pk in keys if kind == SERVICE]
    items = [pk for kind, pk in keys if kind == ITEM]
    states = states_now(services)
    counts = open_incidents(services, reader)
    on_items = open_incidents_on_items(items, reader) if items else {}
    found: dict[Key, tuple[Any, int]] = {
        (SERVICE, pk): (states.get(pk, FINE), counts.get(pk, 0)) for pk in services
    }
    return found | {(ITEM, pk): (None, on_items.get(pk, 0)) for pk in items}


def name_of(key: Key) -> str:
    """The id of a box in the page."""
    return f"{key[0]}-{key[1]}"


def _words(node: Node, standing: tuple[Any, int], near: Near) -> dict[str, Any]:
    state, count = standing
    is_service = node.key[0] == SERVICE
    at = reverse("cmdb:service", args=[node.slug]) if is_service else ""
    incidents = ngettext("%(n)d open incident", "%(n)d open incidents", count) % {"n": count}
    if not node.is_live:
        state = None
    said = str(state.label) if state else node.status
    return {
        "id": name_of(node.key),
        "name": node.name,
        "short": fit(node.name),
        "url": at or reverse("cmdb:item", args=[node.key[1]]),
        "type": node.type,
        "is_service": is_service,
        "is_retired": node.is_retired,
        "state": state,
        "said": said,
        "open": count,
        "below": fit(f"{said} · {count}" if count else said, EM - 1),
        "label": ", ".join(
            [
                f"{node.type} {node.name}",
                said,
                *([incidents] if count else []),
                _("needs %(n)d, needed by %(m)d") % {"n": len(near["down"]), "m": len(near["up"])},
            ]
        ),
        "tone": state.tone if state else "neutral",
        "icon": state.icon
        if state
        else ("archive" if node.is_retired else "circle-dashed")
        if is_service
        else "server",
    }


def fit(text: str, em: int = EM, room: float = TEXT) -> str:
    """As much of the text as a box holds; what is cut ends with "…"."""
    used = 0.0
    for at, letter in enumerate(text):
        used += em * (1 if ord(letter) > 0x2E80 else HALF)
        if used > room:
            return text[: max(1, at - 1)].rstrip() + "…"
    return text


def _box(
    key: Key, words: dict[str, Any], drawing: Drawing[Key], near: Near, is_start: bool
) -> dict[str, Any]:
    x, y = (each + MARGIN for each in drawing.places[key])
    return words | {
        "x": x,
        "y": y,
        "width": SIZES.width,
        "height": SIZES.height,
        "icon_x": x + 12,
        "icon_y": y + 12,
        "text_x": x + 40,
        "name_y": y + 24,
        "below_y": y + 43,
        "up": " ".join(map(name_of, near["up"])),
        "down": " ".join(map(name_of, near["down"])),
        "is_start": is_start,
    }


def _line(
    line: Line[Key], words: Mapping[Key, Any], named: Mapping[tuple[Key, Key], str]
) -> dict[str, Any]:
    """A soft curve from row to row, straight where it passes one."""
    points = [(x + MARGIN, y + MARGIN) for x, y in line.points]
    path = [f"M{points[0][0]} {points[0][1]}"]
    for at in range(1, len(points)):
        (x1, y1), (x2, y2) = points[at - 1], points[at]
        middle = (y1 + y2) // 2
        path.append(f"L{x2} {y2}" if x1 == x2 else f"C{x1} {middle} {x2} {middle} {x2} {y2}")
    return _named(line.upper, line.lower, " ".join(path), words, named)


def _opened(
    edge: tuple[Key, Key],
    drawing: Drawing[Key],
    words: Mapping[Key, Any],
    named: Mapping[tuple[Key, Key], str],
) -> dict[str, Any]:
    """An edge that closes a circle leads back up, beside the boxes."""
    (x1, y1), (x2, y2) = drawing.places[edge[0]], drawing.places[edge[1]]
    right, half = SIZES.width + MARGIN, SIZES.height // 2 + MARGIN
    start, end = (x1 + right, y1 + half), (x2 + right, y2 + half)
    aside = 24
    path = (
        f"M{start[0]} {start[1]} C{start[0] + aside} {start[1]}"
        f" {end[0] + aside} {end[1]} {end[0]} {end[1]}"
    )
    return _named(*edge, path, words, named) | {"is_back": True}


def _named(
    upper: Key,
    lower: Key,
    path: str,
    words: Mapping[Key, Any],
    named: Mapping[tuple[Key, Key], str],
) -> dict[str, Any]:
    said = f"{words[upper]['name']} {named[upper, lower]} {words[lower]['name']}"
    return {"path": path, "upper": name_of(upper), "lower": name_of(lower), "said": said}


def _row(key: Key, words: Mapping[Key, Any], near: Near) -> dict[str, Any]:
    """A line of the table."""
    return words[key] | {
        "needs": [words[other] for other in near["down"]],
        "needed_by": [words[other] for other in near["up"]],
    }
