"""Questions that other apps ask about contracts."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from cmdb.models import Contract


def contracts_of(service_ids: Iterable[int], on: date) -> dict[int, Contract]:
    """The contract in force on that day for each of these services that has one.

    With several it is the one that has been in force longest. Suppliers come with them; one query
    for the contracts and one for their services.
    """
    wanted = set(service_ids)
    in_force = Contract.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        is_active=True,
        starts_on__lte=on,
        services__in=wanted,
    )
    found: dict[int, Contract] = {}
    rows = in_force.distinct().select_related("supplier").prefetch_related("services")
    for contract in rows.order_by("starts_on", "id"):
        for service in contract.services.all():
            if service.pk in wanted:
                found.setdefault(service.pk, contract)
    return found
