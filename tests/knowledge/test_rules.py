"""Who may do what to an article: the matrix, and the same rule as SQL."""

from itertools import product
from typing import Any

import pytest

from accounts.models import User
from knowledge import access, actions
from knowledge.models import Article
from tests.factories import make_agent, make_department, make_user
from tests.knowledge.support import make_editor, publish, written

pytestmark = pytest.mark.django_db

# Rows: who. Columns: read, read_draft, edit, review, send_back, retire, confirm, set_audience,
# set_owner, vote. Of an article that is live for everybody, whose new text its author wrote.
VERBS = (
    "read", "read_draft", "edit", "review", "send_back", "retire", "confirm", "set_audience",
    "set_owner", "vote",
)  # fmt: skip
MATRIX = """
requester      x . . . . . . . . x
agent          x . . . . . . . . x
author         x x x . . . . . . x
owner          x x x . . x x . x x
editor         x x x x x x x x x x
administrator  x x x x x x x x x x
auditor        x x . . . . . . . x
manager        x . . . . . . . . x
inactive       . . . . . . . . . .
"""
# Who reads what is live, by audience: everybody, desk, departments.
READERS = """
requester      x . .
member         x . x
agent          x x .
manager        x x .
editor         x x x
auditor        x x x
author         x x x
inactive       . . .
"""


def table(text: str) -> list[tuple[str, list[bool]]]:
    rows = [line.split() for line in text.strip().splitlines()]
    return [(row[0], [mark == "x" for mark in row[1:]]) for row in rows]


@pytest.fixture
def people() -> dict[str, User]:
    department = make_department("재무팀")
    return {
        "requester": make_user(),
        "member": make_user(department=department),
        "agent": make_agent(),
        "author": make_agent(),
        "owner": make_agent(),
        "editor": make_editor(),
        "administrator": make_user(role="administrator"),
        "auditor": make_user(role="auditor"),
        "manager": make_user(role="manager"),
        "inactive": make_user(role="administrator", is_active=False),
    }


def test_the_matrix(people: dict[str, User]) -> None:
    article = publish(written(by=people["author"], owner=people["owner"].pk))
    actions.save(article, {"body_en": "A new text."}, by=people["author"])
    article = Article.objects.select_related("live", "working").get(pk=article.pk)
    for who, marks in table(MATRIX):
        able = access.abilities(people[who], article)
        assert {verb: able[verb] for verb in VERBS} == dict(zip(VERBS, marks, strict=True)), who


@pytest.mark.parametrize("audience", ["everybody", "desk", "departments"])
def test_readers_by_audience_on_every_way(people: dict[str, User], audience: str) -> None:
    column = ["everybody", "desk", "departments"].index(audience)
    extra: dict[str, Any] = {}
    if audience == "departments":
        extra["departments"] = [people["member"].department_id]
    article = publish(written(by=people["author"], audience=audience, **extra))
    for who, marks in table(READERS):
        user = people[who]
        assert access.can(user, "read", article) is marks[column], who
        assert Article.objects.visible_to(user).filter(pk=article.pk).exists() is marks[column], who
        # Search and suggestions are for those it is meant for: nobody's right to edit adds to it.
        meant = Article.objects.findable_by(user).filter(pk=article.pk).exists()
        assert meant is (access.can(user, "vote", article)), who


def test_the_rule_and_its_sql_agree_on_drafts_and_retired_ones(people: dict[str, User]) -> None:
    draft = written(by=people["author"])
    retired = publish(written(by=people["author"], title_en="Retired"))
    actions.move(retired, "retire", by=people["editor"], reason="Old")
    for (who, user), article in product(people.items(), (draft, retired)):
        fresh = Article.objects.select_related("live", "working").get(pk=article.pk)
        seen = Article.objects.visible_to(user).filter(pk=article.pk).exists()
        assert access.can(user, "read", fresh) is seen, who
