"""How services stand now, and what is open on them: asked once for all that a page shows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from cmdb.enums import ReviewState
from sla.enums import OutageKind
from sla.models import Outage
from tickets.models import Ticket, TicketItem

OPEN_PHASES = ("new", "active", "waiting")


@dataclass(frozen=True)
class Standing:
    """A state in words, with the tone and the shape that go with it."""

    key: str
    label: Any
    tone: str
    icon: str


FINE = Standing("fine", _("No outage known"), "success", "circle-check")
# The worst first.
STANDINGS = {
    OutageKind.UNPLANNED: Standing(
        "down", pgettext_lazy("service", "Down"), "danger", "alert-square-filled"
    ),
    OutageKind.DEGRADED: Standing(
        "degraded", pgettext_lazy("service", "Degraded"), "warning", "alert-triangle"
    ),
    OutageKind.PLANNED: Standing(
        "maintenance", pgettext_lazy("service", "Maintenance"), "info", "settings"
    ),
}
REVIEWS = {
    ReviewState.OVERDUE: ("danger", "alert-circle"),
    ReviewState.SOON: ("warning", "clock"),
    ReviewState.OK: ("success", "check"),
    ReviewState.NONE: ("neutral", "minus"),
}


def states_now(service_ids: Collection[int] | None = None) -> Mapping[int, Standing]:
    """The services (of these, or all) that are not fine, each with the worst that holds now."""
    now = timezone.now()
    going_on = Outage.objects.filter(withdrawn_at=None, started_at__lte=now).exclude(
        ended_at__lte=now
    )
    if service_ids is not None:
        going_on = going_on.filter(service__in=service_ids)
    kinds: dict[int, set[str]] = {}
    for service, kind in going_on.order_by().values_list("service_id", "kind").distinct():
        kinds.setdefault(service, set()).add(kind)
    return {
        service: next(standing for kind, standing in STANDINGS.items() if kind in held)
        for service, held in kinds.items()
    }


def open_incidents(service_ids: Collection[int], reader: User) -> dict[int, int]:
    """How many open incidents there are on each service that the reader may see."""
    rows = Ticket.objects.visible_to(reader).open().of_kind("incident")
    counted = rows.filter(service__in=service_ids).order_by().values_list("service_id")
    return dict(counted.annotate(n=Count("pk")))


def open_incidents_on_items(item_ids: Collection[int], reader: User) -> dict[int, int]:
    """How many open incidents affect each item, of those that the reader may see."""
    seen = Ticket.objects.visible_to(reader).open().of_kind("incident")
    rows = TicketItem.objects.filter(item__in=item_ids, ticket__in=seen).order_by()
    return dict(rows.values_list("item_id").annotate(n=Count("pk")))
