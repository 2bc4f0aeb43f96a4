"""Mails: languages, links, threads, headers, and what nobody can smuggle in."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from core import outbox
from core.errors import ActionError, NotAllowed
from core.models import OutboxMessage
from notifications import actions as notices
from notifications import queries
from notifications.enums import DEFAULTS, Audience, DeliveryState, What
from notifications.letters import words_for
from notifications.models import Delivery, Template
from notifications.texts import PLACEHOLDERS, WORDS, Words, fill, one_line, unknown_names
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tell):
    """Opens an incident and has the mails sent; gives the requester's."""

    def write(title="VPN drops", *, requester=None, description="Since Monday."):
        requester = requester or make_user("박요청", roman_name="Park Yo-cheong")
        open_incident(title, by=requester, description=description)
        tell()
        return next(m for m in mail.outbox if m.to == [requester.email])

    return write


def html_of(message: EmailMultiAlternatives) -> str:
    ((content, kind),) = message.alternatives
    assert kind == "text/html"
    return str(content)


def test_a_mail_has_text_and_html_in_the_recipients_language(written):
    korean = written(requester=make_user("박요청", language="ko"))
    assert "박요청님, 요청이 접수되었습니다." in korean.body
    assert '<html lang="ko">' in html_of(korean)
    mail.outbox.clear()
    english = written(requester=make_user("박요청", language="en", roman_name="Park Yo-cheong"))
    assert "Park Yo-cheong, we have received your request." in english.body
    assert '<html lang="en">' in html_of(english)


def test_without_a_choice_the_installations_language_is_used(written, settings):
    settings.LANGUAGE_CODE = "ko"
    assert "접수 번호는" in written().body


def test_links_come_from_the_setting_and_lead_where_the_reader_may_go(tell, settings):
    settings.PUBLIC_URL = "https://desk.example.org"
    requester, agent = make_user(), make_agent(team=make_team())
    ticket = open_incident(by=requester)
    actions.assign(ticket, by=make_agent(), assignee=agent)
    tell()
    to_requester, to_agent = (
        next(m for m in mail.outbox if m.to == [user.email]) for user in (requester, agent)
    )
    assert f"https://desk.example.org/portal/my/{ticket.number}/" in to_requester.body
    assert f"https://desk.example.org/inc/{ticket.number}/" in to_agent.body


def test_mails_of_one_record_are_one_thread(tell, settings):
    settings.PUBLIC_URL = "https://desk.example.org"
    requester, agent = make_user(), make_agent(team=make_team())
    ticket = open_incident(by=requester)
    actions.comment(ticket, "One", by=agent)
    actions.comment(ticket, "Two", by=agent)
    tell()
    first, second, third = (m for m in mail.outbox if m.to == [requester.email])
    root = f"<{ticket.number}@desk.example.org>"
    ids = [m.extra_headers["Message-ID"] for m in (first, second, third)]
    assert len(set(ids)) == 3
    event = ticket.events.get(verb="opened")
    assert ids[0] == f"<{ticket.number}.{event.pk}@desk.example.org>"
    assert first.extra_headers["In-Reply-To"] == root
    assert third.extra_headers["In-Reply-To"] == ids[1]
    assert third.extra_headers["References"] == f"{root} {ids[1]}"
    assert len({m.subject for m in (first, second, third)}) == 1


def test_every_mail_says_that_a_machine_wrote_it(written):
    headers = written().extra_headers
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["X-Maru-Record"].startswith("INC-")
    assert headers["X-Maru-Loop"]


@pytest.mark.parametrize(
    "title",
    [
        "Hi\r\nBcc: everybody@example.org",
        "Hi\nX-Evil: 1",
        "Hi\u2028there\x00\x85now",
        "가" * 240,
    ],
)
def test_a_title_cant_add_a_header(written, title):
    message = written(title)
    raw = message.message()
    assert message.subject == one_line(message.subject)
    assert raw["Bcc"] is None
    assert raw["X-Evil"] is None
    assert len(message.subject) <= 200


def test_what_people_write_is_text_in_html_too(written):
    message = written(description='<script>alert(1)</script><img src=x onerror="y">')
    assert "<script>" not in html_of(message)
    assert "&lt;script&gt;" in html_of(message)
    assert "<script>alert(1)</script>" in message.body


def test_placeholders_in_what_people_write_stay_as_they_are(written):
    message = written("{requester} {link}", description="{actor} {{ settings.SECRET_KEY }} {0}")
    assert "{requester} {link}" in message.subject
    assert "{actor} {{ settings.SECRET_KEY }} {0}" in message.body


def test_a_template_is_filled_once_and_nothing_is_evaluated():
    values = {"title": "{number}", "number": "INC-1"}
    template = "{title} {number.__class__} {unknown} {{number}} {% now 'Y' %}"
    assert fill(template, values) == ("{number} {number.__class__} {unknown} {INC-1} {% now 'Y' %}")


