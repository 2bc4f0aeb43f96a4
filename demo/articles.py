"""The demo organisation's knowledge: read from articles/*.md, written and published by actions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.organisation import HERE, Organisation
from knowledge import actions
from knowledge.models import (
    Article,
    ArticleDay,
    ArticleStep,
    ArticleVersion,
    Feedback,
    SearchMiss,
)

# What people looked for and nobody has written yet.
MISSES = (
    ("맥북 프린터", "portal", 14),
    ("docking station", "portal", 9),
    ("화이트보드", "portal", 6),
)
# These are still being written or wait for somebody else's eyes.
UNFINISHED = {"crm-duplicate": "draft", "website-change": "review", "desk-loan-stock": "review"}


@dataclass(frozen=True)
class Told:
    """One article as its file tells it."""

    key: str
    kind: str
    service: str
    audience: str
    words: tuple[str, ...]
    texts: dict[str, str]


def told() -> Iterator[Told]:
    """Every article of the files, in their order."""
    for path in sorted((HERE / "articles").glob("*.md")):
        for block in path.read_text(encoding="utf-8").split("\n=== "):
            yield _told(block.removeprefix("=== "))


def _told(block: str) -> Told:
    head, *parts = block.split("\n--- ")
    key, kind, service, audience, words = (word.strip() for word in head.split("|"))
    texts: dict[str, str] = {}
    for part in parts:
        first, _newline, body = part.partition("\n")
        language, title, summary = (word.strip() for word in first.split("|"))
        texts |= {f"title_{language}": title, f"summary_{language}": summary}
        texts[f"body_{language}"] = body.strip()
    return Told(key, kind, service, audience, tuple(w.strip() for w in words.split(",")), texts)


def make(rng: random.Random, here: Organisation, now: datetime) -> dict[str, int]:
    """Write and publish them; {key: id} of those that are live."""
    author, editor = here.people["agent"], here.people["lead"]
    live: dict[str, int] = {}
    for told_of in told():
        article = actions.create(_values(told_of, here), by=author)
        state = UNFINISHED.get(told_of.key, "published")
        if state != "draft":
            article = actions.move(article, "submit", by=author)
        if state == "published":
            article = actions.move(article, "publish", by=editor)
            live[told_of.key] = article.pk
    _grow_old(rng, now, here)
    _read(rng, now, here, list(live.values()))
    SearchMiss.objects.bulk_create(
        SearchMiss(query=query, place=place, count=count) for query, place, count in MISSES
    )
    return live


def _values(told_of: Told, here: Organisation) -> dict[str, Any]:
    return {
        **told_of.texts,
        "kind": told_of.kind,
        "audience": told_of.audience,
        "services": [here.services[told_of.service].pk],
        "synonyms": list(told_of.words),
    }


def _grow_old(rng: random.Random, now: datetime, here: Organisation) -> None:
    """They were not all written today: some are due for another look, two are late."""
    articles = list(Article.objects.select_related("working").order_by("pk"))
    for number, article in enumerate(articles):
        at = now - timedelta(days=rng.randrange(20, 340) if number % 9 else rng.randrange(370, 400))
        article.created_at = at
        ArticleStep.objects.filter(article=article).update(at=at)
        ArticleVersion.objects.filter(article=article).update(created_at=at)
        if article.live_id is not None:
            article.published_at = at
            article.reviewed_on = timezone.localdate(at)
            article.review_due_on = timezone.localdate(at) + timedelta(days=365)
            ArticleVersion.objects.filter(article=article).update(published_at=at)
        article.changed_at = at
        article.save(
            update_fields=[
                "created_at", "changed_at", "published_at", "reviewed_on", "review_due_on"
            ]
        )  # fmt: skip


def _read(rng: random.Random, now: datetime, here: Organisation, ids: list[int]) -> None:
    """Twelve weeks of readers; their answers add up to the days' figures."""
    today, readers = timezone.localdate(now), here.staff
    days: list[ArticleDay] = []
    answers: list[Feedback] = []
    for article in ids:
        liked, interest = rng.uniform(0.5, 0.95), rng.choice((1, 1, 2, 4, 9))
        for back in range(1, 85):
            day = today - timedelta(days=back)
            views = rng.randrange(0, interest + 1) if day.weekday() < 5 else 0
            if not views:
                continue
            voters: list[User] = rng.sample(readers, min(views, 3))
            votes = [rng.random() < liked for _voter in voters if rng.random() < 0.3]
            solved = sum(votes)
            days.append(
                ArticleDay(
                    article_id=article,
                    day=day,
                    views=views,
                    solved=solved,
                    unsolved=len(votes) - solved,
                    deflected=solved,
                )
            )
            at = now - timedelta(days=back)
            answers += [
                Feedback(
                    article_id=article, user=voter, day=day, solved=vote, place="portal",
                    version=1, at=at,
                )
                for voter, vote in zip(voters, votes, strict=False)
            ]  # fmt: skip
    ArticleDay.objects.bulk_create(days, batch_size=2000)
    Feedback.objects.bulk_create(answers, batch_size=2000)
