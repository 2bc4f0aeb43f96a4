"""What people are told, through which channel, and what became of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class What(TextChoices):
    """The kinds of notices, in the order in which one of them wins over the next."""

    MAJOR_DECLARED = "major_declared", _("A major incident is declared")
    SLA_BREACH = "sla_breach", _("A target is missed")
    ESCALATED = "escalated", _("Escalated to me")
    SLA_WARNING = "sla_warning", _("A target is at risk")
    MAJOR_PROPOSED = "major_proposed", _("A major incident is proposed to me")
    MAJOR_UPDATE = "major_update", _("News of a major incident")
    APPROVAL_OVERDUE = "approval_overdue", _("A decision is overdue")
    APPROVAL_ASKED = "approval_asked", _("My approval is needed")
    APPROVAL_REMIND = "approval_remind", _("My approval is still awaited")
    APPROVAL_DECIDED = "approval_decided", _("What I asked for is approved or rejected")
    APPROVAL_VOIDED = "approval_voided", _("I need not decide any more")
    MENTIONED = "mentioned", _("Somebody mentions me")
    ASSIGNED = "assigned", _("A record is assigned to me")
    TASK = "task", _("A task is given to me")
    WATCHING = "watching", _("I am made a watcher")
    RECEIVED = "received", _("My request was received")
    REPLIED = "replied", _("The service desk replies")
    ANSWERED = "answered", _("The requester replies")
    NOTED = "noted", _("An internal note is written")
    WAITING = "waiting", _("An answer of mine is awaited")
    RESOLVED = "resolved", _("A record is resolved")
    REOPENED = "reopened", _("A record is reopened")
    CLOSED = "closed", _("A record is closed")
    CANCELLED = "cancelled", _("A record is cancelled")
    MERGED = "merged", _("A record is merged into another one")
    STATUS = "status", _("The status changes otherwise")
    PRIORITY = "priority", _("The priority changes")
    TASK_CHANGED = "task_changed", _("A task of my record changes")
    TEAM_WORK = "team_work", _("New work arrives for my team")
    UNASSIGNED = "unassigned", _("A record is taken off me")
    SERVICE_REVIEW = "service_review", _("A service of mine is due for review")
    ARTICLE_REVIEW = "article_review", _("An article of mine is due for review")
    FEEDBACK = "feedback", _("Somebody is not content")


class Channel(TextChoices):
    IN_APP = "in_app", _("In Maru")
    MAIL = "mail", _("E-mail")


class Level(TextChoices):
    """How soon a channel tells somebody. In the product there is only at once and not at all."""

    NOW = "now", pgettext_lazy("notice", "At once")
    DIGEST = "digest", pgettext_lazy("notice", "Together")
    NONE = "none", pgettext_lazy("notice", "Not at all")


class Audience(TextChoices):
    """From which side somebody looks at a record."""

    REQUESTER = "requester", _("Requester")
    DESK = "desk", _("Service desk")


class DeliveryState(TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    SKIPPED = "skipped", _("Left out")


class Reason(TextChoices):
    """Why something was left out, or told later than it happened."""

    DOER = "doer", _("This person did it.")
    OFF = "off", _("This person has switched it off.")
    ALL_OFF = "all_off", _("This person wants no mail at all.")
    NOT_CONCERNED = "not_concerned", _("It is not told to people in this role.")
    SAID = "said", _("The mail about the comment says it.")
    QUIET = "quiet", _("It was held back by quiet hours.")
    DIGEST = "digest", _("This person gets it together with others.")
    BUNDLED = "bundled", _("Many came at once and were sent together.")
    INACTIVE = "inactive", _("This person has left.")
    MACHINE = "machine", _("This is a machine account.")
    NO_ADDRESS = "no_address", _("There is no e-mail address.")
    NO_ACCESS = "no_access", _("This person may not see it.")
    MUTED = "muted", _("This person has muted the record.")
    RETRACTED = "retracted", _("The comment was taken back.")
    RESTRICTED = "restricted", _("The record is restricted.")
    DECIDED = "decided", _("It was decided meanwhile.")
    OFF_HOOK = "off_hook", _("The webhook is switched off.")


class HookKind(TextChoices):
    """What a webhook's receiver understands."""

    JSON = "json", _("Signed JSON")
    SLACK = "slack", _("Chat: Slack or compatible")
    TEAMS = "teams", _("Chat: Microsoft Teams")


