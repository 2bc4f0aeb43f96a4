"""Names the incident to the kernel."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.errors import ActionError
from core.states import Phase
from incidents.enums import MajorState
from incidents.models import MajorIncident
from incidents.states import MACHINE
from tickets.kinds import DetailField, Kind


def opens_restricted(detail: Mapping[str, Any]) -> bool:
    """Security incidents are restricted by default (rules.md section 4)."""
    return bool(detail.get("security"))


def guard(ticket: Any, name: str, data: Mapping[str, Any]) -> None:
    """A major incident closes, in whatever way, only once its review is complete."""
    if MACHINE.phase(MACHINE.find(ticket.status, name).target) != Phase.CLOSED:
        return
    unreviewed = (MajorState.DECLARED, MajorState.STOOD_DOWN)
    if MajorIncident.objects.filter(ticket_id=ticket.pk, state__in=unreviewed).exists():
        raise ActionError(
            now("This is a major incident: complete its review first."), code="review_missing"
        )


KIND = Kind(
    key="incident",
    prefix="INC",
    path="inc",
    label=_("Incident"),
    label_plural=_("Incidents"),
    icon="alert-triangle",
    model="incidents.Incident",
    machine=MACHINE,
    details=(
        DetailField("security", _("Security incident")),
        DetailField("resolution_code", _("Resolution code"), "tickets.ResolutionCode"),
        DetailField("resolution", _("Resolution"), long=True, public=True),
        DetailField("cause_category", _("Cause category"), "tickets.CauseCategory"),
    ),
    opens_in_portal=True,
    opens_restricted=opens_restricted,
    guard=guard,
)
