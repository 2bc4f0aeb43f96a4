"""Telling people, sending mails, and what people do with their notices.

`by` is the person acting; nobody acts on another's inbox.
"""

from notifications.actions.deliver import fail, retry_delivery, send
from notifications.actions.inbox import clear, forget_person, mark_read, sweep
from notifications.actions.preferences import mute, reset_preferences, set_preferences, unmute
from notifications.actions.telling import announce, tell, withdraw
from notifications.actions.templates import preview, reset_template, save_template

__all__ = [
    "announce",
    "clear",
    "fail",
    "forget_person",
    "mark_read",
    "mute",
    "preview",
    "reset_preferences",
    "reset_template",
    "retry_delivery",
    "save_template",
    "send",
    "set_preferences",
    "sweep",
    "tell",
    "unmute",
    "withdraw",
]
