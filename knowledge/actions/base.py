"""What the actions on articles share: the lock, the history, the checks of texts and settings."""

import hashlib
import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError, NotFound
from core.markdown import LONGEST
from core.text import fold, without_nul
from knowledge.enums import Audience, Step
from knowledge.models import TEXTS, Article, ArticleStep

MOST_WORDS = 30
LISTS = ("tags", "synonyms")
LINKED = ("services", "items", "departments")
SETTINGS = ("kind", "audience", "owner", "expires_on", "review_every_months", *LISTS, *LINKED)
FIELDS = (*TEXTS, *SETTINGS)
_LONGEST = {"title": 200, "summary": 300, "body": LONGEST}
_WORD_LENGTH = {"tags": 40, "synonyms": 60}


def lock(article: Article) -> Article:
    """The article as it is now, held until the transaction ends."""
    rows = Article.objects.select_for_update(of=("self",))
    found = rows.select_related("live", "working", "author", "owner").filter(pk=article.pk).first()
    if found is None:
        raise NotFound(_("There is no such article."))
    return found


def record(
    article: Article, step: Step, *, by: User | None, text: str = "", **data: Any
) -> ArticleStep:
    """Add a line to the history, and count the change."""
    now = timezone.now()
    Article.objects.filter(pk=article.pk).update(revision=F("revision") + 1, changed_at=now)
    article.revision += 1
    article.changed_at = now
    number = article.working.number if article.working else 0
    return ArticleStep.objects.create(
        article=article, step=step, by=by, version=number, text=text, data=data, at=now
    )


def values_of(article: Article) -> dict[str, Any]:
    """Every field that is edited, as it is now: rows by their ids."""
    working = article.working
    texts = working.texts() if working else dict.fromkeys(TEXTS, "")
    return texts | {
        "kind": article.kind,
        "audience": article.audience,
        "owner": article.owner_id,
        "expires_on": article.expires_on,
        "review_every_months": article.review_every_months,
        "tags": list(article.tags),
        "synonyms": list(article.synonyms),
        **{name: _ids(getattr(article, name).all()) for name in LINKED},
    }


def _ids(rows: Iterable[Any]) -> list[int]:
    return sorted(row.pk if hasattr(row, "pk") else int(row) for row in rows)


def clean(given: Mapping[str, Any]) -> dict[str, Any]:
    """Known fields as they are stored; ActionError names the field that is wrong."""
    cleaned: dict[str, Any] = {}
    for name, value in given.items():
        if name in TEXTS:
            cleaned[name] = _text(name, str(value or ""))
        elif name in LISTS:
            cleaned[name] = _words(name, value)
        elif name in LINKED:
            cleaned[name] = _ids(value or ())
        elif name in SETTINGS:
            cleaned[name] = getattr(value, "pk", value) if name == "owner" else value
    return cleaned


def _text(name: str, value: str) -> str:
    text = without_nul(value).replace("\r\n", "\n").strip()
    most = _LONGEST[name.split("_")[0]]
    if len(text) > most:
        raise ActionError(
            _("This is %(is)s characters long; at most %(most)s are kept.")
            % {"is": len(text), "most": most},
            field=name,
            code="too_long",
        )
    return text


def _words(name: str, value: Any) -> list[str]:
    given = value.replace("\n", ",").split(",") if isinstance(value, str) else list(value or ())
    words = list(dict.fromkeys(without_nul(str(word)).strip() for word in given))
    words = [word for word in words if word]
    if len(words) > MOST_WORDS:
        raise ActionError(
            _("At most %(most)s words.") % {"most": MOST_WORDS}, field=name, code="too_many"
        )
    long = next((word for word in words if len(word) > _WORD_LENGTH[name]), "")
    if long:
        raise ActionError(
            _("“%(word)s …” is too long for one word.") % {"word": long[:20]}, field=name
        )
    return [fold(word) for word in words] if name == "tags" else words


def fingerprints(article: Article) -> dict[str, str]:
    """A short sum of every field as it is now: a form brings it back to say what it was made of."""
    return {name: fingerprint(value) for name, value in values_of(article).items()}


def fingerprint(value: Any) -> str:
    said = json.dumps(value, default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def check_complete(article: Article) -> None:
    """What is sent for review has a title and a text in one language at least, and no half one."""
    working = article.working
    if working is None or not (working.has("ko") or working.has("en")):
        raise ActionError(_("Write a title and a text, in one language at least."), field="body_ko")
    for language in ("ko", "en"):
        title, body = (getattr(working, f"{part}_{language}") for part in ("title", "body"))
        if body and not title:
            raise ActionError(_("This text has no title."), field=f"title_{language}")
        if title and not body:
            raise ActionError(
                _("This title has no text. Write it, or leave both empty."),
                field=f"body_{language}",
            )
    if article.audience == Audience.DEPARTMENTS and not article.departments.exists():
        raise ActionError(_("Choose the departments that it is for."), field="departments")


def slug_for(title: str, pk: int) -> str:
    """An address that says what it is about, used by no other article."""
    base = slugify(title, allow_unicode=True)[:70].strip("-") or "article"
    taken = Article.objects.filter(slug=base).exclude(pk=pk).exists()
    return f"{base}-{pk}" if taken else base


def months_after(day: date, months: int) -> date | None:
    """The same day so many months later, or the last one of a shorter month; None for 0."""
    if not months:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