def test_every_notice_has_words_in_both_languages_with_known_names_only():
    assert set(WORDS) == {(what, side) for side, known in DEFAULTS.items() for what in known}
    for words in WORDS.values():
        for text in (words.subject_ko, words.subject_en, words.body_ko, words.body_en):
            assert text
            assert unknown_names(text) == []


MINE = Words(
    "[{number}] 접수", "[{number}] received", "{requester}님, 안녕하세요.", "Dear {requester}"
)


def test_an_administrators_words_are_used_and_can_be_taken_back(written):
    admin = make_agent(role="administrator")
    notices.save_template(What.RECEIVED, Audience.REQUESTER, MINE, by=admin)
    message = written(requester=make_user("박요청", language="ko"))
    assert message.subject.endswith("접수")
    assert "박요청님, 안녕하세요." in message.body
    (changed,) = [row for row in queries.templates() if row["changed"]]
    assert (changed["what"], changed["words"]) == (What.RECEIVED, MINE)
    notices.reset_template(What.RECEIVED, Audience.REQUESTER, by=admin)
    assert words_for(What.RECEIVED, Audience.REQUESTER) == WORDS[What.RECEIVED, Audience.REQUESTER]


def test_words_with_unknown_names_or_none_at_all_are_refused():
    admin = make_agent(role="administrator")
    wrong = Words("", "{subject}", "{requester.password}", "Hello {reqester}")
    with pytest.raises(ActionError) as refused:
        notices.save_template(What.RECEIVED, Audience.REQUESTER, wrong, by=admin)
    assert set(refused.value.errors) == {"subject_ko", "subject_en", "body_en"}
    assert not Template.objects.exists()


def test_only_administrators_change_words():
    with pytest.raises(NotAllowed):
        notices.save_template(What.RECEIVED, Audience.REQUESTER, MINE, by=make_agent())


def test_a_preview_names_what_will_stand_there():
    subject, body = notices.preview(MINE, "en")
    assert subject == f"[‹{PLACEHOLDERS['number']}›] received"
    assert body == f"Dear ‹{PLACEHOLDERS['requester']}›"


class Broken(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        raise OSError("connection refused")


@pytest.fixture
def broken(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"


def test_a_mail_that_fails_is_tried_again_and_the_page_knows(broken, settings, tell):
    requester, agent = make_user(), make_agent(team=make_team())
    ticket = open_incident(by=requester)
    said = actions.comment(ticket, "Hello", by=agent)
    assert queries.delivery_states([said.pk])[said.pk].state == DeliveryState.QUEUED
    tell()
    delivery = Delivery.objects.get(comment=said)
    assert (delivery.state, delivery.reason) == (
        DeliveryState.QUEUED,
        "OSError: connection refused",
    )
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutboxMessage.objects.update(due_at=delivery.created_at)
    tell()
    sending = queries.delivery_states([said.pk])[said.pk]
    assert (sending.state, sending.sent) == (DeliveryState.SENT, 1)
    delivery.refresh_from_db()
    assert delivery.sent_at
    assert delivery.message_id


def test_a_mail_given_up_is_shown_and_can_be_sent_again_by_who_works_on_it(
    broken, settings, tell, client
):
    requester, agent = make_user(), make_agent(team=make_team())
    said = actions.comment(open_incident(by=requester), "Hello", by=agent)
    tell()
    for _ in range(25):
        OutboxMessage.objects.filter(state="waiting").update(due_at="2020-01-01T00:00Z")
        outbox.dispatch_due()
    sending = queries.delivery_states([said.pk])[said.pk]
    assert sending.state == DeliveryState.FAILED
    assert sending.reason == "OSError: connection refused"
    (pk,) = sending.failed
    assert Delivery.objects.get(pk=pk) in queries.failed_deliveries()
    assert outbox.set_aside().filter(topic="mail").count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.force_login(requester)
    assert client.post(f"/inbox/deliveries/{pk}/retry/").status_code == 403
    client.force_login(agent)
    assert client.post(f"/inbox/deliveries/{pk}/retry/").status_code == 302
    tell()
    assert queries.delivery_states([said.pk])[said.pk].state == DeliveryState.SENT


def test_states_of_many_comments_take_one_query(tell, django_assert_num_queries):
    agent = make_agent(team=make_team())
    ticket = open_incident()
    said = [actions.comment(ticket, "Hello", by=agent).pk for _ in range(5)]
    with django_assert_num_queries(1):
        assert len(queries.delivery_states(said)) == 5
    tell()
    with django_assert_num_queries(1):
        states = queries.delivery_states(said)
    assert {sending.state for sending in states.values()} == {DeliveryState.SENT}


def test_a_mail_that_was_taken_when_the_database_went_away_is_not_sent_again(tell):
    requester = make_user()
    open_incident(by=requester)
    tell()
    # As if the transaction that noted it had been lost.
    Delivery.objects.update(state=DeliveryState.QUEUED, sent_at=None)
    OutboxMessage.objects.filter(topic="mail").update(
        state="waiting", done_at=None, due_at="2020-01-01T00:00Z"
    )
    tell()
    assert len(mail.outbox) == 1
    assert Delivery.objects.get().state == DeliveryState.SENT
