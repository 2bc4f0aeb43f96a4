"""What fails with something, and what something needs: the graph of services and items.

An edge goes from what needs to what is needed: a service needs other services and the items it
runs on; an item needs what it depends on or runs on, and a whole needs its parts. A mere
connection carries nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cmdb.enums import ItemStatus, ItemType, RelationType, ServiceStatus
from cmdb.models import ConfigurationItem, Service

SERVICE, ITEM = "service", "item"
DEEPEST = 12
# A node: its kind and key.
Key = tuple[str, int]

_EDGES = """
    SELECT 'service' AS upper_kind, from_service_id AS upper_id,
           'service' AS lower_kind, to_service_id AS lower_id, 'depends_on' AS type
    FROM cmdb_service_depends_on
    UNION ALL
    SELECT 'service', service_id, 'item', configurationitem_id, 'runs_on'
    FROM cmdb_configurationitem_services
    UNION ALL
    SELECT 'item', source_id, 'item', target_id, type FROM cmdb_relation
    WHERE type IN ('depends_on', 'runs_on')
    UNION ALL
    SELECT 'item', target_id, 'item', source_id, 'part_of' FROM cmdb_relation
    WHERE type = 'part_of'
"""
# Each node once for each depth at most, so a circle ends at the deepest step.
_WALK = """
WITH RECURSIVE edge AS ({edges}), walk (kind, id, depth) AS (
    SELECT CAST(%(kind)s AS text), CAST(%(id)s AS bigint), 0
    UNION
    SELECT edge.{there}_kind, edge.{there}_id, walk.depth + 1
    FROM walk JOIN edge ON edge.{here}_kind = walk.kind AND edge.{here}_id = walk.id
    WHERE walk.depth < %(deepest)s
)
SELECT kind, id, MIN(depth) FROM walk GROUP BY kind, id ORDER BY MIN(depth), kind DESC, id
"""
_STATEMENTS = {
    "up": _WALK.format(edges=_EDGES, here="lower", there="upper"),
    "down": _WALK.format(edges=_EDGES, here="upper", there="lower"),
}
_AMONG = f"""
SELECT upper_kind, upper_id, lower_kind, lower_id, type FROM ({_EDGES}) AS edge
WHERE ((upper_kind = 'service' AND upper_id = ANY(%(services)s))
    OR (upper_kind = 'item' AND upper_id = ANY(%(items)s)))
  AND ((lower_kind = 'service' AND lower_id = ANY(%(services)s))
    OR (lower_kind = 'item' AND lower_id = ANY(%(items)s)))
ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Node:
    """A service or an item, as pages name it."""

    key: Key
    name: str
    type: str
    status: str
    is_retired: bool
    slug: str = ""
    is_live: bool = True


@dataclass(frozen=True)
class Edge:
    """`upper` needs `lower`."""

    upper: Key
    lower: Key
    type: str


def reach(start: Key, way: str, *, deepest: int = DEEPEST) -> dict[Key, int]:
    """How many steps away everything is that fails with `start` ("up") or that it needs ("down").

    `start` itself is among them, with 0. One query, and circles end.
    """
    values: dict[str, Any] = {"kind": start[0], "id": start[1], "deepest": min(deepest, DEEPEST)}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[way], values)
        return {(kind, pk): depth for kind, pk, depth in cursor.fetchall()}


def edges_among(keys: Collection[Key]) -> list[Edge]:
    """What of these needs what of these; one query."""
    values = {"services": _ids(keys, SERVICE), "items": _ids(keys, ITEM)}
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, values)
        return [Edge((a, b), (c, d), kind) for a, b, c, d, kind in cursor.fetchall()]


def nodes_of(keys: Collection[Key]) -> dict[Key, Node]:
    """The rows behind the keys; two queries."""
    services = Service.objects.filter(pk__in=_ids(keys, SERVICE))
    items = ConfigurationItem.objects.filter(pk__in=_ids(keys, ITEM))
    found = {node.key: node for node in map(node_of_service, services)}
    return found | {node.key: node for node in map(_node_of_item, items)}


def node_of_service(row: Service) -> Node:
    status = ServiceStatus(row.status)
    return Node(
        (SERVICE, row.pk),
        row.name,
        str(Service._meta.verbose_name),
        str(status.label),
        status == ServiceStatus.RETIRED,
        row.slug,
        status == ServiceStatus.LIVE,
    )


def _node_of_item(row: ConfigurationItem) -> Node:
    status = ItemStatus(row.status)
    gone = status == ItemStatus.RETIRED
    return Node((ITEM, row.pk), row.name, str(ItemType(row.type).label), str(status.label), gone)


def words_of(edge: Edge) -> str:
    """What the upper end says of the lower one."""
    kind = RelationType(edge.type)
    return kind.inverse if kind == RelationType.PART_OF else str(kind.label)


def _ids(keys: Iterable[Any], kind: str) -> list[int]:
    return [pk for each, pk in keys if each == kind]
