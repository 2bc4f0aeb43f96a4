"""Every verb on incidents beyond those of any record: major incidents and security milestones."""

from incidents.actions.automatic import follow, propose_candidate
from incidents.actions.children import attach_children, tell_children
from incidents.actions.log import edit_log, log, pin
from incidents.actions.major import declare, propose, reject, set_severity, stand_down
from incidents.actions.people import call_for_help, join_affected, set_role
from incidents.actions.review import (
    add_review_action,
    approve_review,
    drop_review_action,
    save_review,
)
from incidents.actions.security import contain, mark_patched
from incidents.actions.summary import save_summary
from incidents.actions.update import publish

__all__ = [
    "add_review_action",
    "approve_review",
    "attach_children",
    "call_for_help",
    "contain",
    "declare",
    "drop_review_action",
    "edit_log",
    "follow",
    "join_affected",
    "log",
    "mark_patched",
    "pin",
    "propose",
    "propose_candidate",
    "publish",
    "reject",
    "save_review",
    "save_summary",
    "set_role",
    "set_severity",
    "stand_down",
    "tell_children",
]
