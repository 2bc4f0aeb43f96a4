"""Replies, notes, taking back, files, watchers, restriction: rules.md sections 1, 4 and 10."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import ActionError, NotAllowed, NotFound
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import access, actions
from tickets.actions.attach import Upload, safe_name
from tickets.models import Attachment, Comment, Ticket, Watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent(team=make_team())


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def file(name="log.txt", content=b"hello"):
    return Upload(name, io.BytesIO(content), len(content))


def test_the_first_public_reply_of_the_desk_is_the_response(agent):
    ticket = open_incident()
    actions.comment(ticket, "Looks like DNS.", by=agent, visibility="internal")
    actions.comment(ticket, "Any news?", by=ticket.requester)
    assert fresh(ticket).responded_at is None
    said = actions.comment(ticket, "On it.", by=agent)
    assert fresh(ticket).responded_at == said.created_at
    actions.comment(ticket, "Fixed.", by=agent)
    assert fresh(ticket).responded_at == said.created_at


def test_who_waits_for_whom(agent):
    ticket = open_incident()
    assert ticket.requester_waits
    actions.comment(ticket, "Which printer?", by=agent)
    assert not fresh(ticket).requester_waits
    actions.comment(ticket, "The blue one.", by=ticket.requester)
    assert fresh(ticket).requester_waits


def test_a_reply_that_crossed_another_is_stopped(agent):
    ticket = open_incident()
    first = actions.comment(ticket, "One", by=ticket.requester)
    actions.comment(ticket, "Two", by=ticket.requester)
    with pytest.raises(ActionError) as refused:
        actions.comment(ticket, "Answer to one", by=agent, last_seen=first.pk)
    assert refused.value.code == "crossed"
    assert Comment.objects.filter(ticket=ticket).count() == 2


def test_a_reply_can_be_taken_back_for_ten_seconds_and_then_not(agent):
    ticket = open_incident()
    said = actions.comment(ticket, "Oops", by=agent)
    actions.retract(said, by=agent)
    assert fresh(ticket).responded_at is None
    assert not access.comments(agent, ticket).exists()
    late = actions.comment(ticket, "Sent", by=agent)
    with (
        time_machine.travel(timezone.now() + timedelta(seconds=11)),
        pytest.raises(ActionError) as no,
    ):
        actions.retract(late, by=agent)
    assert no.value.code == "sent"


def test_nobody_takes_back_what_another_person_wrote(agent):
    ticket = open_incident()
    said = actions.comment(ticket, "Mine", by=agent)
    with pytest.raises(NotAllowed):
        actions.retract(said, by=make_agent())


def test_a_requester_writes_no_internal_notes():
    ticket = open_incident()
    with pytest.raises(NotAllowed):
        actions.comment(ticket, "psst", by=ticket.requester, visibility="internal")


@pytest.mark.parametrize("body", ["", " \n ", "\x00"])
def test_an_empty_comment_is_refused(agent, body):
    with pytest.raises(ActionError) as refused:
        actions.comment(open_incident(), body, by=agent)
    assert refused.value.field == "body"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
        ("photo.png", b"<script>alert(1)</script>", "text/html"),
        ("photo.png", b"\xef\xbb\xbf  <SVG onload=alert(1)>", "text/html"),
        ("a.log", b"plain words", "text/plain"),
        ("data.bin", b"\x00\x01\x02\x03", "application/octet-stream"),
    ],
)
def test_a_files_type_is_what_its_bytes_say(agent, name, content, kind):
    kept = actions.attach(open_incident(), file(name, content), by=agent)
    assert kept.content_type == kind


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\보고서.hwp", "보고서.hwp"),
        ("\u1112\u1161\u11ab.txt", "한.txt"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("...", "file"),
    ],
)
def test_a_files_name_is_cleaned(claimed, kept):
    assert safe_name(claimed) == kept


@pytest.mark.parametrize("name", ["run.EXE", "x.js", "a.hta", "link.lnk"])
def test_programs_are_refused(agent, name):
    with pytest.raises(ActionError) as refused:
        actions.attach(open_incident(), file(name), by=agent)
    assert refused.value.code == "refused_type"


def test_a_file_over_the_limit_is_refused_and_leaves_no_comment(agent):
    ticket = open_incident()
    huge = Upload("big.zip", io.BytesIO(b"x"), 26 * 1024 * 1024)
    with pytest.raises(ActionError) as refused:
        actions.comment(ticket, "See file", by=agent, files=[huge])
    assert refused.value.code == "too_large"
    assert not Comment.objects.filter(ticket=ticket).exists()


def test_internal_files_stay_inside(agent):
    ticket = open_incident()
    kept = actions.attach(ticket, file(), by=agent, visibility="internal")
    assert access.attachment(agent, kept.pk) == kept
    with pytest.raises(NotFound):
        access.attachment(ticket.requester, kept.pk)
    with pytest.raises(NotFound):
        access.attachment(make_user(), kept.pk)


def test_files_of_a_comment_taken_back_go_with_it(agent):
    ticket = open_incident()
    said = actions.comment(ticket, "See", by=agent, files=[file()])
    kept = Attachment.objects.get(comment=said)
    actions.retract(said, by=agent)
    with pytest.raises(NotFound):
        access.attachment(ticket.requester, kept.pk)


def test_restricting_keeps_whoever_did_it_named():
    agent = make_agent()
    make_team()
    ticket = open_incident()
    actions.restrict(ticket, True, by=agent)
    assert access.get(agent, ticket.number)
    assert Watch.objects.filter(ticket=ticket, user=agent).exists()
    with pytest.raises(NotFound):
        access.get(make_agent(), ticket.number)


def test_a_follow_up_of_a_restricted_record_is_restricted(agent):
    ticket = open_incident()
    actions.restrict(ticket, True, by=agent)
    actions.transition(ticket, "cancel", by=agent, reason="Twice.")
    assert actions.follow_up(ticket, by=agent, body="Again.").restricted


def test_the_desk_does_not_reply_on_a_closed_record_but_may_note(agent):
    ticket = open_incident()
    actions.transition(ticket, "cancel", by=agent, reason="Twice.")
    with pytest.raises(ActionError) as refused:
        actions.comment(ticket, "Hello", by=agent)
    assert refused.value.code == "closed"
    assert actions.comment(ticket, "For the record.", by=agent, visibility="internal").pk
