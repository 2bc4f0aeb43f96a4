"""Every verb on a record. What these refuse, nobody can do.

Each is one transaction: lock the row, ask permission, check, write, record the event, tell
subscribers. `by` is the person acting; None is Maru itself (a clock, a rule).
"""

from tickets.actions.approvalkeys import decide_with, find_key, make_key
from tickets.actions.approving import ask, decide, hand_over, hold, question, recall, void
from tickets.actions.assign import assign
from tickets.actions.attach import attach, detach
from tickets.actions.automatic import auto_close_due, resume_due
from tickets.actions.comment import UNDO_SECONDS, comment, retract
from tickets.actions.drafts import drop_draft, drop_old_drafts, mark_seen, save_draft
from tickets.actions.edit import edit, override_priority
from tickets.actions.links import link, unlink
from tickets.actions.merge import Plan, merge, plan_merge, unmerge
from tickets.actions.open import follow_up, open_ticket
from tickets.actions.people import restrict, unwatch, watch
from tickets.actions.reminding import pass_on, remind_due
from tickets.actions.split import split, unsplit
from tickets.actions.tasks import (
    add_check,
    add_task,
    apply_template,
    change_task,
    drop_check,
    tick,
)
from tickets.actions.transition import allowed, transition

__all__ = [
    "UNDO_SECONDS",
    "Plan",
    "add_check",
    "add_task",
    "allowed",
    "apply_template",
    "ask",
    "assign",
    "attach",
    "auto_close_due",
    "change_task",
    "comment",
    "decide",
    "decide_with",
    "detach",
    "drop_check",
    "drop_draft",
    "drop_old_drafts",
    "edit",
    "find_key",
    "follow_up",
    "hand_over",
    "hold",
    "link",
    "make_key",
    "mark_seen",
    "merge",
    "open_ticket",
    "override_priority",
    "pass_on",
    "plan_merge",
    "question",
    "recall",
    "remind_due",
    "restrict",
    "resume_due",
    "retract",
    "save_draft",
    "split",
    "tick",
    "transition",
    "unlink",
    "unmerge",
    "unsplit",
    "unwatch",
    "void",
    "watch",
]
