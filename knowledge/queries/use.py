"""What articles were good for: counts over days, most and least useful, gaps, what is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, ArticleDay, SearchMiss
from knowledge.queries.reading import listed

SPAN = timedelta(days=90)
MOST = 20
# A share of so few answers says nothing.
FEWEST_VOTES = 3
_COUNTS = ("views", "solved", "unsolved", "deflected", "used")


def deflections(first: date, last: date) -> int:
    """How often an article ended a request in the portal, from `first` to `last`, both included."""
    days = ArticleDay.objects.filter(day__range=(first, last))
    return int(days.aggregate(n=Coalesce(Sum("deflected"), 0))["n"])


def deflected_lately() -> int:
    """The same for the span that the reports look at."""
    return deflections(_since(None), timezone.localdate())


@dataclass(frozen=True)
class Standing:
    """An article with what it was good for in a span."""

    article: Article
    views: int
    solved: int
    unsolved: int
    deflected: int
    used: int

    @property
    def votes(self) -> int:
        return self.solved + self.unsolved

    @property
    def share(self) -> int | None:
        """Per cent of answers that say it solved it; None below three answers."""
        return round(100 * self.solved / self.votes) if self.votes >= FEWEST_VOTES else None


def totals(articles: list[Article], *, since: date | None = None) -> dict[int, dict[str, int]]:
    """The counts of these articles by id. One query."""
    rows = ArticleDay.objects.filter(article__in=articles, day__gte=_since(since))
    sums = {f"n_{name}": Sum(name) for name in _COUNTS}
    summed: Iterable[Mapping[str, Any]] = rows.values("article_id").annotate(**sums)
    return {row["article_id"]: {name: row[f"n_{name}"] for name in _COUNTS} for row in summed}


def most_useful(user: User, *, since: date | None = None) -> list[Standing]:
    """Those that helped most often: answered yes, or sent in a reply."""
    return _standings(user, since, ("-helped", "-views_sum"), Q(helped__gt=0))


def least_useful(user: User, *, since: date | None = None) -> list[Standing]:
    """Those that left most people without an answer."""
    return _standings(user, since, ("-unsolved_sum", "solved_sum"), Q(unsolved_sum__gt=0))


def unread(user: User, *, since: date | None = None) -> list[Article]:
    """Published for longer than the span, and read by nobody in it."""
    first = _since(since)
    read = ArticleDay.objects.filter(day__gte=first, views__gt=0).values("article_id")
    old = Article.objects.visible_to(user).live().filter(published_at__date__lt=first)
    return list(
        old.exclude(pk__in=read).select_related("live", "owner").order_by("published_at")[:MOST]
    )


def _standings(user: User, since: date | None, order: tuple[str, ...], wanted: Q) -> list[Standing]:
    days = Q(days__day__gte=_since(since))
    sums = {f"{name}_sum": Coalesce(Sum(f"days__{name}", filter=days), 0) for name in _COUNTS}
    found = (
        Article.objects.visible_to(user)
        .live()
        .select_related("live", "owner")
        .annotate(**sums)
        .annotate(helped=F("solved_sum") + F("used_sum"))
        .filter(wanted)
        .order_by(*order, "pk")[:MOST]
    )
    return [Standing(one, *(getattr(one, f"{name}_sum") for name in _COUNTS)) for one in found]


def gaps() -> list[SearchMiss]:
    """What was searched most and found least."""
    return list(SearchMiss.objects.order_by("-count", "-last_on", "query")[: 2 * MOST])


def due(user: User, today: date | None = None) -> list[Article]:
    """Live articles to be looked at, the most overdue first."""
    today = today or timezone.localdate()
    ahead = today + timedelta(days=14)
    found = listed(Article.objects.visible_to(user).live())
    wanted = Q(review_due_on__lte=ahead) | Q(expires_on__lte=ahead)
    return list(found.filter(wanted).order_by(Coalesce("expires_on", "review_due_on"), "pk")[:100])


def _since(since: date | None) -> date:
    return since or timezone.localdate() - SPAN
