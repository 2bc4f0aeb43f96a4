"""Telling people, sending mails, and what people do with their notices.

`by` is the person acting; nobody acts on another's inbox.
"""

from notifications.actions.announcements import (
    dismiss,
    end_announcement,
    save_announcement,
)
from notifications.actions.articles import remind_of_article
from notifications.actions.deliver import fail, fail_digest, retry_delivery, send, send_digest
from notifications.actions.inbox import clear, forget_person, mark_read, sweep
from notifications.actions.preferences import mute, reset_preferences, set_preferences, unmute
from notifications.actions.reminding import About, fail_reminder, send_reminder, tell_about
from notifications.actions.services import remind_of_review
from notifications.actions.telling import announce, announce_together, tell, withdraw
from notifications.actions.templates import preview, reset_template, save_template
from notifications.actions.webhooks import ask, call_out, fail_call, save_webhook, send_test

__all__ = [
    "About",
    "announce",
    "announce_together",
    "ask",
    "call_out",
    "clear",
    "dismiss",
    "end_announcement",
    "fail",
    "fail_call",
    "fail_digest",
    "fail_reminder",
    "forget_person",
    "mark_read",
    "mute",
    "preview",
    "remind_of_article",
    "remind_of_review",
    "reset_preferences",
    "reset_template",
    "retry_delivery",
    "save_announcement",
    "save_template",
    "save_webhook",
    "send",
    "send_digest",
    "send_reminder",
    "send_test",
    "set_preferences",
    "sweep",
    "tell",
    "tell_about",
    "unmute",
    "withdraw",
]
