"""The desk's pages of articles."""

import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from knowledge import actions
from knowledge.enums import Audience
from knowledge.models import Article, ArticleDay, ArticleUse, SearchMiss
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tests.knowledge.support import make_editor, publish, written
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(client) -> User:
    agent = make_agent("김하늘", make_team())
    client.force_login(agent)
    return agent


def fields(article: Article, **changes) -> dict:
    """The edit form as the page would send it."""
    article.refresh_from_db()
    return {
        **article.working.texts(),
        "kind": article.kind,
        "audience": article.audience,
        "owner": article.owner_id,
        "review_every_months": article.review_every_months,
        "tags": "",
        "synonyms": "",
        "items": "",
        "expires_on": "",
        "seen": json.dumps(actions.fingerprints(article)),
        **changes,
    }


def test_a_draft_is_begun_written_and_sent_for_review(client, agent):
    answer = client.post(
        reverse("desk:article_new"), {"title": "프린터 용지 걸림", "kind": "fault"}
    )
    article = Article.objects.get()
    assert answer.url == reverse("desk:article_edit", args=[article.pk])
    sent = fields(article, body_ko="용지함을 다시 끼웁니다.", tags="프린터, 용지", do="submit")
    assert client.post(answer.url, sent).status_code == 302
    article.refresh_from_db()
    assert (article.state, article.tags) == ("review", ["프린터", "용지"])


def test_what_cannot_be_reviewed_is_saved_all_the_same(client, agent):
    article = written(by=agent, body_en="")
    page = client.post(
        reverse("desk:article_edit", args=[article.pk]),
        fields(article, title_en="Better", do="submit"),
    )
    assert page.status_code == 422
    article.refresh_from_db()
    assert (article.state, article.working.title_en) == ("draft", "Better")


def test_a_refused_form_keeps_every_word(client, agent):
    article = written(by=agent)
    given = fields(article, body_en="Precious words", items="no-such-host", expires_on="31.12.2027")
    page = client.post(reverse("desk:article_edit", args=[article.pk]), given)
    assert page.status_code == 422
    assert "Precious words" in page.content.decode()
    assert "no-such-host" in page.content.decode()
    assert Draft.objects.get().data["body_en"] == "Precious words"
    assert (
        "Precious words"
        in client.get(reverse("desk:article_edit", args=[article.pk])).content.decode()
    )


def test_what_is_typed_is_kept_and_can_be_thrown_away(client, agent):
    article = written(by=agent)
    client.post(reverse("desk:article_draft", args=[article.pk]), fields(article, body_en="Typing"))
    edit = reverse("desk:article_edit", args=[article.pk])
    assert "Typing" in client.get(edit).content.decode()
    client.post(reverse("desk:article_discard", args=[article.pk]))
    assert "Typing" not in client.get(edit).content.decode()


def test_two_at_once_see_both_texts(client, agent):
    article = written(by=agent)
    mine = fields(article, body_en="Mine.")
    actions.save(article, {"body_en": "Theirs."}, by=make_editor())
    page = client.post(reverse("desk:article_edit", args=[article.pk]), mine)
    assert page.status_code == 409
    content = page.content.decode()
    assert "Mine." in content
    assert "Theirs." in content
    again = {**mine, "seen": page.context["seen"]}
    assert client.post(reverse("desk:article_edit", args=[article.pk]), again).status_code == 302
    article.refresh_from_db()
    assert article.working.body_en == "Mine."


def test_spoilt_fingerprints_are_a_conflict_with_nothing(client, agent):
    article = written(by=agent)
    edit = reverse("desk:article_edit", args=[article.pk])
    for spoilt in ("", "[]", "{", "null"):
        assert client.post(edit, fields(article, seen=spoilt)).status_code == 302


def test_script_in_markdown_is_shown_not_run(client, agent):
    article = publish(
        written(by=agent, body_en="<script>alert(1)</script> [x](javascript:alert(1))")
    )
    content = client.get(article.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in content
    assert 'href="javascript' not in content


def test_pictures_go_up_while_writing(client, agent):
    article = written(by=agent)
    url = reverse("desk:article_files", args=[article.pk])
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 64)
    picture.name = "a [1].png"
    said = client.post(url, {"files": picture}).json()
    file = article.files.get()
    assert said["text"] == f"![a (1).png](file:{file.pk})"
    shown = client.get(reverse("knowledge:file", args=[file.pk]))
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"
    disguised = io.BytesIO(b"<svg onload=alert(1)>")
    disguised.name = "b.png"
    refused = client.post(url, {"files": disguised})
    assert (refused.status_code, "b.png" in refused.json()["error"]) == (422, True)


