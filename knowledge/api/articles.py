"""Articles for programs: read, found, written, moved on, voted on. Actions say who may."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Department, User
from cmdb.models import ConfigurationItem, Service
from core.api.fields import Choice, Flag, Input, Reference, References, Text, Whole
from core.api.idempotency import idempotent
from core.api.paging import PARAMETERS, Row, Sorts, paged
from core.api.preconditions import etag, require_match
from core.api.request import SignedInRequest
from core.api.shapes import Named, instant
from core.api.views import ApiView, read
from core.models import pick
from knowledge import access, actions
from knowledge.enums import ArticleKind, Audience, Reader
from knowledge.models import RETIRED, Article, ArticleVersion
from knowledge.search import find
from knowledge.states import MACHINE

SORTS = Sorts("-changed_at", {"changed_at": ("changed_at", "id"), "id": ("id",)})
STEPS = [move.name for move in MACHINE.transitions if not move.automatic]
STATES = [state.key for state in MACHINE.states]


class ArticleText(serializers.Serializer[Any]):
    """A text in both languages; either may be empty. Bodies are Markdown."""

    version = serializers.IntegerField()
    title_ko = serializers.CharField(allow_blank=True)
    title_en = serializers.CharField(allow_blank=True)
    summary_ko = serializers.CharField(allow_blank=True)
    summary_en = serializers.CharField(allow_blank=True)
    body_ko = serializers.CharField(allow_blank=True)
    body_en = serializers.CharField(allow_blank=True)


class ArticleRow(serializers.Serializer[Any]):
    """An article in a list. `title` is in the reader's language, or the only one there is."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(STATES)
    is_live = serializers.BooleanField()
    kind = serializers.ChoiceField(ArticleKind.choices)
    audience = serializers.ChoiceField(Audience.choices)
    changed_at = serializers.CharField()
    published_at = serializers.CharField(allow_null=True)


class ArticleAnswer(ArticleRow):
    """An article. `live` is what readers get; `working` is shown to those who work on it."""

    revision = serializers.IntegerField()
    services = Named(many=True)
    items = Named(many=True)
    departments = Named(many=True)
    tags = serializers.ListField(child=serializers.CharField())
    synonyms = serializers.ListField(child=serializers.CharField())
    owner = Named()
    expires_on = serializers.DateField(allow_null=True)
    review_every_months = serializers.IntegerField()
    review_due_on = serializers.DateField(allow_null=True)
    live = ArticleText(allow_null=True)
    working = ArticleText(allow_null=True)
    steps = serializers.ListField(child=serializers.ChoiceField(STEPS))


