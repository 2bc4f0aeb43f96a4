"""Requesters find answers, and what they say of them is counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from knowledge.models import Article, ArticleDay, ArticleUse, Feedback, SearchMiss
from tests.factories import make_agent, make_service, make_team, make_user
from tests.knowledge.support import publish, written
from tests.portal.support import answers
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client) -> User:
    make_team()
    reader = make_user()
    client.force_login(reader)
    return reader


def test_a_misspelt_search_finds_the_article(client, reader):
    article = publish(
        written(by=make_agent(), title_ko="비밀번호 초기화", body_ko="이렇게 합니다.")
    )
    page = client.get(reverse("portal:kb"), {"q": "비밀벌호"}).content.decode()
    assert reverse("portal:article", args=[article.slug]) in page


def test_a_search_without_a_hit_offers_help_and_is_a_gap(client, reader):
    page = client.get(reverse("portal:kb"), {"q": "zebra"}).content.decode()
    assert f"{reverse('portal:report')}?title=zebra" in page
    assert SearchMiss.objects.get().place == "portal"


def test_articles_are_sorted_by_service(client, reader):
    service = make_service("Mail")
    mine = publish(written(by=make_agent(), services=[service.pk], title_en="Mail quota"))
    publish(written(by=make_agent(), title_en="Printer"))
    page = client.get(reverse("portal:kb"), {"service": service.slug}).content.decode()
    assert mine.live.title in page
    assert "Printer" not in page


@pytest.mark.parametrize("state", ["draft", "desk", "departments", "retired"])
def test_a_guessed_address_leads_nowhere(client, reader, state):
    audience = state if state in ("desk", "departments") else "everybody"
    article = written(by=make_agent(), audience="desk" if audience == "departments" else audience)
    if state != "draft":
        publish(article)
    Article.objects.filter(pk=article.pk).update(audience=audience)
    if state == "retired":
        Article.objects.filter(pk=article.pk).update(state="retired")
    for name in ("article", "article_vote", "article_solved"):
        address = reverse(f"portal:{name}", args=[article.slug])
        assert client.post(address, {"solved": "yes"}).status_code in (404, 405)
    assert client.get(reverse("portal:article", args=[article.slug])).status_code == 404
    for page in ("portal:kb", "portal:similar"):
        shown = client.get(reverse(page), {"q": "vpn", "title": "connect vpn"}).content.decode()
        assert article.slug not in shown
    assert not Feedback.objects.exists()


def test_an_expired_article_says_so(client, reader):
    article = publish(written(by=make_agent()))
    Article.objects.update(expires_on=timezone.localdate())
    page = client.get(reverse("portal:article", args=[article.slug])).content.decode()
    assert "past its review date" in page
    assert article.slug not in client.get(reverse("portal:kb")).content.decode()


def test_a_missing_language_is_said(client, reader):
    article = publish(written(by=make_agent()))
    User.objects.filter(pk=reader.pk).update(language="ko")
    page = client.get(reverse("portal:article", args=[article.slug])).content.decode()
    assert article.live.title_en in page
    assert 'lang="en"' in page


def test_yes_is_a_request_less(client, reader):
    article = publish(written(by=make_agent()))
    client.post(reverse("portal:article_vote", args=[article.slug]), {"solved": "yes"})
    assert ArticleDay.objects.get().deflected == 1


def test_no_leads_to_a_report_that_names_the_article(client, reader):
    article = publish(written(by=make_agent()))
    client.post(reverse("portal:article_vote", args=[article.slug]), {"solved": "no"})
    page = client.get(reverse("portal:article", args=[article.slug])).content.decode()
    address = f"{reverse('portal:report')}?article={article.number}"
    assert address in page
    assert article.live.title in client.get(address).content.decode()
    client.post(reverse("portal:report"), answers(article=article.number))
    use = ArticleUse.objects.get()
    assert (use.article, use.ticket, use.how) == (article, Ticket.objects.get(), "led_to")
    assert ArticleDay.objects.get().unsolved == 1


def test_a_spoilt_article_number_does_not_stop_a_report(client, reader):
    hidden = publish(written(by=make_agent(), audience="desk"))
    for given in (hidden.number, "KB-99999999999999999", "²", "x" * 30):
        assert client.post(reverse("portal:report"), answers(article=given)).status_code == 302
    assert not ArticleUse.objects.exists()


def test_suggestions_come_while_a_report_is_typed(client, reader):
    article = publish(written(by=make_agent(), title_en="VPN drops every hour"))
    page = client.get(reverse("portal:similar"), {"title": "my vpn drops"}).content.decode()
    assert reverse("portal:article_solved", args=[article.slug]) in page
    assert "1 article may help" in page


def test_this_solved_it_gives_the_form_up(client, reader):
    article = publish(written(by=make_agent()))
    client.post(reverse("portal:draft"), {"slot": "portal:report", "title": "VPN"})
    assert Draft.objects.exists()
    client.post(reverse("portal:article_solved", args=[article.slug]), answers())
    assert not Draft.objects.exists()
    assert not Ticket.objects.exists()
    given = Feedback.objects.get()
    assert (given.form, given.solved) == ("report", True)
    assert ArticleDay.objects.get().deflected == 1


def test_too_long_a_comment_comes_back(client, reader):
    article = publish(written(by=make_agent()))
    address = reverse("portal:article_vote", args=[article.slug])
    page = client.post(address, {"solved": "no", "comment": "word " * 1000})
    assert page.status_code == 422
    assert "word word" in page.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_ask_the_same_for_one_and_thirty(client, reader, language):
    User.objects.filter(pk=reader.pk).update(language=language)
    service = make_service()
    counts: dict[str, list[int]] = {"list": [], "search": [], "article": []}
    article = None
    for number in range(30):
        made = publish(
            written(
                by=make_agent(),
                title_en=f"Printer {number}",
                services=[service.pk, make_service().pk],
            )
        )
        article = article or made
        if number in (1, 29):
            pages = {
                "list": reverse("portal:kb"),
                "search": f"{reverse('portal:kb')}?q=printer",
                "article": reverse("portal:article", args=[article.slug]),
            }
            for name, address in pages.items():
                client.get(address)
                with CaptureQueriesContext(connection) as asked:
                    assert client.get(address).status_code == 200
                counts[name].append(len(asked))
    assert all(one == other for one, other in counts.values()), counts
