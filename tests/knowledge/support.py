"""Makers of articles, by the actions that people use."""

from typing import Any

from accounts.enums import Role
from accounts.models import User
from knowledge import actions
from knowledge.models import Article
from tests.factories import make_user


def make_editor(name: str = "") -> User:
    return make_user(name, role=Role.KNOWLEDGE_EDITOR)


def written(*, by: User, **given: Any) -> Article:
    """A draft; in English unless texts are given."""
    texts = {"title_en": "Connect to the VPN", "body_en": "Open the client and sign in."}
    if "title_ko" in given:
        texts = {}
    return actions.create({**texts, **given}, by=by)


def publish(article: Article, *, by: User | None = None) -> Article:
    """Through review by somebody else."""
    article.refresh_from_db()
    if article.state == "draft":
        actions.move(article, "submit", by=article.author)
    actions.move(article, "publish", by=by or make_editor())
    return Article.objects.select_related("live", "working", "author", "owner").get(pk=article.pk)
