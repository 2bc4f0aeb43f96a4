"""Words of the service levels: metrics, kinds of agreements, how targets and clocks behave."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Metric(TextChoices):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response", _("First response")
    RESOLUTION = "resolution", pgettext_lazy("metric", "Resolution")
    NEXT_REPLY = "next_reply", _("Next reply")
    MAJOR_UPDATE = "major_update", _("Update on a major incident")
    APPROVAL = "approval", _("Approval decision")
    TEAM = "team", _("Time in a team")
    SUPPLIER = "supplier", _("Time at a supplier")
    CHANGE_LEAD = "change_lead", _("Change lead time")
    CONTAIN = "contain", _("Time to contain")
    PATCH = "patch", _("Time to patch")


class Agreement(TextChoices):
    """Between whom a target was agreed. Of each, the first policy that fits counts."""

    SLA = "sla", _("Service level agreement")
    OLA = "ola", _("Operational level agreement")
    UC = "uc", _("Underpinning contract")


# What is measured under which agreement; what is not named here is under the SLA.
AGREEMENT_OF = {Metric.TEAM: Agreement.OLA, Metric.SUPPLIER: Agreement.UC}
# Promises to the people outside: what a queue shows and sorts by.
FACING = (
    Metric.FIRST_RESPONSE,
    Metric.RESOLUTION,
    Metric.NEXT_REPLY,
    Metric.MAJOR_UPDATE,
    Metric.APPROVAL,
    Metric.CHANGE_LEAD,
    Metric.CONTAIN,
    Metric.PATCH,
)


def agreement_of(metric: str) -> Agreement:
    return AGREEMENT_OF.get(Metric(metric), Agreement.SLA)


class OnChange(TextChoices):
    """What becomes of a running clock when another target fits its record."""

    KEEP = "keep", _("Keep the start: the new target counts from the beginning")
    RESTART = "restart", _("Start anew with the new target")
    OLD = "old", _("Keep the old target")


class OnReopen(TextChoices):
    """What becomes of a clock that had ended when its record is reopened."""

    CONTINUE = "continue", _("Go on; the time while resolved does not count")
    ANEW = "anew", _("Start anew")


class ClockState(TextChoices):
    """As the facts leave it. A running clock is breached once its due instant has passed."""

    RUNNING = "running", pgettext_lazy("clock", "Running")
    PAUSED = "paused", pgettext_lazy("clock", "Paused")
    MET = "met", pgettext_lazy("clock", "Met")
    MISSED = "missed", pgettext_lazy("clock", "Missed")
    CANCELLED = "cancelled", pgettext_lazy("clock", "Cancelled")


class Face(TextChoices):
    """What a record shows of its clocks in lists (Ticket.sla_state)."""

    NONE = "", _("No target")
    RUNNING = "running", pgettext_lazy("clock", "Running")
    PAUSED = "paused", pgettext_lazy("clock", "Paused")
    LATE = "late", _("Paused after its target was missed")
    MET = "met", pgettext_lazy("clock", "Met")
    MISSED = "missed", pgettext_lazy("clock", "Missed")


class Reach(TextChoices):
    """Which records newly published agreements count for."""

    NEW = "new", _("Records opened from now on")
    OPEN = "open", _("Also what is open now")
    ALL = "all", _("Every record, as if it had always been so")


class DaySource(TextChoices):
    """Where an exception of a calendar comes from."""

    COUNTRY = "country", _("Public holiday")
    HAND = "hand", _("Added by hand")
    ICALENDAR = "icalendar", _("Imported")


class ObjectiveKind(TextChoices):
    """What an objective is measured by."""

    AVAILABILITY = "availability", _("Availability")
    PERFORMANCE = "performance", _("Performance")


class OutageKind(TextChoices):
    """Only unplanned outages, and work that was not announced, take from availability."""

    UNPLANNED = "unplanned", _("Unplanned outage")
    PLANNED = "planned", _("Planned maintenance")
    DEGRADED = "degraded", _("Degraded performance")


class OutageSource(TextChoices):
    """Who said that it was down."""

    HAND = "hand", _("Entered by hand")
    API = "api", _("API")
    INCIDENT = "incident", _("From an incident")
