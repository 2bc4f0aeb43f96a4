"""Words for services, configuration items and contracts."""

from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ServiceStatus(TextChoices):
    PIPELINE = "pipeline", _("In preparation")
    LIVE = "live", pgettext_lazy("service", "Live")
    RETIRED = "retired", _("Retired")


class Criticality(IntegerChoices):
    BUSINESS_CRITICAL = 1, _("Business critical")
    HIGH = 2, pgettext_lazy("criticality", "High")
    MEDIUM = 3, pgettext_lazy("criticality", "Medium")
    LOW = 4, pgettext_lazy("criticality", "Low")


class ItemType(TextChoices):
    SERVER = "server", _("Server")
    NETWORK = "network", _("Network device")
    DATABASE = "database", _("Database")
    APPLICATION = "application", _("Application")
    WORKSTATION = "workstation", _("Workstation")
    PRINTER = "printer", _("Printer")
    PHONE = "phone", _("Phone")
    STORAGE = "storage", _("Storage")
    CLOUD = "cloud", _("Cloud resource")
    FACILITY = "facility", _("Facility")
    OTHER = "other", pgettext_lazy("item type", "Other")


class ItemStatus(TextChoices):
    PLANNED = "planned", _("Planned")
    IN_USE = "in_use", _("In use")
    IN_REPAIR = "in_repair", _("In repair")
    RETIRED = "retired", _("Retired")


class RelationType(TextChoices):
    DEPENDS_ON = "depends_on", _("depends on")
    RUNS_ON = "runs_on", _("runs on")
    PART_OF = "part_of", _("is part of")
    CONNECTED_TO = "connected_to", _("is connected to")

    @property
    def inverse(self) -> str:
        """The same said from the other end."""
        return str(self.inverse_label)

    @property
    def inverse_label(self) -> Any:
        """The same, translated when it is shown."""
        return _INVERSE[self]

    @property
    def carries(self) -> bool:
        """Whether a failure goes along it. A mere connection says nothing about that."""
        return self != RelationType.CONNECTED_TO


_INVERSE = {
    RelationType.DEPENDS_ON: _("is needed by"),
    RelationType.RUNS_ON: _("carries"),
    RelationType.PART_OF: _("contains"),
    RelationType.CONNECTED_TO: _("is connected to"),
}


class CostPeriod(TextChoices):
    """How often a cost comes."""

    ONCE = "once", pgettext_lazy("cost", "once")
    MONTH = "month", pgettext_lazy("cost", "per month")
    QUARTER = "quarter", pgettext_lazy("cost", "per quarter")
    YEAR = "year", pgettext_lazy("cost", "per year")


class ReviewState(TextChoices):
    """How the review of a service stands."""

    OVERDUE = "overdue", pgettext_lazy("review", "Overdue")
    SOON = "soon", pgettext_lazy("review", "Due soon")
    OK = "ok", pgettext_lazy("review", "Up to date")
    NONE = "none", pgettext_lazy("review", "Not planned")


class ContractState(TextChoices):
    """What a contract is on a given day."""

    UPCOMING = "upcoming", _("Not yet in force")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", pgettext_lazy("contract", "Ended")
    INACTIVE = "inactive", _("Switched off")