@pytest.mark.parametrize("name", ["article_edit", "article_history", "article"])
def test_what_is_not_theirs_does_not_exist(client, agent, name):
    hidden = written(by=make_agent())
    assert client.get(reverse(f"desk:{name}", args=[hidden.pk])).status_code == 404
    assert client.get(reverse(f"desk:{name}", args=[hidden.pk + 1000])).status_code == 404


def test_requesters_do_not_get_in(client):
    client.force_login(make_user())
    assert client.get(reverse("desk:kb")).status_code == 403


def test_a_reviewer_reads_and_publishes_what_they_read(client):
    article = written(by=make_agent())
    actions.move(article, "submit", by=article.author)
    editor = make_editor()
    client.force_login(editor)
    assert article.number in client.get(reverse("desk:kb_review")).content.decode()
    article.refresh_from_db()
    move = reverse("desk:article_move", args=[article.pk, "publish"])
    client.post(move, {"revision": article.revision - 1})
    article.refresh_from_db()
    assert article.state == "review"
    client.post(move, {"revision": article.revision})
    article.refresh_from_db()
    assert article.state == "published"


def test_sending_back_asks_why(client):
    article = written(by=make_agent())
    actions.move(article, "submit", by=article.author)
    client.force_login(make_editor())
    move = reverse("desk:article_move", args=[article.pk, "send_back"])
    assert client.get(move).status_code == 200
    assert client.post(move, {"reason": " "}).status_code == 422
    assert client.post(move, {"reason": "Which server?"}).status_code == 302


def test_versions_show_what_changed_and_come_back(client, agent):
    article = publish(written(by=agent, body_en="Open the old client."))
    actions.save(article, {"body_en": "Open the new client."}, by=agent)
    page = client.get(reverse("desk:article_history", args=[article.pk])).content.decode()
    assert "<ins>new </ins>" in page
    assert "<del>old </del>" in page
    client.post(reverse("desk:article_restore", args=[article.pk, 1]))
    article.refresh_from_db()
    assert article.working.body_en == "Open the old client."


def test_a_record_becomes_a_draft_by_one_click(client, agent):
    ticket = open_incident("Screen flickers")
    url = ticket.get_absolute_url()
    assert "kb/write/" in client.get(f"{url}kb/").content.decode()
    answer = client.post(f"{url}kb/write/")
    article = Article.objects.get()
    assert answer.url == reverse("desk:article_edit", args=[article.pk])
    assert ticket.number in client.get(article.get_absolute_url()).content.decode()


def test_records_one_may_not_see_are_not_listed_on_the_article(client, agent):
    article = publish(written(by=agent))
    ticket = open_incident("Hush")
    Ticket.objects.filter(pk=ticket.pk).update(restricted=True, team=make_team())
    ArticleUse.objects.create(article=article, ticket=ticket, how="reply")
    assert "Hush" not in client.get(article.get_absolute_url()).content.decode()


def test_suggestions_stand_beside_a_record(client, agent):
    publish(written(by=agent, title_en="Screen flickers"))
    ticket = open_incident("My screen flickers")
    assert "Screen flickers" in client.get(f"{ticket.get_absolute_url()}kb/").content.decode()


def test_suggestions_stand_beside_a_new_record(client, agent):
    publish(written(by=agent, title_en="Screen flickers"))
    page = client.get(reverse("desk:proposal"), {"title": "his screen flickers"})
    assert "Screen flickers" in page.content.decode()


def test_a_number_leads_to_its_article(client, agent):
    article = publish(written(by=make_agent()))
    answer = client.get(reverse("desk:resolve", args=[f"kb{article.pk}"]))
    assert answer.url == article.get_absolute_url()


def test_the_picker_warns_of_what_the_requester_may_not_read(client, agent):
    publish(written(by=agent, title_en="Admin password procedure", audience="desk"))
    url = f"{open_incident().get_absolute_url()}kb/pick/"
    assert "data-kb-warn" in client.get(url, {"q": "pasword", "mode": "reply"}).content.decode()
    assert "data-kb-warn" not in client.get(url, {"q": "pasword", "mode": "memo"}).content.decode()


