"""Roles, scopes and preferences."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What a person is trusted with. Everybody who can sign in is a requester."""

    AGENT = "agent", _("Agent")
    TEAM_LEAD = "team_lead", _("Team lead")
    PROBLEM_MANAGER = "problem_manager", _("Problem manager")
    CHANGE_MANAGER = "change_manager", _("Change manager")
    CAB_MEMBER = "cab_member", _("CAB member")
    RELEASE_MANAGER = "release_manager", _("Release manager")
    SERVICE_OWNER = "service_owner", _("Service owner")
    KNOWLEDGE_EDITOR = "knowledge_editor", _("Knowledge editor")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


# Roles that open the desk and may write there.
WORKING_ROLES = frozenset(
    {
        Role.AGENT,
        Role.TEAM_LEAD,
        Role.PROBLEM_MANAGER,
        Role.CHANGE_MANAGER,
        Role.RELEASE_MANAGER,
        Role.SERVICE_OWNER,
        Role.ADMINISTRATOR,
    }
)
# Roles that open the desk at all.
DESK_ROLES = WORKING_ROLES | {Role.AUDITOR, Role.MANAGER, Role.CAB_MEMBER, Role.KNOWLEDGE_EDITOR}
# Roles that may overrule what is computed (a priority, for one).
LEADING_ROLES = frozenset(
    {Role.TEAM_LEAD, Role.PROBLEM_MANAGER, Role.SERVICE_OWNER, Role.ADMINISTRATOR}
)


class Scope(TextChoices):
    """How far a role reaches."""

    ALL = "all", _("Everything")
    TEAMS = "teams", _("Own teams")
    SERVICES = "services", _("Own services")


class Routing(TextChoices):
    """How a team gives out its work."""

    MANUAL = "manual", _("By hand")
    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_LOADED = "least_loaded", _("To the least loaded")
    ON_DUTY = "on_duty", _("To whoever is on duty")


class Weekday(IntegerChoices):
    """A day of the week, as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Density(TextChoices):
    COMPACT = "compact", _("Compact")
    DEFAULT = "default", pgettext_lazy("density", "Default")
    COMFORTABLE = "comfortable", _("Comfortable")


class Theme(TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


class TokenScope(TextChoices):
    """What a program may do with a token, within what its person may."""

    READ = "read", pgettext_lazy("token", "Read")
    WRITE = "write", pgettext_lazy("token", "Read and write")


class AuditVerb(TextChoices):
    """What the audit log says happened."""

    CREATED = "created", pgettext_lazy("audit", "Created")
    CHANGED = "changed", pgettext_lazy("audit", "Changed")
    SWITCHED_OFF = "switched_off", pgettext_lazy("audit", "Switched off")
    SWITCHED_ON = "switched_on", pgettext_lazy("audit", "Switched on")
    REMOVED = "removed", pgettext_lazy("audit", "Removed")
    ANONYMISED = "anonymised", pgettext_lazy("audit", "Anonymised")
    GRANTED = "granted", _("Role granted")
    REVOKED = "revoked", _("Role revoked")
    HANDED_OVER = "handed_over", _("Work handed over")
    TOKEN_ISSUED = "token_issued", _("API token issued")
    TOKEN_REVOKED = "token_revoked", _("API token revoked")
    PASSWORD_SET = "password_set", _("Password changed")
    PASSWORD_MAILED = "password_mailed", _("Password link mailed")
    SESSION_ENDED = "session_ended", _("Session ended")
    APPLIED = "applied", pgettext_lazy("audit", "Applied to open records")
    RETRIED = "retried", pgettext_lazy("audit", "Tried again")
