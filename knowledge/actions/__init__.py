"""Every verb on an article. What these refuse, nobody can do. `by` is the person acting."""

from knowledge.actions.base import FIELDS, fingerprints
from knowledge.actions.files import attach, detach
from knowledge.actions.life import allowed, confirm, look_over, move
from knowledge.actions.useful import did_not_solve, miss, note_reply, read, unreadable, vote
from knowledge.actions.write import create, day, save, take_back, write_from

__all__ = [
    "FIELDS",
    "allowed",
    "attach",
    "confirm",
    "create",
    "day",
    "detach",
    "did_not_solve",
    "fingerprints",
    "look_over",
    "miss",
    "move",
    "note_reply",
    "read",
    "save",
    "take_back",
    "unreadable",
    "vote",
    "write_from",
]
