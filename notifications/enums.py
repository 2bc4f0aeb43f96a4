"""What people are told, through which channel, and what became of it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class What(TextChoices):
    """The kinds of notices, in the order in which one of them wins over the next."""

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
    STATUS = "status", _("The status changes otherwise")
    PRIORITY = "priority", _("The priority changes")
    TASK_CHANGED = "task_changed", _("A task of my record changes")
    TEAM_WORK = "team_work", _("New work arrives for my team")
    UNASSIGNED = "unassigned", _("A record is taken off me")


class Channel(TextChoices):
    IN_APP = "in_app", _("In Maru")
    MAIL = "mail", _("E-mail")


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
    """Why a mail was left out."""

    INACTIVE = "inactive", _("This person has left.")
    MACHINE = "machine", _("This is a machine account.")
    NO_ADDRESS = "no_address", _("There is no e-mail address.")
    NO_ACCESS = "no_access", _("This person may not see it.")
    MUTED = "muted", _("This person has muted the record.")
    RETRACTED = "retracted", _("The comment was taken back.")


# Who is told what by default: (in the product, by mail). What is missing is never told.
DEFAULTS: dict[Audience, dict[What, tuple[bool, bool]]] = {
    Audience.REQUESTER: {
        What.WATCHING: (True, True),
        What.RECEIVED: (True, True),
        What.REPLIED: (True, True),
        What.ANSWERED: (True, False),
        What.WAITING: (True, True),
        What.RESOLVED: (True, True),
        What.REOPENED: (True, False),
        What.CLOSED: (True, True),
        What.CANCELLED: (True, True),
        What.STATUS: (True, False),
    },
    Audience.DESK: {
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
        What.STATUS: (True, False),
        What.PRIORITY: (True, False),
        What.TASK_CHANGED: (True, False),
        What.TEAM_WORK: (True, False),
        What.UNASSIGNED: (True, False),
    },
}
# What reaches somebody although they muted the record.
LOUD = frozenset({What.MENTIONED, What.ASSIGNED, What.TASK})
