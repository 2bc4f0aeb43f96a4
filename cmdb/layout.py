"""Where the boxes of a map stand: what needs stands above what it needs. Pure.

Layers by the longest way from above; in each layer the order by the middle of the neighbours
(barycentre), swept down and up; long edges bend through places kept free in the layers between.
A circle is opened at one edge, which is given back apart. The same input gives the same picture.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
SWEEPS = 6


@dataclass(frozen=True)
class Sizes:
    """Of a box, and of what is left free between boxes, in units of the drawing.

    `bend` is the room of a line that passes a row, `aside` what is free beside it; `most` boxes
    stand in one row, further ones of their layer in the next.
    """

    width: int = 180
    height: int = 56
    gap: int = 28
    rise: int = 56
    bend: int = 8
    aside: int = 10
    most: int = 5


@dataclass(frozen=True)
class Line(Generic[K]):
    """An edge as drawn: from the bottom of `upper`, through points, to the top of `lower`."""

    upper: K
    lower: K
    points: tuple[tuple[int, int], ...]


@dataclass
class Drawing(Generic[K]):
    """`places`: the upper left corner of each box; `opened`: edges left out to open circles."""

    places: dict[K, tuple[int, int]] = field(default_factory=dict)
    lines: list[Line[K]] = field(default_factory=list)
    opened: list[tuple[K, K]] = field(default_factory=list)
    layers: list[list[K]] = field(default_factory=list)
    width: int = 0
    height: int = 0


def draw(
    nodes: Sequence[K], edges: Iterable[tuple[K, K]], sizes: Sizes | None = None
) -> Drawing[K]:
    """Place `nodes` (in the order that settles ties) with `edges` (upper, lower) between them."""
    sizes = sizes or Sizes()
    place = {node: index for index, node in enumerate(nodes)}
    wanted = sorted(
        {(a, b) for a, b in edges if a in place and b in place and a != b},
        key=lambda edge: (place[edge[0]], place[edge[1]]),
    )
    down, opened = _opened(nodes, wanted)
    level = _wrapped(nodes, down, _levels(nodes, down), sizes.most)
    slots, chains = _slots(nodes, down, level)
    _order(slots, chains)
    return _placed(slots, chains, opened, sizes)


def _opened(
    nodes: Sequence[K], edges: Sequence[tuple[K, K]]
) -> tuple[list[tuple[K, K]], list[tuple[K, K]]]:
    """The edges without those that lead back to where a walk came from, and these."""
    below: dict[K, list[K]] = {node: [] for node in nodes}
    for upper, lower in edges:
        below[upper].append(lower)
    done: set[K] = set()
    on_way: set[K] = set()
    back: set[tuple[K, K]] = set()
    for start in nodes:
        stack = [(start, iter(below[start]))] if start not in done else []
        on_way.update([start] if stack else [])
        while stack:
            here, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                on_way.discard(here)
                done.add(here)
            elif following in on_way:
                back.add((here, following))
            elif following not in done:
                on_way.add(following)
                stack.append((following, iter(below[following])))
    return [edge for edge in edges if edge not in back], [edge for edge in edges if edge in back]


def _levels(nodes: Sequence[K], edges: Sequence[tuple[K, K]]) -> dict[K, int]:
    """The longest way from above; what nothing needs then stands right above what it needs."""
    below: dict[K, list[K]] = {node: [] for node in nodes}
    waits = dict.fromkeys(nodes, 0)
    for upper, lower in edges:
        below[upper].append(lower)
        waits[lower] += 1
    level = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waits[node]]
    tops = [node for node in ready if below[node]]
    for here in ready:
        for lower in below[here]:
            level[lower] = max(level[lower], level[here] + 1)
            waits[lower] -= 1
            if not waits[lower]:
                ready.append(lower)
    for top in tops:
        level[top] = min(level[lower] for lower in below[top]) - 1
    return level


def _wrapped(
    nodes: Sequence[K], edges: Sequence[tuple[K, K]], level: Mapping[K, int], most: int
) -> dict[K, int]:
    """The row of each node: a layer of many takes several, those under one box together."""
    place = {node: index for index, node in enumerate(nodes)}
    first = dict.fromkeys(nodes, len(place))
    for upper, lower in edges:
        first[lower] = min(first[lower], place[upper])
    layers: dict[int, list[K]] = {}
    for node in sorted(nodes, key=lambda node: (first[node], place[node])):
        layers.setdefault(level[node], []).append(node)
    rows: dict[K, int] = {}
    start = 0
    for number in sorted(layers):
        for index, node in enumerate(layers[number]):
            rows[node] = start + index // most
        start += (len(layers[number]) - 1) // most + 1
    return rows


# A slot is a box (node, None), or where lines pass a row together: (their trunk, the row). Lines
# from one box, or to one, share a trunk: whichever of the two bundles more.
Slot = tuple[Hashable, int | None]


def _slots(
    nodes: Sequence[K], edges: Sequence[tuple[K, K]], level: Mapping[K, int]
) -> tuple[list[list[Slot]], dict[tuple[K, K], list[Slot]]]:
    """Layers of slots, and for each edge the slots that it goes through."""
    layers: list[list[Slot]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in nodes:
        layers[level[node]].append((node, None))
    chains: dict[tuple[K, K], list[Slot]] = {}
    outgoing, incoming = Counter(edge[0] for edge in edges), Counter(edge[1] for edge in edges)
    known: set[Slot] = set()
    for upper, lower in edges:
        fans_out = outgoing[upper] >= incoming[lower]
        trunk = ("from", upper) if fans_out else ("to", lower)
        bends: list[Slot] = [(trunk, at) for at in range(level[upper] + 1, level[lower])]
        for bend in bends:
            if bend not in known:
                known.add(bend)
                layers[bend[1] or 0].append(bend)
        chains[upper, lower] = [(upper, None), *bends, (lower, None)]
    return layers, chains


def _order(layers: list[list[Slot]], chains: Mapping[tuple[K, K], Sequence[Slot]]) -> None:
    above: dict[Slot, list[Slot]] = {slot: [] for layer in layers for slot in layer}
    below: dict[Slot, list[Slot]] = {slot: [] for slot in above}
    for chain in chains.values():
        for upper, lower in pairwise(chain):
            if upper not in above[lower]:
                above[lower].append(upper)
                below[upper].append(lower)
    for sweep in range(SWEEPS):
        towards = above if sweep % 2 == 0 else below
        numbered = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        for number in numbered:
            _sort(layers[number], layers[number + (-1 if sweep % 2 == 0 else 1)], towards)


def _sort(layer: list[Slot], fixed: Sequence[Slot], towards: Mapping[Slot, Sequence[Slot]]) -> None:
    """Each slot to the middle of its neighbours in the fixed layer; one without keeps its place."""
    share = {slot: (at + 0.5) / len(fixed) for at, slot in enumerate(fixed)}
    middles = {}
    for at, slot in enumerate(layer):
        known = [share[other] for other in towards[slot] if other in share]
        middles[slot] = sum(known) / len(known) if known else (at + 0.5) / len(layer)
    layer.sort(key=middles.__getitem__)


def _placed(
    layers: Sequence[Sequence[Slot]],
    chains: Mapping[tuple[K, K], Sequence[Slot]],
    opened: list[tuple[K, K]],
    sizes: Sizes,
) -> Drawing[K]:
    """Rows of equal height, each in the middle of the widest."""
    widths = [
        sum(_width(slot, sizes) for slot in layer)
        + sum(_gap(left, right, sizes) for left, right in pairwise(layer))
        for layer in layers
    ]
    whole = max(widths, default=0)
    drawing: Drawing[K] = Drawing(opened=opened, width=whole)
    drawing.height = max(0, len(layers) * (sizes.height + sizes.rise) - sizes.rise)
    middle: dict[Slot, tuple[int, int]] = {}
    for number, layer in enumerate(layers):
        x, y = (whole - widths[number]) // 2, number * (sizes.height + sizes.rise)
        drawing.layers.append([])
        for at, slot in enumerate(layer):
            x += _gap(layer[at - 1], slot, sizes) if at else 0
            width = _width(slot, sizes)
            middle[slot] = (x + width // 2, y)
            if slot[1] is None:
                node: K = slot[0]  # type: ignore[assignment]
                drawing.places[node] = (x, y)
                drawing.layers[-1].append(node)
            x += width
    for (upper, lower), chain in chains.items():
        drawing.lines.append(Line(upper, lower, _points(chain, middle, sizes)))
    return drawing


def _width(slot: Slot, sizes: Sizes) -> int:
    return sizes.width if slot[1] is None else sizes.bend


def _gap(left: Slot, right: Slot, sizes: Sizes) -> int:
    return sizes.gap if left[1] is None and right[1] is None else sizes.aside


def _points(
    chain: Sequence[Slot], middle: Mapping[Slot, tuple[int, int]], sizes: Sizes
) -> tuple[tuple[int, int], ...]:
    """From box to box; a bend goes straight down through its row."""
    points: list[tuple[int, int]] = []
    for at, slot in enumerate(chain):
        x, y = middle[slot]
        if at:
            points.append((x, y))
        if at < len(chain) - 1:
            points.append((x, y + sizes.height))
    return tuple(points)
