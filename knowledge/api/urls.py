"""Addresses of articles."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema_view

import core.api.addresses  # noqa: F401  registers the converters used below
from core.api.docs import IDEMPOTENCY, IF_MATCH, key, operation, page_of, paging
from knowledge.api import articles

TAG = "knowledge"
ONE = [key("id")]
all_articles = extend_schema_view(
    get=operation(
        TAG,
        "list_articles",
        "Articles that you may know of",
        answer=page_of(articles.ArticleRow),
        parameters=paging(articles.SORTS),
    ),
    post=operation(
        TAG,
        "add_article",
        "Write a draft",
        body=articles.ArticleAdding,
        answer=articles.ArticleAnswer,
        status=201,
        parameters=[IDEMPOTENCY],
        refuses=(403, 409, 422),
    ),
)(articles.Articles)
one_article = extend_schema_view(
    get=operation(
        TAG, "read_article", "One article", answer=articles.ArticleAnswer, parameters=ONE
    ),
    patch=operation(
        TAG,
        "change_article",
        "Change texts and settings",
        body=articles.ArticleChanging,
        answer=articles.ArticleAnswer,
        parameters=[*ONE, IF_MATCH],
        refuses=(403, 409, 412, 422),
    ),
)(articles.OneArticle)
steps = extend_schema_view(
    post=operation(
        TAG,
        "move_article",
        "Send for review, publish, send back, retire …",
        body=articles.ArticleStepping,
        answer=articles.ArticleAnswer,
        parameters=[*ONE, IDEMPOTENCY, IF_MATCH],
        refuses=(403, 409, 412, 422),
    )
)(articles.ArticleSteps)
feedback = extend_schema_view(
    post=operation(
        TAG,
        "vote_on_article",
        "Say whether it solved it",
        body=articles.ArticleVoting,
        answer=articles.ArticleVote,
        parameters=[*ONE, IDEMPOTENCY],
        refuses=(403, 409, 422),
    )
)(articles.ArticleFeedback)
search = extend_schema_view(
    get=operation(
        TAG,
        "search_articles",
        "Find articles, also misspelt",
        answer=articles.ArticleHits,
        parameters=[OpenApiParameter("q", {"type": "string"})],
    )
)(articles.ArticleSearch)

urlpatterns = [
    path("articles/", all_articles.as_view()),
    path("articles/search/", search.as_view()),
    path("articles/<key:pk>/", one_article.as_view()),
    path("articles/<key:pk>/steps/", steps.as_view()),
    path("articles/<key:pk>/feedback/", feedback.as_view()),
]
