"""Words to begin a notice with, one for each stage; whoever publishes it writes on."""

from django.utils.translation import gettext as _

from incidents.enums import Stage


def proposal(stage: str, service: str) -> str:
    """In the active language. `service` may be empty."""
    texts = {
        Stage.INVESTIGATING.value: _(
            "We are looking into a problem with this service: %(service)s."
        ),
        Stage.IDENTIFIED.value: _(
            "We have found the cause and are working on it. Service affected: %(service)s."
        ),
        Stage.MONITORING.value: _(
            "The service is back and we are watching it: %(service)s. Tell us if it still fails."
        ),
        Stage.RESOLVED.value: _("The problem is solved: %(service)s. Thank you for your patience."),
    }
    without = {
        Stage.INVESTIGATING.value: _("We are looking into the problem."),
        Stage.IDENTIFIED.value: _("We have found the cause and are working on it."),
        Stage.MONITORING.value: _("It works again and we are watching it. Tell us if it fails."),
        Stage.RESOLVED.value: _("The problem is solved. Thank you for your patience."),
    }
    if not service:
        return without.get(stage, "")
    return texts.get(stage, "") % {"service": service} if stage in texts else ""
