"""Rows of the kernel."""

from tickets.models.approval import (
    Approval,
    ApprovalKey,
    ApprovalPolicy,
    ApprovalSeat,
    ApprovalStage,
)
from tickets.models.conversation import Attachment, Comment, Draft, Seen, Watch
from tickets.models.event import Event
from tickets.models.lookups import (
    CannedText,
    Category,
    CauseCategory,
    PendingReason,
    PriorityCell,
    PriorityLevel,
    ResolutionCode,
    RoutingRule,
    WorkTemplate,
)
from tickets.models.reference import ExternalReference
from tickets.models.ticket import Ticket, TicketQuerySet
from tickets.models.work import ChecklistItem, Link, Task, TicketItem

__all__ = [
    "Approval",
    "ApprovalKey",
    "ApprovalPolicy",
    "ApprovalSeat",
    "ApprovalStage",
    "Attachment",
    "CannedText",
    "Category",
    "CauseCategory",
    "ChecklistItem",
    "Comment",
    "Draft",
    "Event",
    "ExternalReference",
    "Link",
    "PendingReason",
    "PriorityCell",
    "PriorityLevel",
    "ResolutionCode",
    "RoutingRule",
    "Seen",
    "Task",
    "Ticket",
    "TicketItem",
    "TicketQuerySet",
    "Watch",
    "WorkTemplate",
]
