"""Articles are found however they are asked for, and only by those they are meant for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from knowledge import actions
from knowledge.models import Article
from knowledge.queries import suggest
from knowledge.search import find
from tests.factories import make_agent, make_item, make_service, make_user
from tests.knowledge.support import publish, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_user()


@pytest.fixture
def password() -> Article:
    return publish(
        written(
            by=make_agent(),
            title_ko="비밀번호 초기화",
            body_ko="계정 관리 화면에서 **새 비밀번호**를 정합니다. 오류 ERR-4021이면 기다립니다.",
            synonyms=["패스워드", "암호"],
            tags=["로그인"],
        )
    )


@pytest.mark.parametrize(
    "query",
    [
        "비밀번호", "비밀번호를", "비밀벌호", "비밀 번호 초기화", "ㅂㅁㅂㅎ", "페스워드", "암호",
        "qlalfqjsgh", "로그인", "계정 관리", "ERR-4021", "err-4021이",
    ],
)  # fmt: skip
def test_finds_what_is_meant(reader: User, password: Article, query: str) -> None:
    assert [hit.id for hit in find(reader, query)] == [password.pk]


@pytest.mark.parametrize("query", ["", " ", "회의실", "\x00", "x" * 500])
def test_finds_nothing_else(reader: User, password: Article, query: str) -> None:
    assert find(reader, query) == []


@pytest.mark.parametrize("spelling", ["KB-{}", "kb{}", " Kb-{} "])
def test_a_number_finds_its_article(reader: User, password: Article, spelling: str) -> None:
    assert [hit.id for hit in find(reader, spelling.format(password.pk))] == [password.pk]


def test_drafts_retired_and_expired_ones_are_not_found(reader: User) -> None:
    author = make_agent()
    written(by=author, title_en="Printer draft")
    retired = publish(written(by=author, title_en="Printer retired"))
    actions.move(retired, "retire", by=make_user(role="administrator"), reason="Old")
    expired = publish(written(by=author, title_en="Printer expired"))
    Article.objects.filter(pk=expired.pk).update(expires_on=timezone.localdate())
    live = publish(written(by=author, title_en="Printer live"))
    Article.objects.filter(pk=live.pk).update(expires_on=timezone.localdate() + timedelta(days=1))
    assert [hit.id for hit in find(reader, "printer")] == [live.pk]
    assert [hit.id for hit in suggest("printer", reader=reader)] == [live.pk]


def test_the_text_being_written_is_not_searched(reader: User) -> None:
    author = make_agent()
    article = publish(written(by=author))
    actions.save(article, {"body_en": "Secret plan zebra."}, by=author)
    assert find(reader, "zebra") == []


def test_excerpts_are_escaped_and_marked(reader: User) -> None:
    publish(written(by=make_agent(), body_en="Type `<b>zebra</b>` & wait <script>x</script>"))
    excerpt = find(reader, "zebra")[0].excerpt
    assert "<mark>zebra</mark>" in excerpt
    assert "<script>" not in excerpt
    assert "<b>" not in excerpt


def test_suggestions_prefer_the_service_and_the_item(reader: User) -> None:
    service, item = make_service(), make_item()
    plain = publish(written(by=make_agent(), title_en="VPN drops"))
    ours = publish(written(by=make_agent(), title_en="VPN drops", services=[service.pk]))
    exact = publish(written(by=make_agent(), title_en="VPN drops", items=[item.pk]))
    found = suggest("my vpn drops", reader=reader, service=service, item=item)
    assert [hit.id for hit in found] == [exact.pk, ours.pk, plain.pk]
    assert {hit.id for hit in suggest("", reader=reader, service=service)} == {ours.pk}
    assert suggest("v", reader=reader) == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_number_of_statements_does_not_grow(reader: User, language: str) -> None:
    counts = []
    with translation.override(language):
        for number in range(30):
            publish(written(by=make_agent(), title_en=f"Printer {number}", tags=["printer"]))
            if number in (0, 29):
                fresh = User.objects.get(pk=reader.pk)
                with CaptureQueriesContext(connection) as asked:
                    assert find(fresh, "printer")
                    assert suggest("the printer", reader=fresh)
                counts.append(len(asked))
    assert counts[0] == counts[1]
