"""Names the service request to the kernel."""

from django.utils.translation import gettext_lazy as _

from catalog.states import MACHINE
from tickets.kinds import DetailField, Kind

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
)
