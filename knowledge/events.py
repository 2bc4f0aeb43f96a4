"""Typed events of articles, by which those above hear that one is due."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ReviewDue:
    """An article is to be looked at again by `due_on`; said at each round until it was.

    `user_ids`: its owner, or who else looks after articles. `expires`: from that day on it is no
    longer found. Titles in both languages, either may be
    empty; `path` is where it is looked at.
    """

    article_id: int
    user_ids: tuple[int, ...]
    title_ko: str
    title_en: str
    path: str
    due_on: date
    expires: bool
