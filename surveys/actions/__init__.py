"""Asking, voting, what follows from a low score, and feedback on services."""

from surveys.actions.asking import ask_after, forget, send
from surveys.actions.feedback import give, hide, show
from surveys.actions.voting import vote

__all__ = ["ask_after", "forget", "give", "hide", "send", "show", "vote"]
