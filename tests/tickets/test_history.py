"""Records written with their past obey the rules that the actions obey."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from tests.factories import (
    make_agent,
    make_item,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import actions, history
from tickets.enums import Verb
from tickets.history import Happening, Past, Said
from tickets.models import Comment, Event, ExternalReference, Ticket

pytestmark = pytest.mark.django_db
START = datetime(2024, 3, 4, 9, tzinfo=UTC)
COMPARED = (
    "status", "phase", "team", "assignee", "impact", "urgency", "priority", "pending_reason",
    "responded_at", "resolved_at", "closed_at", "replied_at", "requester_waits", "reopen_count",
    "reassign_count", "version", "field_versions", "updated_at",
)  # fmt: skip


def later(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def past_of(ticket: Ticket) -> Past:
    """The past that a record's events and comments tell."""
    happened = []
    for event in ticket.events.order_by("id"):
        said = event.comment and Said(
            event.comment.author_id,
            event.comment.body,
            public=event.comment.visibility == "public",
            by_requester=event.comment.by_requester,
            by_desk=not event.comment.by_requester,
        )
        happened.append(
            Happening(
                (said and event.comment.created_at) or event.at,
                event.actor_id,
                Verb(event.verb),
                event.changes,
                event.data,
                said or None,
            )
        )
    facts = ticket.events.first().data
    names = ("impact", "urgency", "priority", "team", "service", "category")
    return Past(ticket.kind, {name: facts[name] for name in names}, happened)


def test_replaying_what_the_actions_wrote_gives_the_row():
    team, other = make_team(), make_team()
    agent, second = make_agent(team=team), make_agent(team=other)
    requester = make_user()
    ticket = open_incident(by=requester, impact=2, urgency=2)
    actions.assign(ticket, by=agent, assignee=agent)
    actions.transition(ticket, "start", by=agent)
    actions.comment(ticket, "We look at it.", by=agent)
    actions.edit(ticket, {"urgency": 1}, by=agent)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    actions.comment(ticket, "Here you are.", by=requester)
    actions.assign(ticket, by=agent, team=other, assignee=second, reason="Network.")
    actions.transition(ticket, "resolve", by=second, **resolution())
    actions.comment(ticket, "Not yet.", by=requester)
    actions.comment(ticket, "Only for us.", by=second, visibility="internal")
    actions.transition(ticket, "resolve", by=second, **resolution(resolution="Again."))
    actions.transition(ticket, "close", by=requester)
    ticket = Ticket.objects.get(pk=ticket.pk)
    row, detail = history.replay(past_of(ticket))
    instants = {"responded_at", "resolved_at", "closed_at", "replied_at", "updated_at"}
    for name in COMPARED:
        ours = getattr(ticket, ticket._meta.get_field(name).attname)
        if name in instants:
            assert abs(ours - row[name]) < timedelta(seconds=1), name
        else:
            assert row.get(name) == ours, name
    assert detail["resolution"] == ticket.incident.resolution == "Again."


def simple(**more) -> Past:
    user = make_user()
    start = {"title": "VPN", "requester": user.pk, "opened_by": user.pk, "team": make_team().pk}
    happened = [
        Happening(later(0), user.pk, Verb.OPENED),
        Happening(later(1), None, Verb.TRANSITIONED, {"status": ["new", "resolved"]}),
    ]
    return Past("incident", {**start, **more.pop("start", {})}, happened, **more)


def test_rows_events_comments_and_outside_names_are_written_as_told():
    item, watcher = make_item(), make_user()
    past = simple(
        start={"title": 'tab\t "quote" \\ back\nslash', "tags": ["vpn", 'a"b', "c,d"]},
        references=[("old", "record", "X-1")],
        items=[item.pk],
        watchers=[(watcher.pk, later(0))],
        detail={"resolution": "한글 조치"},
    )
    said = Said(watcher.pk, "line one\nline two\ttab \\N", public=False)
    past.happened.append(Happening(later(2), watcher.pk, Verb.COMMENTED, said=said))
    (place,) = history.write([past], request_id="run-1")
    ticket = Ticket.objects.get(pk=place.pk)
    assert (ticket.number, ticket.number) == (place.number, f"INC-{ticket.serial}")
    assert ticket.title == 'tab\t "quote" \\ back\nslash'
    assert ticket.tags == ["vpn", 'a"b', "c,d"]
    assert (ticket.resolved_at, ticket.updated_at) == (later(1), later(2))
    assert ticket.incident.resolution == "한글 조치"
    assert Comment.objects.get().body == "line one\nline two\ttab \\N"
    assert Event.objects.filter(comment__isnull=False).get().request_id == "run-1"
    assert ticket.ticket_items.get().item == item
    assert ticket.watches.get().user == watcher
    assert ExternalReference.objects.get().ticket == ticket


def test_what_is_written_can_be_worked_on():
    agent = make_agent(team=make_team())
    (place,) = history.write([simple()])
    ticket = actions.transition(Ticket.objects.get(pk=place.pk), "reopen", by=agent)
    assert (ticket.status, ticket.reopen_count) == ("in_progress", 1)
    fresh = open_incident()
    assert fresh.pk > place.pk
    assert fresh.serial > place.serial


def test_a_place_kept_free_is_used():
    (place,) = history.reserve("incident", 1)
    assert history.write([simple(place=place)]) == [place]


def test_an_impossible_past_is_refused_as_a_whole():
    good, bad = simple(), simple()
    bad.happened[1].changes = {"status": ["new", "lost"]}
    with pytest.raises(ValueError, match="no state 'lost'"):
        history.write([good, bad])
    assert not Ticket.objects.exists()
    with pytest.raises(ValueError, match="begins with the opening"):
        history.write([Past("incident", {}, [])])


def test_an_outside_number_belongs_to_one_record():
    own = [("old", "record", "X-1")]
    history.write([simple(references=own)])
    with pytest.raises(IntegrityError):
        history.write([simple(references=own)])
