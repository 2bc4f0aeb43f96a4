"""Articles as rows of lists, and one article as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from cmdb.models import Service
from core.markdown import render
from knowledge import access
from knowledge.enums import Audience, How
from knowledge.models import Article, ArticleUse, ArticleVersion
from knowledge.states import MACHINE
from tickets.models import Ticket

FILE = "/kb/files/{}/"


@dataclass(frozen=True)
class Row:
    """A line of a list, ready to show."""

    id: int
    number: str
    slug: str
    title: str
    summary: str
    kind: str
    state: str
    phase: str
    state_key: str
    is_live: bool
    expired: bool
    audience: str
    only_desk: bool
    owner: str
    services: str
    languages: str
    changed_at: datetime
    published_at: datetime | None
    due_on: date | None
    overdue: bool


def rows(articles: Iterable[Article], today: date | None = None) -> list[Row]:
    """The articles as rows, in their order. They come with live, working, owner and services."""
    today = today or timezone.localdate()
    return [_row(article, today) for article in articles]


def listed(articles: Any) -> Any:
    """The query set with what rows() needs."""
    return articles.select_related("live", "working", "owner").prefetch_related("services")


def _row(article: Article, today: date) -> Row:
    shown = article.live if article.is_live else article.working
    version = shown or ArticleVersion()
    due = min(filter(None, (article.expires_on, article.review_due_on)), default=None)
    return Row(
        id=article.pk,
        number=article.number,
        slug=article.slug,
        title=version.title,
        summary=version.summary,
        kind=article.get_kind_display(),
        state=str(article.stage.label),
        phase=article.stage.phase,
        state_key=article.state,
        is_live=article.is_live,
        expired=article.is_live and article.is_expired(today),
        audience=article.get_audience_display(),
        only_desk=article.audience != Audience.EVERYBODY,
        owner=article.owner.name,
        services=" · ".join(service.name for service in article.services.all()),
        languages=" ".join(lang.upper() for lang in ("ko", "en") if version.has(lang)),
        changed_at=article.changed_at,
        published_at=article.published_at,
        due_on=due if article.is_live else None,
        overdue=bool(article.is_live and due and due <= today),
    )


def body(article: Article, version: ArticleVersion, user: User, language: str = "") -> SafeString:
    """A version's text as HTML, with the files that this reader may fetch."""
    shown = {file.pk: FILE.format(file.pk) for file in access.files(user, article)}
    text = getattr(version, f"body_{language or version.language}")
    return render(text, shown)


def filtered(articles: Any, given: Any) -> Any:
    """By state, kind, service, audience and owner, as the list's address says."""
    if (state := given.get("state", "")) in MACHINE.by_key:
        articles = articles.filter(state=state)
    if given.get("state") == "live":
        articles = articles.live()
    for name in ("kind", "audience"):
        if value := given.get(name, ""):
            articles = articles.filter(**{name: value})
    return articles


@dataclass(frozen=True)
class Used:
    """A record that an article has to do with."""

    number: str
    title: str
    url: str
    how: str
    at: datetime


def records(article: Article, user: User) -> list[Used]:
    """Records it was written from, sent on, or did not help: those that the person may see."""
    uses = ArticleUse.objects.filter(
        article=article, ticket__in=Ticket.objects.visible_to(user)
    ).select_related("ticket")
    return [
        Used(
            number=use.ticket.number,
            title=use.ticket.title,
            url=use.ticket.get_absolute_url(),
            how=str(How(use.how).label),
            at=use.at,
        )
        for use in uses.order_by("-at")[:50]
    ]


def of_ticket(ticket: Ticket, user: User) -> list[ArticleUse]:
    """The articles that a record has to do with and that the person may read."""
    shown = Article.objects.visible_to(user)
    uses = ArticleUse.objects.filter(ticket=ticket, article__in=shown)
    return list(uses.select_related("article__live", "article__working").order_by("-at")[:20])


def waiting(user: User) -> Any:
    """Texts that wait for somebody to approve them: what the person wrote themselves comes last."""
    found = listed(Article.objects.visible_to(user).filter(state="review"))
    return found.order_by("changed_at", "pk")


def neighbours(article: Article, user: User, limit: int = 5) -> list[Article]:
    """Other articles about the same services."""
    found = Article.objects.findable_by(user).filter(services__in=article.services.all())
    other = found.exclude(pk=article.pk).select_related("live").order_by("-published_at", "-pk")
    return list(other.distinct()[:limit])


def by_service(user: User) -> list[tuple[Any, int]]:
    """Services with the number of articles that the person finds for each, by name."""
    ids = Article.objects.findable_by(user).order_by().values("pk")
    through = Article.services.through.objects.filter(article__in=ids)
    counted: dict[int, int] = {}
    for service_id in through.values_list("service_id", flat=True):
        counted[service_id] = counted.get(service_id, 0) + 1
    services = Service.objects.filter(pk__in=counted)
    return sorted(
        ((service, counted[service.pk]) for service in services), key=lambda pair: pair[0].name
    )