class ArticleHit(serializers.Serializer[Any]):
    """An article that was found."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    excerpt = serializers.CharField(help_text="HTML; what matched is in <mark>.")
    score = serializers.FloatField()


class ArticleHits(serializers.Serializer[Any]):
    results = ArticleHit(many=True)


class _Writing(Input):
    title_ko = Text(required=False, allow_blank=True, max_length=200)
    title_en = Text(required=False, allow_blank=True, max_length=200)
    summary_ko = Text(required=False, allow_blank=True, max_length=300)
    summary_en = Text(required=False, allow_blank=True, max_length=300)
    body_ko = Text(required=False, allow_blank=True, trim_whitespace=False)
    body_en = Text(required=False, allow_blank=True, trim_whitespace=False)
    kind = Choice(ArticleKind.choices, required=False)
    audience = Choice(Audience.choices, required=False)
    services = References(Service, key="slug", required=False)
    items = References(ConfigurationItem, key="name", required=False)
    departments = References(Department, key="name_en", required=False)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=30)
    synonyms = serializers.ListField(child=Text(max_length=60), required=False, max_length=30)
    owner = Reference(User, key="email", required=False)
    expires_on = serializers.DateField(required=False, allow_null=True)
    review_every_months = Whole(required=False, max_value=60)


class ArticleAdding(_Writing):
    """A new draft; a title in one language at least."""


class ArticleChanging(_Writing):
    """What is to change; texts of what is published become a new draft beside it."""


class ArticleStepping(Input):
    step = Choice([(name, name) for name in STEPS])
    reason = Text(required=False, allow_blank=True, max_length=2000)


class ArticleVoting(Input):
    solved = Flag()
    comment = Text(required=False, allow_blank=True, max_length=2000)


class ArticleVote(serializers.Serializer[Any]):
    solved = serializers.BooleanField()
    comment = serializers.CharField(allow_blank=True)


class Articles(ApiView):
    """The articles that the person may know of."""

    parameters = PARAMETERS

    def get(self, request: SignedInRequest) -> Response:
        found = Article.objects.visible_to(request.user)
        return paged(request, found.values(*_COLUMNS), SORTS, _rows)

    @idempotent
    def post(self, request: SignedInRequest) -> Response:
        made = actions.create(read(request, ArticleAdding), by=request.user)
        return _answer(request, made.pk, status=201)


class OneArticle(ApiView):
    def get(self, request: SignedInRequest, pk: int) -> Response:
        return _answer(request, pk)

    def patch(self, request: SignedInRequest, pk: int) -> Response:
        article = access.get(request.user, pk)
        require_match(request, article.revision)
        given = read(request, ArticleChanging)
        revision = article.revision if "If-Match" in request.headers else None
        actions.save(article, given, by=request.user, revision=revision)
        return _answer(request, pk)


class ArticleSteps(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        article = access.get(request.user, pk)
        require_match(request, article.revision)
        given = read(request, ArticleStepping)
        revision = article.revision if "If-Match" in request.headers else None
        actions.move(
            article,
            given["step"],
            by=request.user,
            reason=given.get("reason", ""),
            revision=revision,
        )
        return _answer(request, pk)


class ArticleFeedback(ApiView):
    @idempotent
    def post(self, request: SignedInRequest, pk: int) -> Response:
        article = access.get(request.user, pk)
        given = read(request, ArticleVoting)
        place = Reader.DESK if access.writes(request.user) else Reader.PORTAL
        vote = actions.vote(
            article,
            given["solved"],
            by=request.user,
            place=place,
            comment=given.get("comment", ""),
        )
        return Response({"solved": vote.solved, "comment": vote.comment})


class ArticleSearch(ApiView):
    """The forgiving search: of articles that the person is meant to read."""

    parameters = frozenset({"q"})

    def get(self, request: SignedInRequest) -> Response:
        hits = find(request.user, request.query_params.get("q", "").replace("\x00", "")[:200])
        return Response(
            {
                "results": [
                    {
                        "id": hit.id,
                        "number": hit.number,
                        "slug": hit.slug,
                        "title": hit.title,
                        "excerpt": str(hit.excerpt),
                        "score": hit.score,
                    }
                    for hit in hits
                ]
            }
        )


def _answer(request: SignedInRequest, pk: int, *, status: int = 200) -> Response:
    article = access.get(request.user, pk)
    headers = {"ETag": etag(article.revision)}
    if status == 201:
        headers["Location"] = f"/api/v1/articles/{pk}/"
    return Response(_whole(article, request.user), status=status, headers=headers)


_COLUMNS = (
    "id", "slug", "state", "kind", "audience", "changed_at", "published_at", "live_id",
    "live__title_ko", "live__title_en", "working__title_ko", "working__title_en",
)  # fmt: skip


def _rows(found: list[Row]) -> list[dict[str, Any]]:
    return [_line(row) for row in found]


def _line(row: Row) -> dict[str, Any]:
    is_live = row["live_id"] is not None and row["state"] != RETIRED
    text = "live" if is_live else "working"
    return {
        "id": row["id"],
        "number": f"KB-{row['id']}",
        "slug": row["slug"],
        "title": pick(row[f"{text}__title_ko"], row[f"{text}__title_en"]),
        "state": row["state"],
        "is_live": is_live,
        "kind": row["kind"],
        "audience": row["audience"],
        "changed_at": instant(row["changed_at"]),
        "published_at": instant(row["published_at"]),
    }


def _face(article: Article) -> dict[str, Any]:
    shown = article.live if article.is_live else article.working
    return {
        "id": article.pk,
        "number": article.number,
        "slug": article.slug,
        "title": shown.title if shown else "",
        "state": article.state,
        "is_live": article.is_live,
        "kind": article.kind,
        "audience": article.audience,
        "changed_at": instant(article.changed_at),
        "published_at": instant(article.published_at),
    }


def _whole(article: Article, user: User) -> dict[str, Any]:
    drafts = access.can(user, "read_draft", article)
    return {
        **_face(article),
        "revision": article.revision,
        "services": _named(article.services.all()),
        "items": _named(article.items.all()),
        "departments": _named(article.departments.all()),
        "tags": article.tags,
        "synonyms": article.synonyms,
        "owner": {"id": article.owner_id, "name": article.owner.name},
        "expires_on": article.expires_on,
        "review_every_months": article.review_every_months,
        "review_due_on": article.review_due_on,
        "live": _text(article.live) if article.is_live else None,
        "working": _text(article.working) if drafts else None,
        "steps": [move.name for move in actions.allowed(article, user)],
    }


def _text(version: ArticleVersion | None) -> dict[str, Any] | None:
    return {"version": version.number, **version.texts()} if version else None


def _named(rows: Any) -> list[dict[str, Any]]:
    return [{"id": row.pk, "name": row.name} for row in rows]
