"""An incident's life: rules.md sections 1 and 4."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.states import Machine, Phase, State, Transition

WORKED = ("new", "assigned", "in_progress")
UNRESOLVED = (*WORKED, "pending")
RESOLUTION = ("resolution_code", "resolution", "cause_category")

MACHINE = Machine(
    initial="new",
    states=(
        State("new", pgettext_lazy("status", "New"), Phase.NEW, _("Received")),
        State("assigned", pgettext_lazy("status", "Assigned"), Phase.ACTIVE, _("Being handled")),
        State(
            "in_progress", pgettext_lazy("status", "In progress"), Phase.ACTIVE, _("Being handled")
        ),
        State("pending", pgettext_lazy("status", "Pending"), Phase.WAITING, _("Waiting")),
        State("resolved", pgettext_lazy("status", "Resolved"), Phase.RESOLVED, _("Solved")),
        State("closed", pgettext_lazy("status", "Closed"), Phase.CLOSED, _("Finished")),
        State(
            "cancelled",
            pgettext_lazy("status", "Cancelled"),
            Phase.CLOSED,
            _("Withdrawn"),
            withdrawn=True,
        ),
    ),
    transitions=(
        Transition("assign", _("Assign"), ("new",), "assigned", rule="assign", automatic=True),
        Transition("unassign", _("Unassign"), ("assigned",), "new", rule="assign", automatic=True),
        Transition(
            "start",
            _("Start work"),
            ("new", "assigned"),
            "in_progress",
            copies_down=True,
            claims=True,
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
            "resolve",
            _("Resolve"),
            UNRESOLVED,
            "resolved",
            required=RESOLUTION,
            detail=RESOLUTION,
            claims=True,
        ),
        Transition(
            "reopen", _("Reopen"), ("resolved",), "in_progress", rule="reopen", optional=("reason",)
        ),
        Transition(
            "close", pgettext_lazy("ticket", "Close"), ("resolved",), "closed", rule="confirm"
        ),
        Transition(
            "cancel",
            pgettext_lazy("ticket", "Cancel"),
            UNRESOLVED,
            "cancelled",
            rule="cancel",
            required=("reason",),
        ),
        Transition(
            "merge",
            _("Merge"),
            (*UNRESOLVED, "resolved"),
            "cancelled",
            rule="merge",
            automatic=True,
        ),
    ),
)
