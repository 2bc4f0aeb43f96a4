"""Words of major incidents: how far one is, who does what, and what the public is told."""

from enum import StrEnum

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MajorState(TextChoices):
    """How far the handling of a major incident is; the incident has a status of its own."""

    PROPOSED = "proposed", pgettext_lazy("major incident", "Candidate")
    DECLARED = "declared", pgettext_lazy("major incident", "Declared")
    REJECTED = "rejected", pgettext_lazy("major incident", "Rejected")
    STOOD_DOWN = "stood_down", pgettext_lazy("major incident", "Stood down")
    REVIEWED = "reviewed", pgettext_lazy("major incident", "Reviewed")


# An incident in one of these is a major one, and stays one.
MAJOR = (MajorState.DECLARED, MajorState.STOOD_DOWN, MajorState.REVIEWED)


class Severity(IntegerChoices):
    ONE = 1, pgettext_lazy("major incident", "Severity 1")
    TWO = 2, pgettext_lazy("major incident", "Severity 2")
    THREE = 3, pgettext_lazy("major incident", "Severity 3")


class ResponseRole(TextChoices):
    """Who does what while it lasts. The names are those of the columns."""

    COMMANDER = "commander", _("Incident commander")
    DEPUTY = "deputy", pgettext_lazy("major incident", "Deputy commander")
    COMMUNICATIONS = "communications", _("Communications lead")
    SCRIBE = "scribe", pgettext_lazy("major incident", "Scribe")


class Stage(TextChoices):
    """How far the work is, in the words of a status page."""

    INVESTIGATING = "investigating", pgettext_lazy("stage", "Investigating")
    IDENTIFIED = "identified", pgettext_lazy("stage", "Identified")
    MONITORING = "monitoring", pgettext_lazy("stage", "Monitoring")
    RESOLVED = "resolved", pgettext_lazy("stage", "Resolved")


class Condition(TextChoices):
    """How the service is for those who use it."""

    OPERATIONAL = "operational", pgettext_lazy("service", "Operational")
    DEGRADED = "degraded", pgettext_lazy("service", "Degraded performance")
    PARTIAL = "partial", pgettext_lazy("service", "Partial outage")
    MAJOR = "major", pgettext_lazy("service", "Major outage")
    MAINTENANCE = "maintenance", pgettext_lazy("service", "Under maintenance")


class UpdateAudience(TextChoices):
    """Whom a notice is for. Stakeholders are told in any case."""

    EVERYBODY = "everybody", _("Everybody, on the portal too")
    STAKEHOLDERS = "stakeholders", _("Stakeholders only")


class EntryKind(TextChoices):
    """Where a line of the timeline comes from."""

    MANUAL = "manual", _("Written by hand")
    EVENT = "event", _("From the record's history")


class Step(StrEnum):
    """What a MAJOR event of the log says, in its data under "step"."""

    PROPOSED = "proposed"
    DECLARED = "declared"
    REJECTED = "rejected"
    SEVERITY = "severity"
    ROLE = "role"
    SUMMARY = "summary"
    LOG = "log"
    CALL = "call"
    UPDATE = "update"
    STOOD_DOWN = "stood_down"
    REVIEW = "review"
    REVIEWED = "reviewed"


class Milestone(StrEnum):
    """What a MILESTONE event of a security incident says."""

    CONTAINED = "contained"
    PATCHED = "patched"
