"""What a service needs: no circles, whoever writes at the same time."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actions import audit
from cmdb.models import Service
from core.errors import ActionError

_LOCK = 0x4D41_0010


def set_needs(service: Service, needed: Iterable[Service]) -> audit.Changes:
    """Have the service need exactly these. Refused, with the way named, where it closes a circle.

    Who else changes what services need waits until the transaction ends: two halves of a circle
    can't be written side by side.
    """
    wanted = {each.pk for each in needed}
    _hold()
    current = set(service.depends_on.values_list("pk", flat=True))
    if current == wanted:
        return {}
    if service.pk in wanted:
        raise ActionError(_("A service does not depend on itself."), field="depends_on")
    way = way_back(service.pk, wanted - current, _below())
    if way:
        names = Service.objects.in_bulk(way)
        circle = " → ".join([service.name, *(names[pk].name for pk in way)])
        raise ActionError(
            _("These services would need each other in a circle: %(way)s.") % {"way": circle},
            field="depends_on",
            code="circle",
        )
    service.depends_on.set(wanted)
    return {"depends_on": [sorted(current), sorted(wanted)]}


def way_back(start: int, first: Iterable[int], below: Mapping[int, Sequence[int]]) -> list[int]:
    """The shortest way from one of `first` down to `start`, its end included; empty: none. Pure."""
    came_from: dict[int, int | None] = dict.fromkeys(sorted(first))
    queue = list(came_from)
    for here in queue:
        if here == start:
            way, at = [], came_from[here]
            while at is not None:
                way.append(at)
                at = came_from[at]
            return [*reversed(way), start]
        for pk in below.get(here, ()):
            if pk not in came_from:
                came_from[pk] = here
                queue.append(pk)
    return []


def _below() -> dict[int, list[int]]:
    """What each service needs, all of them: there are hundreds, not millions."""
    edges = Service.depends_on.through.objects.order_by("pk")
    below: dict[int, list[int]] = {}
    for upper, lower in edges.values_list("from_service_id", "to_service_id"):
        below.setdefault(upper, []).append(lower)
    return below


def _hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
