"""Writing, reviewing and publishing articles."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import User
from core import events as core_events
from core.errors import ActionError, Conflict, NotAllowed, NotFound
from core.events import subscribe
from knowledge import access, actions
from knowledge.enums import Audience, How
from knowledge.events import ReviewDue
from knowledge.models import Article, ArticleDay, ArticleUse, Feedback, SearchMiss
from knowledge.queries import deflections, use
from tests.factories import (
    make_agent,
    make_department,
    make_service,
    make_user,
    open_incident,
    resolution,
)
from tests.knowledge.support import make_editor, publish, written
from tickets import actions as kernel
from tickets.actions.attach import Upload
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_a_draft_goes_through_review_before_anybody_reads_it() -> None:
    author, editor, reader = make_agent(), make_editor(), make_user()
    article = written(by=author)
    assert not Article.objects.meant_for(reader).exists()
    actions.move(article, "submit", by=author)
    actions.move(article, "publish", by=editor)
    article.refresh_from_db()
    assert article.state == "published"
    assert Article.objects.meant_for(reader).get() == article
    assert article.review_due_on is not None


def test_nobody_approves_their_own_text() -> None:
    editor = make_editor()
    article = written(by=editor)
    actions.move(article, "submit", by=editor)
    with pytest.raises(ActionError, match="Somebody else"):
        actions.move(article, "publish", by=editor)


def test_whoever_mends_a_word_does_not_approve_it_either() -> None:
    author, editor = make_agent(), make_editor()
    article = written(by=author)
    actions.move(article, "submit", by=author)
    actions.save(article, {"body_en": "Mended."}, by=editor)
    with pytest.raises(ActionError, match="Somebody else"):
        actions.move(article, "publish", by=editor)


def test_authors_do_not_publish() -> None:
    author, other = make_agent(), make_agent()
    article = written(by=author, owner=other.pk)
    actions.move(article, "submit", by=author)
    with pytest.raises(NotAllowed):
        actions.move(article, "publish", by=other)


def test_a_text_changed_since_it_was_read_is_not_published_unread() -> None:
    author, editor = make_agent(), make_editor()
    article = written(by=author)
    actions.move(article, "submit", by=author)
    article.refresh_from_db()
    read = article.revision
    actions.save(article, {"body_en": "Something else."}, by=author)
    with pytest.raises(Conflict):
        actions.move(article, "publish", by=editor, revision=read)


def test_sending_back_needs_a_reason() -> None:
    author, editor = make_agent(), make_editor()
    article = written(by=author)
    actions.move(article, "submit", by=author)
    with pytest.raises(ActionError, match="why"):
        actions.move(article, "send_back", by=editor)
    actions.move(article, "send_back", by=editor, reason="Which server?")
    assert Article.objects.get().state == "draft"


@pytest.mark.parametrize(
    "texts",
    [
        {"title_ko": "제목만", "body_ko": ""},
        {"title_en": "Only a title here", "title_ko": "둘", "body_ko": "글"},
        {"title_ko": "", "body_ko": "글", "title_en": "T", "body_en": "B"},
    ],
)
def test_half_a_text_is_not_reviewed(texts: dict[str, str]) -> None:
    author = make_agent()
    given = {"title_en": "", "body_en": "", "title_ko": "", "body_ko": ""} | texts
    article = actions.create({**given, "title_ko": given["title_ko"] or "x"}, by=author)
    actions.save(article, given, by=author)
    with pytest.raises(ActionError):
        actions.move(article, "submit", by=author)


def test_editing_what_is_published_leaves_it_live() -> None:
    author, reader = make_agent(), make_user()
    article = publish(written(by=author, body_en="Old text."))
    actions.save(article, {"body_en": "New text."}, by=author)
    article = access.by_slug(reader, article.slug)
    assert article.state == "draft"
    assert article.live.body_en == "Old text."
    assert article.working.body_en == "New text."
    assert article.working.number == 2


def test_changes_of_what_is_published_can_be_thrown_away() -> None:
    author = make_agent()
    article = publish(written(by=author, body_en="Old text."))
    actions.save(article, {"body_en": "New text."}, by=author)
    actions.move(article, "discard", by=author)
    article.refresh_from_db()
    assert (article.state, article.working_id) == ("published", article.live_id)
    actions.save(article, {"body_en": "Third text."}, by=author)
    article.refresh_from_db()
    assert article.working.number == 3


def test_an_older_text_is_taken_back_through_review() -> None:
    author = make_agent()
    article = publish(written(by=author, body_en="First."))
    actions.save(article, {"body_en": "Second."}, by=author)
    article = publish(article)
    actions.take_back(article, 1, by=author)
    article.refresh_from_db()
    assert (article.state, article.working.body_en) == ("draft", "First.")
    assert article.live.body_en == "Second."


def test_two_people_may_change_different_fields() -> None:
    author, editor = make_agent(), make_editor()
    article = written(by=author)
    seen = actions.fingerprints(article)
    form = {"title_en": article.working.title_en, "body_en": "By the editor."}
    actions.save(article, form, by=editor, seen=seen)
    actions.save(article, {**form, "title_en": "By the author", "body_en": article.working.body_en},
                 by=author, seen=seen)  # fmt: skip
    working = Article.objects.get().working
    assert (working.title_en, working.body_en) == ("By the author", "By the editor.")


def test_the_same_field_shows_both_texts_and_loses_neither() -> None:
    author, editor = make_agent(), make_editor()
    article = written(by=author)
    seen = actions.fingerprints(article)
    actions.save(article, {"body_en": "By the editor."}, by=editor, seen=seen)
    with pytest.raises(Conflict) as caught:
        actions.save(article, {"body_en": "By the author."}, by=author, seen=seen)
    clash = caught.value.clashes[0]
    assert (clash.field, clash.current, clash.wanted) == (
        "body_en", "By the editor.", "By the author.",
    )  # fmt: skip


def test_authors_do_not_widen_the_audience_of_what_is_published() -> None:
    author, editor = make_agent(), make_editor()
    article = publish(written(by=author, audience=Audience.DESK))
    with pytest.raises(NotAllowed):
        actions.save(article, {"audience": Audience.EVERYBODY}, by=author)
    actions.save(article, {"audience": Audience.EVERYBODY}, by=editor)


def test_a_body_too_large_is_refused_with_its_size() -> None:
    with pytest.raises(ActionError, match="100001"):
        written(by=make_agent(), body_en="x" * 100_001)


def test_requesters_write_no_articles() -> None:
    with pytest.raises(NotAllowed):
        written(by=make_user())


def test_a_record_becomes_a_draft_in_one_step() -> None:
    agent = make_agent()
    service = make_service()
    ticket = open_incident("VPN이 끊깁니다", description="매시간 끊깁니다.", service=service)
    kernel.transition(ticket, "start", by=agent)
    kernel.transition(ticket, "resolve", by=agent, **resolution(resolution="드라이버를 바꿉니다."))
    article = actions.write_from(ticket, by=agent)
    working = article.working
    assert working.title_ko == "VPN이 끊깁니다"
    assert "매시간" in working.body_ko
    assert "드라이버" in working.body_ko
    assert list(article.services.all()) == [service]
    assert article.audience == Audience.DESK
    assert ArticleUse.objects.get().how == How.SOURCE
    assert actions.write_from(ticket, by=agent) == article


def test_restricted_records_become_no_drafts() -> None:
    agent = make_agent()
    ticket = open_incident(by=agent)
    Ticket.objects.filter(pk=ticket.pk).update(restricted=True, assignee=agent)
    ticket.refresh_from_db()
    with pytest.raises(ActionError, match="restricted"):
        actions.write_from(ticket, by=agent)


# Files ------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 64


def upload(name: str, content: bytes) -> Upload:
    return Upload(name, io.BytesIO(content), len(content))


def test_a_disguised_picture_is_refused() -> None:
    author = make_agent()
    article = written(by=author)
    for name, content in (("a.png", b"<svg onload=alert(1)>"), ("a.exe", b"MZ"), ("a.png", b"")):
        with pytest.raises(ActionError):
            actions.attach(article, upload(name, content), by=author)


def test_files_wait_for_the_text_they_belong_to() -> None:
    author, reader = make_agent(), make_user()
    article = publish(written(by=author))
    file = actions.attach(article, upload("a.png", PNG), by=author)
    with pytest.raises(NotFound):
        access.file(reader, file.pk)
    actions.save(article, {"body_en": f"![a](file:{file.pk})"}, by=author)
    publish(article)
    assert access.file(reader, file.pk) == file


# Reviews and expiry -----------------------------------------------------------------------------


@pytest.fixture
def heard() -> Iterator[list[ReviewDue]]:
    events: list[ReviewDue] = []
    before = list(core_events._subscriptions[ReviewDue])
    subscribe(ReviewDue, events.append)
    yield events
    core_events._subscriptions[ReviewDue][:] = before


def test_an_expired_article_rests_until_it_is_reviewed(heard: list[ReviewDue]) -> None:
    author, reader = make_agent(), make_user()
    article = publish(written(by=author))
    today = timezone.localdate()
    Article.objects.update(expires_on=today)
    assert not Article.objects.findable_by(reader).exists()
    assert Article.objects.meant_for(reader).exists()
    assert actions.look_over() == 1
    with pytest.raises(ActionError):
        actions.confirm(article, by=author, expires_on=today)
    actions.confirm(article, by=author, expires_on=today + timedelta(days=100))
    assert Article.objects.findable_by(reader).exists()
    assert actions.look_over() == 0


def test_owners_are_told_once_for_each_day_that_it_is_due() -> None:
    author = make_agent()
    publish(written(by=author))
    Article.objects.update(review_due_on=timezone.localdate())
    actions.look_over()
    actions.look_over()
    told = author.reminders.get()
    assert (told.what, told.title_en) == ("article_review", "Connect to the VPN")


def test_articles_whose_owner_left_are_due_to_the_editors(heard: list[ReviewDue]) -> None:
    author, editor = make_agent(), make_editor()
    publish(written(by=author), by=editor)
    Article.objects.update(review_due_on=timezone.localdate())
    User.objects.filter(pk=author.pk).update(is_active=False)
    actions.look_over()
    assert editor.pk in heard[-1].user_ids


# Use --------------------------------------------------------------------------------------------


def test_reading_twice_a_day_counts_once() -> None:
    article, reader = publish(written(by=make_agent())), make_user()
    actions.read(article, by=reader)
    actions.read(article, by=reader)
    actions.read(article, by=make_user())
    assert ArticleDay.objects.get().views == 2


def test_a_yes_in_the_portal_is_a_request_less() -> None:
    article, reader = publish(written(by=make_agent())), make_user()
    today = timezone.localdate()
    actions.vote(article, True, by=reader, form="report")
    actions.vote(article, True, by=reader)
    assert deflections(today, today) == 1
    assert Feedback.objects.get().form == "report"


def test_a_later_answer_replaces_the_one_before() -> None:
    article, reader = publish(written(by=make_agent())), make_user()
    actions.vote(article, True, by=reader)
    actions.vote(article, False, by=reader, comment="Still broken")
    day = ArticleDay.objects.get()
    assert (day.solved, day.unsolved, day.deflected) == (0, 1, 0)


def test_an_agents_yes_is_no_self_service() -> None:
    article, agent = publish(written(by=make_agent())), make_agent()
    actions.vote(article, True, by=agent, place="desk")
    assert ArticleDay.objects.get().deflected == 0


def test_a_record_made_after_reading_is_linked() -> None:
    article, reader = publish(written(by=make_agent())), make_user()
    ticket = open_incident(by=reader)
    actions.did_not_solve(article.number, ticket, by=reader)
    assert ArticleUse.objects.get().how == How.LED_TO
    assert ArticleDay.objects.get().unsolved == 1


def test_a_guessed_number_links_nothing() -> None:
    article, reader = publish(written(by=make_agent(), audience=Audience.DESK)), make_user()
    assert actions.did_not_solve(article.number, open_incident(by=reader), by=reader) is None
    for spoilt in ("", "KB-", "KB-²", "KB-99999999999999999999", "x" * 500):
        assert actions.did_not_solve(spoilt, open_incident(by=reader), by=reader) is None


def test_an_article_named_in_a_reply_was_used() -> None:
    agent = make_agent()
    article = publish(written(by=agent))
    ticket = open_incident()
    kernel.comment(ticket, f"See {article.number}, please.", by=agent)
    kernel.comment(ticket, f"As said: {article.number}.", by=agent)
    assert ArticleUse.objects.get().how == How.REPLY
    assert ArticleDay.objects.get().used == 1


def test_a_reply_says_which_articles_its_requester_may_not_read() -> None:
    hidden = publish(written(by=make_agent(), audience=Audience.DESK))
    ticket = open_incident()
    assert actions.unreadable(f"See {hidden.number}", ticket) == [hidden]


def test_misses_are_counted_without_anything_personal() -> None:
    for query in (
        "회의실 예약",
        "회의실  예약",
        "hong@example.com",
        "010-1234-5678",
        "사번 20231234",
    ):
        actions.miss(query, "portal")
    assert SearchMiss.objects.get().count == 2


def test_reports_name_what_helps_and_what_does_not() -> None:
    editor = make_editor()
    good, bad = publish(written(by=make_agent())), publish(written(by=make_agent(), title_en="Bad"))
    for _turn in range(3):
        actions.vote(good, True, by=make_user())
        actions.vote(bad, False, by=make_user())
    assert [row.article for row in use.most_useful(editor)] == [good]
    assert [row.article for row in use.least_useful(editor)] == [bad]
    assert use.most_useful(editor)[0].share == 100


def test_departments_read_what_is_for_them_and_those_above() -> None:
    top = make_department("본사")
    below = make_department("재무팀", parent=top)
    article = publish(written(by=make_agent(), audience=Audience.DEPARTMENTS, departments=[top.pk]))
    assert access.by_slug(make_user(department=below), article.slug) == article
    with pytest.raises(NotFound):
        access.by_slug(make_user(department=make_department()), article.slug)


def test_the_other_language_is_shown_and_said() -> None:
    article = publish(written(by=make_agent()))
    with translation.override("ko"):
        assert article.live.title == article.live.title_en
        assert article.live.is_foreign
    with translation.override("en"):
        assert not article.live.is_foreign
