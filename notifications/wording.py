"""What a notice says in the inbox, in the reader's language, made when it is read."""

from django.utils.translation import gettext_lazy as _

from notifications.enums import What

# (somebody did it, it happened by itself)
_SENTENCES = {
    What.MENTIONED: (_("%(actor)s mentioned you"), _("You were mentioned")),
    What.ASSIGNED: (_("%(actor)s assigned it to you"), _("It was assigned to you")),
    What.TASK: (_("%(actor)s gave you a task"), _("You were given a task")),
    What.WATCHING: (_("%(actor)s made you a watcher"), _("You were made a watcher")),
    What.RECEIVED: (_("%(actor)s opened it for you"), _("Your request was received")),
    What.REPLIED: (_("%(actor)s replied"), _("There is a reply")),
    What.ANSWERED: (_("%(actor)s answered"), _("The requester answered")),
    What.NOTED: (_("%(actor)s wrote an internal note"), _("There is an internal note")),
    What.WAITING: (_("%(actor)s waits for an answer"), _("An answer is awaited")),
    What.RESOLVED: (_("%(actor)s resolved it"), _("It was resolved")),
    What.REOPENED: (_("%(actor)s reopened it"), _("It was reopened")),
    What.CLOSED: (_("%(actor)s closed it"), _("It was closed")),
    What.CANCELLED: (_("%(actor)s cancelled it"), _("It was cancelled")),
    What.STATUS: (_("%(actor)s changed the status"), _("The status changed")),
    What.PRIORITY: (_("%(actor)s changed the priority"), _("The priority changed")),
    What.TASK_CHANGED: (_("%(actor)s changed a task"), _("A task changed")),
    What.TEAM_WORK: (_("%(actor)s opened it: new work for your team"), _("New work for your team")),
    What.UNASSIGNED: (_("%(actor)s gave it to somebody else"), _("It is no longer yours")),
}
ICONS = {
    What.MENTIONED: "at",
    What.ASSIGNED: "user-check",
    What.TASK: "checklist",
    What.WATCHING: "eye",
    What.RECEIVED: "inbox",
    What.REPLIED: "message-reply",
    What.ANSWERED: "message",
    What.NOTED: "note",
    What.WAITING: "hourglass",
    What.RESOLVED: "circle-check",
    What.REOPENED: "arrow-back-up",
    What.CLOSED: "lock",
    What.CANCELLED: "ban",
    What.STATUS: "progress",
    What.PRIORITY: "chevrons-up",
    What.TASK_CHANGED: "checklist",
    What.TEAM_WORK: "users-group",
    What.UNASSIGNED: "user-question",
}


def sentence(what: What, actor: str) -> str:
    """One line; `actor` is a name, or empty when nobody did it."""
    somebody, by_itself = _SENTENCES[what]
    return str(somebody) % {"actor": actor} if actor else str(by_itself)
