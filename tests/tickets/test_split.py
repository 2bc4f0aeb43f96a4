"""Splitting a comment off into a record of its own, and taking that back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from core.errors import ActionError, NotAllowed, NotFound
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType, Verb
from tickets.models import Event, Link, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def agent(team):
    return make_agent(team=team)


@pytest.fixture
def ticket(team):
    return open_incident(by=make_user(), service=make_service(team=team))


def test_a_comment_becomes_a_linked_record_with_its_files(agent, ticket):
    file = Upload.of(SimpleUploadedFile("shot.txt", b"hello"))
    said = actions.comment(ticket, "The printer too.", by=ticket.requester, files=[file])
    new = actions.split(said, by=agent, title="Printer")
    assert (new.kind, new.title, new.description) == (ticket.kind, "Printer", "The printer too.")
    assert (new.requester, new.service, new.team) == (
        ticket.requester,
        ticket.service,
        ticket.team,
    )
    assert new.opened_by == agent
    link = Link.objects.get(source=new)
    assert (link.type, link.target) == (LinkType.RELATED, ticket)
    kept, copied = said.attachments.get(), new.attachments.get()
    assert (kept.sha256, kept.file.name) == (copied.sha256, copied.file.name)
    assert copied.comment is None
    assert list(ticket.comments.all()) == [said]
    roles = (
        Event.objects.filter(verb=Verb.SPLIT).order_by("id").values_list("data__role", flat=True)
    )
    assert list(roles) == ["new", "source"]


def test_without_a_title_it_has_the_first_records(agent, ticket):
    said = actions.comment(ticket, "One more.", by=agent)
    new = actions.split(said, by=agent)
    assert (new.title, new.requester) == (ticket.title, ticket.requester)


def test_who_asked_is_its_requester_not_the_desk(agent, ticket):
    reporter = make_user()
    ticket = open_incident(by=reporter)
    said = actions.comment(ticket, "For me.", by=reporter)
    assert actions.split(said, by=agent).requester == reporter


def test_a_restricted_record_gives_a_restricted_one(agent, ticket):
    actions.restrict(ticket, True, by=agent)
    said = actions.comment(ticket, "Secret.", by=ticket.requester)
    assert actions.split(said, by=agent).restricted


def test_notes_and_taken_back_comments_are_refused(agent, ticket):
    note = actions.comment(ticket, "Between us.", by=agent, visibility="internal")
    with pytest.raises(ActionError) as refused:
        actions.split(note, by=agent)
    assert refused.value.code == "internal"
    reply = actions.comment(ticket, "Oops.", by=agent)
    actions.retract(reply, by=agent)
    with pytest.raises(ActionError) as refused:
        actions.split(reply, by=agent)
    assert refused.value.code == "gone"


def test_only_who_works_on_the_record_splits_and_takes_back(agent, ticket):
    said = actions.comment(ticket, "One more.", by=ticket.requester)
    for somebody, refusal in (
        (make_user(), NotFound),
        (ticket.requester, NotAllowed),
        (make_agent(role=Role.AUDITOR), NotAllowed),
    ):
        with pytest.raises(refusal):
            actions.split(said, by=somebody)
    new = actions.split(said, by=agent)
    for somebody, refusal in ((make_user(), NotFound), (ticket.requester, NotAllowed)):
        with pytest.raises(refusal):
            actions.unsplit(new, by=somebody)


def test_a_split_is_taken_back_while_nobody_worked_on_it(agent, ticket):
    said = actions.comment(ticket, "One more.", by=ticket.requester)
    new = actions.split(said, by=agent)
    undone = actions.unsplit(Ticket.objects.get(pk=new.pk), by=agent)
    assert undone.status == "cancelled"
    assert not Link.objects.filter(source=new).exists()
    assert Event.objects.filter(ticket=ticket, verb=Verb.SPLIT).last().data["undone"]
    with pytest.raises(ActionError) as refused:
        actions.unsplit(undone, by=agent)
    assert refused.value.code == "not_split"


@pytest.mark.parametrize(
    "work",
    [
        lambda new, agent: actions.comment(new, "We look.", by=agent),
        lambda new, agent: actions.transition(new, "start", by=agent),
        lambda new, agent: actions.edit(new, {"urgency": 1}, by=agent),
        lambda new, agent: actions.assign(new, by=agent, assignee=agent),
        lambda new, agent: actions.add_task(new, "Call", by=agent),
    ],
)
def test_what_somebody_worked_on_is_not_taken_back(agent, ticket, work):
    said = actions.comment(ticket, "One more.", by=ticket.requester)
    new = actions.split(said, by=agent)
    work(new, agent)
    with pytest.raises(ActionError) as refused:
        actions.unsplit(Ticket.objects.get(pk=new.pk), by=agent)
    assert refused.value.code == "worked_on"


def test_a_record_that_was_never_split_off_is_refused(agent, ticket):
    with pytest.raises(ActionError) as refused:
        actions.unsplit(ticket, by=agent)
    assert refused.value.code == "not_split"
