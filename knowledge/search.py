"""Finding articles: forgiving in titles, summaries, tags and synonyms; by words in the texts.

The access rule is part of every statement. Three statements, whatever the number of articles.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.safestring import SafeString

from accounts.models import User
from cmdb.models import ConfigurationItem, Service
from core import fuzzy
from core.markdown import plain
from core.text import marked, row_id
from core.wording import Word, as_typed, with_alternatives
from knowledge import access
from knowledge.models import TEXTS, Article

LIMIT = 30
# A title weighs more than what else is said of an article; its tags are chosen to be found by.
WEIGHTS = {"title": 3.0, "synonyms": 2.5, "tags": 2.0, "summary": 1.5}
IN_TEXT = 0.35
# A third of what somebody writes is enough to suggest: the rest says how it went wrong.
NEARLY = 0.33
SAME_SERVICE = 0.15
SAME_ITEM = 0.2
_LIVE = {name: F(f"live__{name}") for name in TEXTS}


@dataclass(frozen=True)
class Hit:
    """An article that was found, in the reader's language where it is there."""

    id: int
    number: str
    slug: str
    title: str
    excerpt: SafeString
    kind: str
    audience: str
    score: float


def find(
    user: User, query: str, *, service: Service | None = None, limit: int = LIMIT
) -> list[Hit]:
    """The articles that match `query` and that the person is meant to read, best first."""
    readable = Article.objects.findable_by(user)
    if service is not None:
        readable = readable.filter(services=service)
    words = as_typed(query)
    if not words:
        return []
    if is_number(query) and (article := access.named(user, query)):
        return _hits(readable, {article.pk: 1.0}, (), limit)
    scores = dict(fuzzy.rank(query, map(_document, _faces(readable))))
    for pk in _in_texts(readable, words):
        scores[pk] = max(scores.get(pk, 0.0), IN_TEXT) + (0.05 if pk in scores else 0)
    return _hits(readable, scores, _forms(words), limit)


def is_number(query: str) -> bool:
    """Whether it is an article's number, as people write it: KB-12, kb12."""
    rest = query.strip().upper().removeprefix("KB").removeprefix("-")
    return query.strip()[:2].upper() == "KB" and row_id(rest) is not None


def alike(
    user: User,
    text: str,
    *,
    service: Service | None = None,
    item: ConfigurationItem | None = None,
    limit: int = 5,
) -> list[Hit]:
    """Articles that may answer what somebody writes, nearest first.

    Those of the same service or item come before others, and without any words they alone do.
    """
    readable = Article.objects.findable_by(user)
    faces = list(_faces(readable))
    scores = dict(fuzzy.rank(text, map(_document, faces), least=NEARLY))
    near = _near(readable, service, item)
    for pk, bonus in near.items():
        if pk in scores or not text.strip():
            scores[pk] = scores.get(pk, 0.0) + bonus
    return _hits(readable, scores, _forms(as_typed(text)), limit)


def _near(
    readable: Any, service: Service | None, item: ConfigurationItem | None
) -> dict[int, float]:
    if service is None and item is None:
        return {}
    about = Q(services=service) if service else Q()
    rows = readable.filter(about | Q(items=item) if item else about)
    found: dict[int, float] = {}
    for pk, of_item in rows.values_list("pk", "items").distinct():
        bonus = SAME_ITEM if item is not None and of_item == item.pk else SAME_SERVICE
        found[pk] = max(found.get(pk, 0.0), bonus)
    return found


def _faces(readable: Any) -> Iterable[dict[str, Any]]:
    """What the forgiving search reads of each article: never its text."""
    names = [name for name in TEXTS if not name.startswith("body")]
    values = readable.order_by("-published_at", "-pk").values(
        "pk", "tags", "synonyms", **{f"its_{name}": _LIVE[name] for name in names}
    )
    return values.iterator()


def _document(face: dict[str, Any]) -> fuzzy.Document:
    fields = [
        (face[f"its_{part}_{language}"], WEIGHTS[part])
        for part in ("title", "summary")
        for language in ("ko", "en")
    ]
    fields += [(" ".join(face[part]), WEIGHTS[part]) for part in ("synonyms", "tags")]
    return fuzzy.Document(face["pk"], tuple(fields))


def _in_texts(readable: Any, words: list[Word]) -> list[int]:
    """Those whose text holds all the words, or what they may mean."""
    columns = [f"live__{name}" for name in TEXTS]
    found = readable.order_by("-published_at", "-pk")
    for word in with_alternatives(words):
        found = found.filter(word.within(*columns))
    return list(found.values_list("pk", flat=True)[:LIMIT])


def _forms(words: list[Word]) -> tuple[str, ...]:
    return tuple(form for word in with_alternatives(words) for form in word.forms)


def _hits(readable: Any, scores: dict[int, float], forms: tuple[str, ...], limit: int) -> list[Hit]:
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[:limit]
    found = {one.pk: one for one in readable.filter(pk__in=best).select_related("live")}
    return [_hit(found[pk], scores[pk], forms) for pk in best if pk in found]


def _hit(article: Article, score: float, forms: tuple[str, ...]) -> Hit:
    live = article.live
    summary, text = (live.summary, live.body) if live else ("", "")
    shown = summary or plain(text)
    if forms and not any(form in shown.lower() for form in forms):
        whole = plain(text)
        shown = whole if any(form in whole.lower() for form in forms) else shown
    return Hit(
        id=article.pk,
        number=article.number,
        slug=article.slug,
        title=live.title if live else "",
        excerpt=marked(shown, forms),
        kind=article.get_kind_display(),
        audience=article.audience,
        score=round(score, 3),
    )
