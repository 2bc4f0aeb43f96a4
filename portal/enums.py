"""Words of the portal's forms and lists."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.enums import Impact, Urgency


class Affected(TextChoices):
    """How many people a problem touches, as one says it."""

    ME = "me", _("Just me")
    TEAM = "team", _("My team")
    MANY = "many", _("Many people")

    @property
    def impact(self) -> IntegerChoices:
        return {"me": Impact.LOW, "team": Impact.MEDIUM, "many": Impact.HIGH}[self.value]


class Working(TextChoices):
    """Whether one can go on working."""

    YES = "yes", pgettext_lazy("can you work", "Yes")
    HARDLY = "hardly", pgettext_lazy("can you work", "With difficulty")
    NO = "no", pgettext_lazy("can you work", "No")

    @property
    def urgency(self) -> IntegerChoices:
        return {"yes": Urgency.LOW, "hardly": Urgency.MEDIUM, "no": Urgency.HIGH}[self.value]


class Show(TextChoices):
    """Which state of affairs a list of requests shows."""

    OPEN = "open", pgettext_lazy("requests", "Open")
    REPLY = "reply", pgettext_lazy("requests", "Needs my reply")
    CLOSED = "closed", pgettext_lazy("requests", "Finished")


class Whose(TextChoices):
    """Whose requests a list shows."""

    MINE = "mine", pgettext_lazy("requests", "My requests")
    FOLLOWED = "followed", pgettext_lazy("requests", "Requests I follow")
    DEPARTMENT = "department", pgettext_lazy("requests", "My department")


class Kinds(TextChoices):
    """Which kinds of requests a list shows."""

    ALL = "", pgettext_lazy("kinds of requests", "All")
    PROBLEM = "incident", pgettext_lazy("kinds of requests", "Problems")
    REQUEST = "request", pgettext_lazy("kinds of requests", "Things asked for")


class Sort(TextChoices):
    """The order of the catalog."""

    ASKED = "asked", pgettext_lazy("order of the catalog", "Most asked for")
    NAME = "name", pgettext_lazy("order of the catalog", "By name")


class Standing(TextChoices):
    """How a service is now, as the status page says it; from best to worst."""

    OPERATIONAL = "operational", pgettext_lazy("service", "Operational")
    MAINTENANCE = "maintenance", pgettext_lazy("service", "Under maintenance")
    DEGRADED = "degraded", pgettext_lazy("service", "Degraded performance")
    PARTIAL = "partial", pgettext_lazy("service", "Partial outage")
    DOWN = "down", pgettext_lazy("service", "Outage")

    @property
    def rank(self) -> int:
        return list(Standing).index(self)

    @property
    def icon(self) -> str:
        """A shape of its own for each."""
        return {
            "operational": "circle-check",
            "maintenance": "settings",
            "degraded": "alert-triangle",
            "partial": "alert-circle",
            "down": "circle-x",
        }[self.value]
