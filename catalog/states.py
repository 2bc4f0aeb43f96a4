"""A service request's life: rules.md sections 1 and 8."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Machine, Phase, State, Transition

WORKED = ("submitted", "approved", "in_progress")
OPEN = (*WORKED, "awaiting_approval", "pending")
FULFILMENT = ("fulfilment",)

MACHINE = Machine(
    initial="submitted",
    states=(
        State("submitted", pgettext_lazy("status", "Submitted"), Phase.NEW, _("Received")),
        State(
            "awaiting_approval",
            pgettext_lazy("status", "Awaiting approval"),
            Phase.WAITING,
            _("Being approved"),
            decides=True,
            unbegun=True,
        ),
        State(
            "approved",
            pgettext_lazy("status", "Approved"),
            Phase.ACTIVE,
            _("Being handled"),
            unbegun=True,
        ),
        State(
            "in_progress", pgettext_lazy("status", "In progress"), Phase.ACTIVE, _("Being handled")
        ),
        State("pending", pgettext_lazy("status", "Pending"), Phase.WAITING, _("Waiting")),
        State("fulfilled", pgettext_lazy("status", "Fulfilled"), Phase.RESOLVED, _("Delivered")),
        State("closed", pgettext_lazy("status", "Closed"), Phase.CLOSED, _("Finished")),
        State(
            "rejected",
            pgettext_lazy("status", "Rejected"),
            Phase.CLOSED,
            _("Not approved"),
            withdrawn=True,
        ),
        State(
            "cancelled",
            pgettext_lazy("status", "Cancelled"),
            Phase.CLOSED,
            _("Withdrawn"),
            withdrawn=True,
        ),
    ),
    transitions=(
        # What the approval does, and asking for it.
        Transition(
            "ask_approval",
            _("Ask for approval"),
            ("submitted", "rejected"),
            "awaiting_approval",
            automatic=True,
        ),
        Transition(
            "accept", _("Accept"), ("submitted", "awaiting_approval"), "approved", automatic=True
        ),
        Transition(
            "reject",
            pgettext_lazy("approval", "Reject"),
            ("awaiting_approval",),
            "rejected",
            automatic=True,
            required=("reason",),
        ),
        Transition(
            "recall",
            pgettext_lazy("approval", "Recall"),
            ("awaiting_approval",),
            "submitted",
            automatic=True,
        ),
        Transition(
            "start",
            _("Start work"),
            ("submitted", "approved"),
            "in_progress",
            claims=True,
            copies_down=True,
        ),
        # As start, by itself: a task was taken up. Parts of a bundle don't follow.
        Transition(
            "begin", _("Start work"), ("submitted", "approved"), "in_progress", automatic=True
        ),
        Transition(
            "pend",
            _("Put on hold"),
            WORKED,
            "pending",
            required=("pending_reason",),
            optional=("resume_at", "reason"),
            copies_down=True,
        ),
        Transition(
            "resume", _("Resume"), ("pending",), "in_progress", copies_down=True, claims=True
        ),
        Transition(
            "fulfil",
            _("Fulfil"),
            ("approved", "in_progress", "pending"),
            "fulfilled",
            required=FULFILMENT,
            detail=FULFILMENT,
            claims=True,
        ),
        Transition(
            "reopen",
            _("Reopen"),
            ("fulfilled",),
            "in_progress",
            rule="reopen",
            optional=("reason",),
        ),
        Transition(
            "close", pgettext_lazy("ticket", "Close"), ("fulfilled",), "closed", rule="confirm"
        ),
        Transition(
            "cancel",
            pgettext_lazy("ticket", "Cancel"),
            OPEN,
            "cancelled",
            rule="cancel",
            required=("reason",),
        ),
        Transition(
            "merge", _("Merge"), (*OPEN, "fulfilled"), "cancelled", rule="merge", automatic=True
        ),
    ),
)
