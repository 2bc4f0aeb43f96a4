"""Names the service request to the kernel."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from catalog.definition import parse
from catalog.models import Request
from catalog.states import MACHINE
from core.errors import ActionError
from tickets.kinds import DetailField, Kind

# Ways out of "submitted" that would go past an approval.
PAST_APPROVAL = frozenset({"start", "pend"})


def guard(ticket: Any, name: str, data: Mapping[str, Any]) -> None:
    """Only requests for the same are merged; nothing is begun before it is approved."""
    if name == "merge" and "target" in data:
        _refuse_other_offering(ticket, data["target"])
    if name in PAST_APPROVAL and ticket.status == MACHINE.initial:
        request = Request.objects.select_related("made_with").get(pk=ticket.pk)
        if request.made_with is not None and parse(request.made_with.data).policy is not None:
            raise ActionError(
                now("It is not approved yet. The requester can send it in again."),
                code="approval_missing",
            )


def _refuse_other_offering(source: Any, target: Any) -> None:
    both = Request.objects.filter(pk__in=(source.pk, target.pk))
    if len(set(both.values_list("offering_id", flat=True))) > 1:
        raise ActionError(
            now("%(source)s and %(target)s ask for different things, so they can't be merged.")
            % {"source": source.number, "target": target.number},
            field="target",
            code="other_offering",
        )


KIND = Kind(
    key="request",
    prefix="REQ",
    path="req",
    label=_("Service request"),
    label_plural=_("Service requests"),
    icon="shopping-bag",
    model="catalog.Request",
    machine=MACHINE,
    details=(DetailField("fulfilment", _("What was delivered"), long=True, public=True),),
    logged=("offering", "beneficiary"),
    guard=guard,
)
