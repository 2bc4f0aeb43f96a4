"""Feedback on services, for whoever answers for them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from accounts.models import User
from surveys.access import extent_of, may_moderate
from surveys.models import Feedback
from surveys.queries.feedback import feedback_in, service_rating

SIZE = 50


class FeedbackPage:
    """Newest first; hidden ones are there for those who may hide, marked."""

    def __init__(self, reader: User, after: int | None = None) -> None:
        self.reader, self.after = reader, after

    @cached_property
    def found(self) -> list[Feedback]:
        rows = feedback_in(extent_of(self.reader), self.reader).order_by("-pk")
        if self.after is not None:
            rows = rows.filter(pk__lt=self.after)
        return list(rows[: SIZE + 1])

    def rows(self) -> Iterator[dict[str, Any]]:
        page = self.found[:SIZE]
        ratings = service_rating(row.service_id for row in page)
        for row in page:
            moderates = may_moderate(self.reader, row)
            average, n = ratings.get(row.service_id, (None, 0))
            yield {
                "pk": row.pk,
                "service": row.service.name,
                "person": row.user.name,
                "stars": row.stars,
                "word": row.get_stars_display(),
                "row": range(row.stars),
                "comment": row.comment if row.hidden_at is None or moderates else "",
                "at": row.changed_at,
                "hidden": row.hidden_reason if row.hidden_at else "",
                "hidden_by": row.hidden_by.name if row.hidden_by else "",
                "moderates": moderates,
                "average": f"{average:.1f}" if average is not None else "",
                "n": n,
            }

    @property
    def next(self) -> str:
        return f"?after={self.found[SIZE - 1].pk}" if len(self.found) > SIZE else ""

    @property
    def first_page(self) -> str:
        return "?" if self.after is not None else ""