class HookEvent(TextChoices):
    """What a webhook can subscribe to."""

    OPENED = "opened", _("A record is opened")
    ASSIGNED = "assigned", _("Team or assignee changes")
    TRANSITIONED = "transitioned", _("The status changes")
    REPLIED = "replied", _("A public reply is written")
    PRIORITY = "priority", _("The priority changes")
    SLA_WARNING = "sla_warning", _("A target is at risk")
    SLA_BREACH = "sla_breach", _("A target is missed")
    MAJOR_DECLARED = "major_declared", _("A major incident is declared")
    MAJOR_UPDATE = "major_update", _("News of a major incident")


class AnnouncementLevel(TextChoices):
    """How an announcement looks."""

    INFO = "info", pgettext_lazy("announcement", "For your information")
    WARNING = "warning", pgettext_lazy("announcement", "Important")


class ShownTo(TextChoices):
    """Who sees an announcement."""

    EVERYBODY = "everybody", _("Everybody")
    DESK = "desk", _("The service desk")
    DEPARTMENTS = "departments", _("Some departments")


# Who is told what by default: (in the product, by mail). What is missing is never told.
DEFAULTS: dict[Audience, dict[What, tuple[bool, bool]]] = {
    Audience.REQUESTER: {
        What.MAJOR_DECLARED: (True, True),
        What.MAJOR_UPDATE: (True, True),
        What.APPROVAL_OVERDUE: (True, True),
        What.APPROVAL_ASKED: (True, True),
        What.APPROVAL_REMIND: (True, True),
        What.APPROVAL_DECIDED: (True, True),
        What.APPROVAL_VOIDED: (True, True),
        What.WATCHING: (True, True),
        What.RECEIVED: (True, True),
        What.REPLIED: (True, True),
        What.ANSWERED: (True, False),
        What.WAITING: (True, True),
        What.RESOLVED: (True, True),
        What.REOPENED: (True, False),
        What.CLOSED: (True, True),
        What.CANCELLED: (True, True),
        What.MERGED: (True, True),
        What.STATUS: (True, False),
    },
    Audience.DESK: {
        What.MAJOR_DECLARED: (True, True),
        What.MAJOR_PROPOSED: (True, True),
        What.SLA_BREACH: (True, True),
        What.ESCALATED: (True, True),
        What.SLA_WARNING: (True, True),
        What.MAJOR_UPDATE: (True, True),
        What.APPROVAL_OVERDUE: (True, True),
        What.APPROVAL_ASKED: (True, True),
        What.APPROVAL_REMIND: (True, True),
        What.APPROVAL_DECIDED: (True, True),
        What.APPROVAL_VOIDED: (True, True),
        What.MENTIONED: (True, True),
        What.ASSIGNED: (True, True),
        What.TASK: (True, True),
        What.WATCHING: (True, True),
        What.REPLIED: (True, False),
        What.ANSWERED: (True, True),
        What.NOTED: (True, False),
        What.WAITING: (True, False),
        What.RESOLVED: (True, False),
        What.REOPENED: (True, True),
        What.CLOSED: (True, False),
        What.CANCELLED: (True, False),
        What.MERGED: (True, False),
        What.STATUS: (True, False),
        What.PRIORITY: (True, False),
        What.TASK_CHANGED: (True, False),
        What.TEAM_WORK: (True, False),
        What.UNASSIGNED: (True, False),
        What.SERVICE_REVIEW: (True, True),
        What.ARTICLE_REVIEW: (True, True),
        What.FEEDBACK: (True, True),
    },
}
# What clocks say: many may come at once, and are then sent together.
CLOCKS = frozenset({What.SLA_WARNING, What.SLA_BREACH, What.ESCALATED})
MAJOR = frozenset({What.MAJOR_DECLARED, What.MAJOR_PROPOSED, What.MAJOR_UPDATE})
# What asks for a decision, and what else is told of approvals.
DECIDING = frozenset({What.APPROVAL_ASKED, What.APPROVAL_REMIND, What.APPROVAL_OVERDUE})
APPROVALS = DECIDING | {What.APPROVAL_DECIDED, What.APPROVAL_VOIDED}
# What reaches somebody although they muted the record.
LOUD = frozenset(
    {
        What.MENTIONED,
        What.ASSIGNED,
        What.TASK,
        *CLOCKS,
        *DECIDING,
        What.MAJOR_DECLARED,
        What.MAJOR_PROPOSED,
    }
)
# What is mailed in quiet hours, too; of a record assigned to somebody, one of the first priority.
WAKES = frozenset({What.MAJOR_DECLARED})
# Of these the log keeps what was told in the product as well: somebody will ask.
LOGGED = CLOCKS | MAJOR | APPROVALS
