"""The one door to an article: what a person may not read does not exist for them."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import NOBODY, reach_of
from core.errors import NotAllowed, NotFound
from core.text import row_id
from knowledge.enums import Audience
from knowledge.models import Article, ArticleDepartment, ArticleFile, line_of
from knowledge.rules import RULES, Facts, may_edit_all, may_write

_WITH = ("live", "working", "author", "owner")


def facts_for(user: User, article: Article) -> Facts:
    """The article's permission facts as seen by one person."""
    return Facts(
        is_live=article.is_live,
        audience=article.audience,
        for_reader=_is_for(user, article),
        author_id=article.author_id,
        owner_id=article.owner_id,
        writers=frozenset(article.working.writers if article.working else ()),
    )


def _is_for(user: User, article: Article) -> bool:
    if article.audience != Audience.DEPARTMENTS or user.department_id is None:
        return False
    meant = ArticleDepartment.objects.filter(article=article, department_id__in=line_of(user))
    return meant.exists()


def can(user: User | None, verb: str, article: Article, facts: Facts | None = None) -> bool:
    """Whether the person may do `verb`. None is the product itself, which may do everything."""
    if user is None:
        return True
    reach = reach_of(user)
    return reach is not NOBODY and RULES[verb](reach, facts or facts_for(user, article))


def abilities(user: User, article: Article) -> dict[str, bool]:
    """Every verb of the table for one person and article, with the facts read once."""
    facts = facts_for(user, article)
    return {verb: can(user, verb, article, facts) for verb in RULES}


def require(user: User | None, verb: str, article: Article) -> None:
    """NotFound when the article is not theirs to know, NotAllowed when only the verb is refused."""
    if user is None:
        return
    facts = facts_for(user, article)
    if not can(user, "read", article, facts):
        raise NotFound(_("There is no such article."))
    if not can(user, verb, article, facts):
        raise NotAllowed(_("You may not do that with %(number)s.") % {"number": article.number})


def require_writer(user: User | None) -> None:
    """NotAllowed unless the person may write articles."""
    if user is not None and not may_write(reach_of(user)):
        raise NotAllowed(_("Articles are written by the service desk."))


def writes(user: User) -> bool:
    return may_write(reach_of(user))


def writes_by_id(pk: int) -> bool:
    """Whether somebody active with that id may write articles."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user is not None and writes(user)


def edits_all(user: User) -> bool:
    return may_edit_all(reach_of(user))


def get(user: User, pk: int, verb: str = "read") -> Article:
    """The article with that id, if the person may do `verb` with it."""
    article = Article.objects.select_related(*_WITH).filter(pk=pk).first()
    if article is None:
        raise NotFound(_("There is no such article."))
    require(user, verb, article)
    return article


def by_slug(user: User, slug: str) -> Article:
    """A live article as its readers get it: others, and drafts, do not exist here."""
    found: Article | None = (
        Article.objects.meant_for(user).select_related(*_WITH).filter(slug=slug).first()
    )
    if found is None:
        raise NotFound(_("There is no such article."))
    return found


def named(user: User, reference: str) -> Article | None:
    """The article called KB-12, kb12 or 12 that is meant for the person; None without one."""
    text = reference.strip().upper()
    pk = row_id(text.removeprefix("KB").removeprefix("-"))
    if pk is None:
        return None
    found: Article | None = (
        Article.objects.meant_for(user).select_related(*_WITH).filter(pk=pk).first()
    )
    return found


def files(user: User, article: Article) -> list[ArticleFile]:
    """The files the person may fetch: readers only those that were there when it was published."""
    shown = article.files.filter(removed_at=None).order_by("id")
    if not can(user, "read_draft", article):
        shown = shown.filter(created_at__lte=article.published_at or timezone.now())
    return list(shown)


def file(user: User, pk: int) -> ArticleFile:
    """One file through its article's door."""
    found = ArticleFile.objects.select_related(*(f"article__{name}" for name in _WITH))
    kept = found.filter(pk=pk).first()
    if kept is None:
        raise NotFound(_("There is no such file."))
    article = kept.article
    if can(user, "read_draft", article):
        return kept
    meant = Article.objects.meant_for(user).filter(pk=article.pk).exists()
    published = article.published_at is not None and kept.created_at <= article.published_at
    if not meant or not published or kept.removed_at is not None:
        raise NotFound(_("There is no such file."))
    return kept


def is_shown(article: Article, today: date | None = None) -> bool:
    """Whether search shows it to those it is meant for."""
    return article.is_live and not article.is_expired(today)
