"""What people do through the portal, as calls of the kernel's actions."""

from portal.actions.drafts import discard, keep_typed
from portal.actions.files import drop_stale, stage, unstage
from portal.actions.report import report
from portal.actions.requests import ask_to_stop, confirm, continue_closed, reopen, reply, withdraw

__all__ = [
    "ask_to_stop",
    "confirm",
    "continue_closed",
    "discard",
    "drop_stale",
    "keep_typed",
    "reopen",
    "reply",
    "report",
    "stage",
    "unstage",
    "withdraw",
]