def test_articles_are_found_beside_records(client, agent):
    publish(written(by=agent, title_en="Screen flickers"))
    page = client.get(reverse("desk:search"), {"q": "screan flickers"}).content.decode()
    assert "Screen flickers" in page


def test_a_search_without_a_hit_is_a_gap(client, agent):
    client.get(reverse("desk:kb"), {"q": "회의실 예약"})
    assert SearchMiss.objects.get().query == "회의실 예약"
    client.force_login(make_editor())
    assert "회의실 예약" in client.get(reverse("desk:kb_reports")).content.decode()


def test_reading_counts_once_a_day(client, agent):
    article = publish(written(by=make_agent()))
    for _turn in range(2):
        client.get(article.get_absolute_url())
    assert ArticleDay.objects.get().views == 1


@pytest.mark.parametrize("page", ["kb", "kb_review", "kb_reports"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_lists_ask_the_same_for_one_and_thirty(client, page, language):
    editor = make_editor()
    User.objects.filter(pk=editor.pk).update(language=language)
    client.force_login(editor)
    counts = []
    for number in range(30):
        author = make_agent()
        article = publish(written(by=author, services=[make_service().pk], title_en=f"A {number}"))
        for reader in (make_user(), make_user()):
            actions.vote(article, reader.pk % 2 == 0, by=reader)
        actions.miss(f"gap {number}", "desk")
        waiting = written(by=author, title_en=f"B {number}")
        actions.move(waiting, "submit", by=author)
        if number in (0, 29):
            client.get(reverse(f"desk:{page}"))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(f"desk:{page}")).status_code == 200
            counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "query", ["?state=x&kind=y&audience=z", "?before=999999", "?before=²", "?q=%00"]
)
def test_spoilt_addresses_are_answered(client, agent, query):
    assert client.get(reverse("desk:kb") + query).status_code == 200


@pytest.mark.parametrize("then", ["", "wait"])
def test_a_reply_naming_an_article_its_requester_may_not_read_is_warned_about_once(client, then):
    agent = make_agent(team=make_team())
    waiting_for_requester()
    client.force_login(agent)
    hidden = publish(written(by=agent, audience=Audience.DESK))
    ticket = open_incident(by=make_user())
    typed = {"mode": "reply", "body": f"See {hidden.number} please", "then": then}
    address = f"{ticket.get_absolute_url()}say/"
    refused = client.post(address, typed, headers=HTMX)
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert f"may not read {hidden.number}" in shown
    assert f"See {hidden.number} please</textarea>" in shown
    assert 'name="sure"' in shown
    assert "Send it anyway" in shown
    assert not ticket.comments.exists()
    assert client.post(address, {**typed, "sure": "1"}, headers=HTMX).status_code == 200
    assert ticket.comments.get().body == typed["body"]


def test_a_note_and_a_public_article_are_not_warned_about(client):
    agent = make_agent(team=make_team())
    client.force_login(agent)
    hidden, public = publish(written(by=agent, audience=Audience.DESK)), publish(written(by=agent))
    ticket = open_incident(by=make_user())
    address = f"{ticket.get_absolute_url()}say/"
    for mode, article in (("memo", hidden), ("reply", public)):
        sent = client.post(address, {"mode": mode, "body": f"See {article.number}"}, headers=HTMX)
        assert sent.status_code == 200


def test_a_reply_with_a_step_is_warned_about_too(client):
    agent = make_agent(team=make_team())
    client.force_login(agent)
    hidden = publish(written(by=agent, audience=Audience.DESK))
    ticket = open_incident(by=make_user())
    typed = {"reply": f"See {hidden.number}", **resolution()}
    typed = {name: getattr(value, "pk", value) for name, value in typed.items()}
    address = f"{ticket.get_absolute_url()}do/resolve/"
    refused = client.post(address, typed, headers=HTMX)
    assert f"may not read {hidden.number}" in refused.content.decode()
    assert 'name="sure"' in refused.content.decode()
    client.post(address, {**typed, "sure": "on"}, headers=HTMX)
    ticket.refresh_from_db()
    assert ticket.status == "resolved"
