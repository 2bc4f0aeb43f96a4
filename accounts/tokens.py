"""The text of an API token: made once, shown once, kept as a hash."""

import hashlib
import secrets

BEGINNING = "maru_"
SHOWN = 12  # characters of the text that are kept, so that its owner can tell tokens apart


def make() -> str:
    """A new token's text: 256 random bits behind a beginning that secret scanners can find."""
    return BEGINNING + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is stored instead. A fast hash will do: the text is random, not chosen by a person."""
    return hashlib.sha256(text.encode()).hexdigest()
