"""Names the incident to the kernel."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.states import MACHINE
from tickets.kinds import DetailField, Kind


def opens_restricted(detail: Mapping[str, Any]) -> bool:
    """Security incidents are restricted by default (rules.md section 4)."""
    return bool(detail.get("security"))


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
)
