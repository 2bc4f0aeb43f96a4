"""What a notice says in the inbox, in the reader's language, made when it is read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core import formats
from core.models import pick
from notifications.enums import APPROVALS, CLOCKS, MAJOR, What
from sla.enums import Metric

# (somebody did it, it happened by itself)
_SENTENCES = {
    What.MAJOR_DECLARED: (
        _("%(actor)s declared a major incident"),
        _("A major incident was declared"),
    ),
    What.SLA_BREACH: (_("A target was missed"), _("A target was missed")),
    What.ESCALATED: (_("It was escalated to you"), _("It was escalated to you")),
    What.SLA_WARNING: (_("A target is at risk"), _("A target is at risk")),
    What.MAJOR_PROPOSED: (
        _("%(actor)s proposes a major incident"),
        _("This may be a major incident"),
    ),
    What.MAJOR_UPDATE: (
        _("%(actor)s sent news of the major incident"),
        _("There is news of the major incident"),
    ),
    What.APPROVAL_OVERDUE: (_("A decision is overdue"), _("A decision is overdue")),
    What.APPROVAL_ASKED: (_("Your approval is needed"), _("Your approval is needed")),
    What.APPROVAL_REMIND: (
        _("Your approval is still awaited"),
        _("Your approval is still awaited"),
    ),
    What.APPROVAL_DECIDED: (_("The approval is decided"), _("The approval is decided")),
    What.APPROVAL_VOIDED: (
        _("You need not decide this any more"),
        _("You need not decide this any more"),
    ),
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
    What.MERGED: (
        _("%(actor)s merged it into another record"),
        _("It was merged into another record"),
    ),
    What.STATUS: (_("%(actor)s changed the status"), _("The status changed")),
    What.PRIORITY: (_("%(actor)s changed the priority"), _("The priority changed")),
    What.TASK_CHANGED: (_("%(actor)s changed a task"), _("A task changed")),
    What.TEAM_WORK: (_("%(actor)s opened it: new work for your team"), _("New work for your team")),
    What.UNASSIGNED: (_("%(actor)s gave it to somebody else"), _("It is no longer yours")),
    What.SERVICE_REVIEW: (_("Due for review"), _("Due for review")),
    What.ARTICLE_REVIEW: (_("Due for review"), _("Due for review")),
    What.FEEDBACK: (_("%(actor)s gave a low score"), _("A low score was given")),
}
ICONS = {
    What.MAJOR_DECLARED: "alert-triangle",
    What.SLA_BREACH: "alert-circle",
    What.ESCALATED: "arrow-up",
    What.SLA_WARNING: "clock",
    What.MAJOR_PROPOSED: "help-circle",
    What.MAJOR_UPDATE: "bell",
    What.APPROVAL_OVERDUE: "alert-circle",
    What.APPROVAL_ASKED: "checklist",
    What.APPROVAL_REMIND: "hourglass",
    What.APPROVAL_DECIDED: "square-check",
    What.APPROVAL_VOIDED: "minus",
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
    What.MERGED: "git-merge",
    What.STATUS: "progress",
    What.PRIORITY: "chevrons-up",
    What.TASK_CHANGED: "checklist",
    What.TEAM_WORK: "users-group",
    What.UNASSIGNED: "user-question",
    What.SERVICE_REVIEW: "calendar",
    What.ARTICLE_REVIEW: "file-text",
    What.FEEDBACK: "message",
}


def sentence(what: What, actor: str) -> str:
    """One line; `actor` is a name, or empty when nobody did it."""
    somebody, by_itself = _SENTENCES[what]
    return str(somebody) % {"actor": actor} if actor else str(by_itself)


def clock_words(data: Mapping[str, Any]) -> dict[str, str]:
    """What an escalation's log row says: metric, percent, goal and due, in the reader's words.

    `data`: metric; step such as "75" or "100+2"; goal (seconds); due_at or next_update_at (ISO).
    """
    metric = str(data.get("metric", ""))
    share = str(data.get("step", "")).partition("+")[0]
    due = _instant(data.get("due_at") or data.get("next_update_at"))
    return {
        "metric": str(dict(Metric.choices).get(metric, metric)) or "–",
        "percent": f"{share}%" if share.isdecimal() else "–",
        "goal": length(data["goal"]) if isinstance(data.get("goal"), int) else "–",
        "due": formats.moment(due) if due else "–",
    }


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else None


def length(seconds: int) -> str:
    """A length of working time: 4 h, 1 h 30 min, 45 min."""
    hours, minutes = divmod(max(0, seconds) // 60, 60)
    parts = [now_("%(n)d h") % {"n": hours}] if hours else []
    if minutes or not hours:
        parts.append(now_("%(n)d min") % {"n": minutes})
    return " ".join(parts)


def detail(what: What, data: Mapping[str, Any]) -> str:
    """The line below the sentence, where the event's own row holds one; else empty."""
    if what in CLOCKS:
        words = clock_words(data)
        return f"{words['metric']} · {words['percent']} · {words['due']}"
    if what in MAJOR:
        return Truncator(" ".join(news_text(data).split())).chars(160)
    return _approval(data) if what in APPROVALS else ""


def _approval(data: Mapping[str, Any]) -> str:
    """The stage, or how it ended and why."""
    said = Truncator(" ".join(str(data.get("opinion") or "").split())).chars(160)
    if data.get("step") != "ended":
        return pick(str(data.get("stage_ko", "")), str(data.get("stage_en", ""))) or said
    yes, no = pgettext("approval", "Approved"), pgettext("approval", "Rejected")
    word = yes if data.get("approved") else no
    return f"{word} · {said}" if said else word


def reminder_detail(due_on: date | None, text: str) -> str:
    """The line below the sentence of a notice about what is no record."""
    due = now_("due %(day)s") % {"day": formats.day(due_on)} if due_on else ""
    text = Truncator(" ".join(text.split())).chars(160)
    return " · ".join(part for part in (due, text) if part)


def news_text(data: Mapping[str, Any]) -> str:
    """What a notice about a major incident says to the public, in the reader's language."""
    return pick(str(data.get("text_ko", "")), str(data.get("text_en", "")))
