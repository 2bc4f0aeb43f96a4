"""Articles over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge import actions
from knowledge.models import Article, Feedback
from tests.factories import make_agent, make_service, make_user
from tests.knowledge.support import make_editor, publish, written

pytestmark = pytest.mark.django_db
V1 = "/api/v1/articles/"


@pytest.fixture
def send(client):
    def sent(user, method, path="", headers=None, **data):
        client.force_login(user)
        if method == "get":
            return client.get(f"{V1}{path}", data)
        return getattr(client, method)(
            f"{V1}{path}", data, content_type="application/json", headers=headers or {}
        )

    return sent


def test_a_draft_is_written_sent_and_published(send):
    author, editor, service = make_agent(), make_editor(), make_service()
    made = send(
        author, "post", title_ko="제목", body_ko="글", services=[service.slug], tags=["VPN"]
    )
    assert made.status_code == 201
    path = f"{made.json()['id']}/"
    assert made["Location"] == f"{V1}{path}"
    assert made.json()["services"][0]["id"] == service.pk
    assert send(author, "post", f"{path}steps/", step="submit").status_code == 200
    assert send(author, "post", f"{path}steps/", step="publish").status_code == 403
    done = send(editor, "post", f"{path}steps/", step="publish")
    assert (done.json()["state"], done.json()["is_live"]) == ("published", True)


def test_the_same_key_makes_one_draft(send):
    author = make_agent()
    for _turn in range(2):
        send(author, "post", headers={"Idempotency-Key": "once"}, title_en="T")
    assert Article.objects.count() == 1


def test_requesters_read_what_is_live_and_nothing_else(send):
    reader = make_user()
    live = publish(written(by=make_agent()))
    actions.save(live, {"body_en": "Unpublished."}, by=live.author)
    desk = publish(written(by=make_agent(), audience="desk"))
    draft = written(by=make_agent())
    listed = send(reader, "get").json()["results"]
    assert [row["id"] for row in listed] == [live.pk]
    shown = send(reader, "get", f"{live.pk}/")
    assert shown.json()["working"] is None
    assert "Unpublished" not in shown.content.decode()
    for hidden in (desk, draft):
        for method, path in (("get", ""), ("patch", ""), ("post", "steps/"), ("post", "feedback/")):
            assert send(reader, method, f"{hidden.pk}/{path}").status_code == 404
    assert send(reader, "post", title_en="x").status_code == 403


def test_a_stale_etag_is_refused(send):
    author = make_agent()
    article = written(by=author)
    tag = send(author, "get", f"{article.pk}/")["ETag"]
    first = send(author, "patch", f"{article.pk}/", headers={"If-Match": tag}, title_en="One")
    second = send(author, "patch", f"{article.pk}/", headers={"If-Match": tag}, title_en="Two")
    assert (first.status_code, second.status_code) == (200, 412)


def test_search_forgives_and_votes_count(send):
    reader = make_user()
    article = publish(written(by=make_agent(), title_en="Printer paper jam"))
    hits = send(reader, "get", "search/", q="pritner papr").json()["results"]
    assert [hit["id"] for hit in hits] == [article.pk]
    assert send(reader, "post", f"{article.pk}/feedback/", solved=True).status_code == 200
    assert Feedback.objects.get().place == "portal"


def test_refusals_are_problem_details(send):
    author = make_agent()
    answer = send(author, "post", title_en="x", body_en="x" * 100_001)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "body_en"


def test_the_list_asks_the_same_for_one_and_thirty(send):
    author = make_agent()
    counts = []
    for number in range(30):
        written(by=author)
        if number in (0, 29):
            send(author, "get")  # what a first visit reads once
            with CaptureQueriesContext(connection) as asked:
                assert len(send(author, "get").json()["results"]) == number + 1
            counts.append(len(asked))
    assert counts[0] == counts[1]
