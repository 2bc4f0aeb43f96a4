"""Configuration items: the list, one item's page, and what fails with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.reach import reach_of
from cmdb.enums import ItemStatus, ItemType, RelationType
from cmdb.models import ConfigurationItem
from cmdb.queries.impact import ITEM, SERVICE, Key, nodes_of, reach
from core import formats
from core.text import row_id
from desk.queries.standing import FINE, open_incidents, open_incidents_on_items, states_now
from tickets.models import Ticket

PAGE = 50
SHOWN = 12


@dataclass(frozen=True)
class Listing:
    rows: list[dict[str, Any]]
    after: str


def listing(wanted: Mapping[str, Any], after: str, reader: User) -> Listing:
    """A page of the items that fit (q, type, status, service), by name."""
    rows = ConfigurationItem.objects.select_related("owner", "support_team")
    text = (wanted.get("q") or "").strip()
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(serial__icontains=text) | Q(location__icontains=text)
        )
    if wanted.get("type") in ItemType.values:
        rows = rows.filter(type=wanted["type"])
    if wanted.get("status") in ItemStatus.values:
        rows = rows.filter(status=wanted["status"])
    service = row_id(wanted.get("service") or "")
    if service is not None:
        rows = rows.filter(services=service)
    if after:
        rows = rows.filter(name__gt=after)  # names are unique
    found = list(rows.prefetch_related("services").order_by("name")[: PAGE + 1])
    shown = found[:PAGE]
    counts = open_incidents_on_items([row.pk for row in shown], reader)
    return Listing(
        [_row(row, counts.get(row.pk, 0)) for row in shown],
        shown[-1].name if len(found) > PAGE else "",
    )


def _row(item: ConfigurationItem, count: int) -> dict[str, Any]:
    return {
        "name": item.name,
        "url": reverse("cmdb:item", args=[item.pk]),
        "type": item.get_type_display(),
        "status": item.get_status_display(),
        "is_retired": item.status == ItemStatus.RETIRED,
        "location": item.location,
        "owner": item.owner,
        "team": item.support_team.name if item.support_team else "",
        "services": ", ".join(service.name for service in item.services.all()),
        "open": count,
    }


def find(pk: int) -> ConfigurationItem | None:
    return ConfigurationItem.objects.select_related("owner", "support_team").filter(pk=pk).first()


def page_of(item: ConfigurationItem, reader: User) -> dict[str, Any]:
    """Everything on an item's page, in a fixed number of queries."""
    today = timezone.localdate()
    tickets = Ticket.objects.visible_to(reader).open().filter(ticket_items__item=item)
    contracts = item.contracts.select_related("supplier").order_by("-starts_on")[:SHOWN]
    return {
        "item": item,
        "relations": relations_of(item),
        "services": item.services.order_by("name_en", "id"),
        "records": tickets.select_related("assignee").order_by("priority", "-opened_at")[:SHOWN],
        "contracts": [
            {
                "number": row.number,
                "name": row.name,
                "supplier": row.supplier.name,
                "state": row.state_on(today).label,
                "until": formats.day(row.ends_on, today) if row.ends_on else "",
            }
            for row in contracts
        ],
        "up": impact((ITEM, item.pk), "up", reader),
        "down": impact((ITEM, item.pk), "down", reader),
        "may_edit": reach_of(reader).administers,
    }


def relations_of(item: ConfigurationItem) -> list[dict[str, Any]]:
    """Its relations as it would say them, whichever end they were entered at."""
    out = item.relations_out.select_related("target").order_by("type", "target__name")
    into = item.relations_in.select_related("source").order_by("type", "source__name")
    return [
        *(_relation(row.pk, str(RelationType(row.type).label), row.target) for row in out),
        *(_relation(row.pk, RelationType(row.type).inverse, row.source) for row in into),
    ]


def _relation(pk: int, says: str, other: ConfigurationItem) -> dict[str, Any]:
    url = reverse("cmdb:item", args=[other.pk])
    return {"pk": pk, "says": says, "name": other.name, "url": url}


def impact(start: Key, way: str, reader: User) -> list[dict[str, Any]]:
    """What fails with it ("up") or what it needs ("down"): nearest first, with what is open.

    The number of queries does not grow with the graph.
    """
    depths = reach(start, way)
    depths.pop(start, None)
    nodes = nodes_of(depths)
    services = [pk for kind, pk in nodes if kind == SERVICE]
    items = [pk for kind, pk in nodes if kind == ITEM]
    states, counts = states_now(services), open_incidents(services, reader)
    on_items = open_incidents_on_items(items, reader)
    rows = []
    for key, node in nodes.items():
        is_service = key[0] == SERVICE
        url = (
            reverse("cmdb:service", args=[node.slug])
            if is_service
            else reverse("cmdb:item", args=[key[1]])
        )
        rows.append(
            {
                "name": node.name,
                "type": node.type,
                "status": node.status,
                "url": url,
                "is_service": is_service,
                "is_retired": node.is_retired,
                "depth": depths[key],
                "state": states.get(key[1], FINE) if is_service and node.is_live else None,
                "open": (counts if is_service else on_items).get(key[1], 0),
            }
        )
    return sorted(rows, key=lambda row: (row["depth"], not row["is_service"], row["name"]))
