"""The list of surveys behind a number of satisfaction, as far as its reader may see them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.text import row_id
from desk.queries.csat import Choice
from surveys.access import comment_for
from surveys.enums import FACES, Score
from surveys.models import Survey
from surveys.queries.results import POPULATIONS, related

SIZE = 50
TITLES = {
    "asked": gettext_lazy("Surveys sent"),
    "answered": gettext_lazy("Surveys answered"),
    "unanswered": gettext_lazy("Surveys not answered"),
    "satisfied": gettext_lazy("Satisfied or very satisfied"),
    "low": gettext_lazy("Low scores"),
}


class Listing:
    """The list behind a number: its rows, as far as the reader may see their records."""

    def __init__(self, choice: Choice, reader: User, of: str, after: int | None = None) -> None:
        self.choice, self.reader, self.of, self.after = choice, reader, of, after
        self.results = choice.results(reader)
        self.counted = self.results.population(of)
        self.visible = self.results.visible(self.counted)

    @classmethod
    def parse(cls, data: QueryDict, reader: User) -> "Listing | None":
        """None where the address names no list."""
        of = data.get("of", "answered")
        if of not in POPULATIONS:
            return None
        return cls(Choice.parse(data), reader, of, row_id(data.get("after")))

    @property
    def title(self) -> str:
        if self.of in TITLES:
            return str(TITLES[self.of])
        return _("Answered “%(face)s”") % {"face": Score(int(self.of)).label}

    @cached_property
    def total(self) -> int:
        return self.counted.count()

    @cached_property
    def hidden(self) -> int:
        """Counted, but about records that the reader may not see."""
        return self.total - self.visible.count()

    @cached_property
    def page(self) -> list[Survey]:
        rows = related(self.visible).order_by("-pk")
        if self.after is not None:
            rows = rows.filter(pk__lt=self.after)
        return list(rows[: SIZE + 1])

    def rows(self) -> Iterator[dict[str, Any]]:
        now = timezone.now()
        return (answer_row(survey, self.reader, now) for survey in self.page[:SIZE])

    def all_rows(self) -> Iterator[dict[str, Any]]:
        """For a file: every row that the reader may see, newest first."""
        now = timezone.now()
        rows = related(self.visible).order_by("-pk").iterator(chunk_size=500)
        return (answer_row(survey, self.reader, now) for survey in rows)

    def beside(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "url": self.choice.query(of=name), "on": name == self.of}
            for name, label in TITLES.items()
        ]

    @property
    def query(self) -> str:
        return self.choice.query(of=self.of)

    @property
    def next(self) -> str:
        more = len(self.page) > SIZE
        return self.choice.query(of=self.of, after=self.page[SIZE - 1].pk) if more else ""

    @property
    def first_page(self) -> str:
        return self.query if self.after is not None else ""


def answer_row(survey: Survey, reader: User, now: Any) -> dict[str, Any]:
    """One survey as ready-made strings. What is held back from the reader says until when."""
    comment = comment_for(reader, survey, now) if survey.score else ""
    follow_up = survey.follow_up
    return {
        "pk": survey.pk,
        "number": survey.ticket.number,
        "title": survey.ticket.title,
        "record": survey.ticket.get_absolute_url(),
        "url": reverse("desk:csat_answer", args=[survey.pk]),
        "score": survey.score,
        "icon": FACES[survey.score] if survey.score else "",
        "word": survey.get_score_display() if survey.score else "",
        "first": Score(survey.first_score).label
        if survey.first_score and survey.first_score != survey.score
        else "",
        "reasons": ", ".join(reason.name for reason in survey.reasons.all()),
        "comment": comment or "",
        "held_back": comment is None,
        "person": survey.user.name,
        "team": survey.team.name,
        "service": survey.service.name if survey.service else "",
        "asked_at": survey.asked_at,
        "answered_at": survey.answered_at,
        "follow_up": follow_up.number if follow_up else "",
        "follow_up_state": follow_up.get_state_display() if follow_up else "",
        "follow_up_by": follow_up.assignee.name if follow_up and follow_up.assignee else "",
    }
