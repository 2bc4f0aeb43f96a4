"""Words of the kernel: channels, event verbs, link types, task states, visibility."""

from enum import StrEnum
from typing import Any

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(TextChoices):
    """How something reached Maru."""

    WEB = "web", _("Web")
    PORTAL = "portal", _("Portal")
    API = "api", _("API")
    MAIL = "mail", _("Mail")
    PHONE = "phone", _("Phone")
    CHAT = "chat", _("Chat")
    WALK_IN = "walk_in", _("In person")
    MONITORING = "monitoring", _("Monitoring")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("System")


class Impact(IntegerChoices):
    HIGH = 1, pgettext_lazy("impact", "High")
    MEDIUM = 2, pgettext_lazy("impact", "Medium")
    LOW = 3, pgettext_lazy("impact", "Low")


class Urgency(IntegerChoices):
    HIGH = 1, pgettext_lazy("urgency", "High")
    MEDIUM = 2, pgettext_lazy("urgency", "Medium")
    LOW = 3, pgettext_lazy("urgency", "Low")


class Visibility(TextChoices):
    """Who may read a comment or a file: everybody who sees the record, or the desk alone."""

    PUBLIC = "public", _("Public reply")
    INTERNAL = "internal", _("Internal note")


class Verb(TextChoices):
    """What an event says happened."""

    OPENED = "opened", _("Opened")
    TRANSITIONED = "transitioned", _("Status changed")
    ASSIGNED = "assigned", _("Assigned")
    EDITED = "edited", _("Edited")
    COMMENTED = "commented", _("Commented")
    RETRACTED = "retracted", _("Comment taken back")
    ATTACHED = "attached", _("File added")
    DETACHED = "detached", _("File removed")
    LINKED = "linked", _("Linked")
    UNLINKED = "unlinked", _("Unlinked")
    WATCHED = "watched", _("Watcher added")
    UNWATCHED = "unwatched", _("Watcher removed")
    TASK_ADDED = "task_added", _("Task added")
    TASK_CHANGED = "task_changed", _("Task changed")
    CHECKED = "checked", _("Checklist changed")
    RESTRICTED = "restricted", _("Access changed")
    ESCALATED = "escalated", _("Escalated")
    MILESTONE = "milestone", _("Milestone reached")
    MAJOR = "major", _("Major incident")
    MERGED = "merged", _("Merged")
    UNMERGED = "unmerged", _("Merge undone")
    SPLIT = "split", _("Split")
    APPROVAL = "approval", pgettext_lazy("event", "Approval")


class LinkType(StrEnum):
    """Typed, two-way: each type reads differently from its two ends."""

    DUPLICATE_OF = "duplicate_of"
    CAUSED_BY = "caused_by"
    RESOLVED_BY = "resolved_by"
    RELATED = "related"
    PARENT_OF = "parent_of"
    PART_OF_RELEASE = "part_of_release"
    IMPLEMENTS = "implements"
    FOLLOW_UP_OF = "follow_up_of"

    @property
    def label(self) -> Any:
        """Read from the source: source … target."""
        return LINK_LABELS[self][0]

    @property
    def inverse_label(self) -> Any:
        """Read from the target: target … source."""
        return LINK_LABELS[self][1]


LINK_LABELS = {
    LinkType.DUPLICATE_OF: (_("duplicate of"), _("duplicated by")),
    LinkType.CAUSED_BY: (_("caused by"), _("causes")),
    LinkType.RESOLVED_BY: (_("resolved by"), _("resolves")),
    LinkType.RELATED: (_("related to"), _("related to")),
    LinkType.PARENT_OF: (_("parent of"), _("child of")),
    LinkType.PART_OF_RELEASE: (_("part of release"), _("release contains")),
    LinkType.IMPLEMENTS: (_("implements"), _("implemented by")),
    LinkType.FOLLOW_UP_OF: (_("follow-up of"), _("followed up by")),
}


class TaskState(TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    IN_PROGRESS = "in_progress", pgettext_lazy("task", "In progress")
    DONE = "done", pgettext_lazy("task", "Done")
    FAILED = "failed", pgettext_lazy("task", "Failed")
    SKIPPED = "skipped", pgettext_lazy("task", "Skipped")


TASK_ENDED = frozenset({TaskState.DONE, TaskState.FAILED, TaskState.SKIPPED})


class StageKind(TextChoices):
    """What a stage of an approval is for."""

    REVIEW = "review", pgettext_lazy("approval", "Review")
    AGREE = "agree", pgettext_lazy("approval", "Agreement")
    APPROVE = "approve", pgettext_lazy("approval", "Approval")


class DecidedBy(TextChoices):
    """Whose decisions settle a stage."""

    FIRST = "first", _("Whoever decides first")
    ALL = "all", _("Everybody")
    SHARE = "share", _("A share of them")


class RoundState(TextChoices):
    """What became of one round of asking for approval."""

    PENDING = "pending", pgettext_lazy("approval", "Being decided")
    APPROVED = "approved", pgettext_lazy("approval", "Approved")
    REJECTED = "rejected", pgettext_lazy("approval", "Rejected")
    RECALLED = "recalled", pgettext_lazy("approval", "Recalled")
    VOID = "void", pgettext_lazy("approval", "No longer counts")


class StageState(TextChoices):
    WAITING = "waiting", pgettext_lazy("approval stage", "Not yet its turn")
    OPEN = "open", pgettext_lazy("approval stage", "Being decided")
    APPROVED = "approved", pgettext_lazy("approval stage", "Approved")
    REJECTED = "rejected", pgettext_lazy("approval stage", "Rejected")
    FINAL = "final", pgettext_lazy("approval stage", "Decided below (delegated)")
    VOID = "void", pgettext_lazy("approval stage", "Not decided")


class SeatState(TextChoices):
    """One person's part in a stage."""

    WAITING = "waiting", pgettext_lazy("approval seat", "Waiting")
    PENDING = "pending", pgettext_lazy("approval seat", "To decide")
    HELD = "held", pgettext_lazy("approval seat", "On hold")
    APPROVED = "approved", pgettext_lazy("approval seat", "Approved")
    REJECTED = "rejected", pgettext_lazy("approval seat", "Rejected")
    FINAL = "final", pgettext_lazy("approval seat", "Delegated final approval")
    SPARED = "spared", pgettext_lazy("approval seat", "Not needed")
    VOID = "void", pgettext_lazy("approval seat", "Not decided")
