"""What pages and programs ask about articles."""

from knowledge.queries.suggest import suggest
from knowledge.queries.use import deflections

__all__ = ["deflections", "suggest"]
