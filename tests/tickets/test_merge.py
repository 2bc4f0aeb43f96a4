"""Merging records, and undoing it: what moves, who may, what is refused, what comes back."""

from datetime import timedelta
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

import core.events
from accounts.enums import Role
from core.errors import ActionError, NotAllowed, NotFound
from core.events import Subscription
from tests.factories import (
    make_agent,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tickets import access, actions, events, history
from tickets.actions.attach import Upload
from tickets.enums import LinkType, Verb
from tickets.models import Attachment, Comment, Event, Link, Ticket, Watch
from tickets.queries import merged_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def agent(team):
    return make_agent(team=team)


def upload(name="log.txt"):
    file = SimpleUploadedFile(name, b"hello")
    return Upload.of(file)


def talked_about(agent, requester=None):
    """A record with a reply, a note, files of both kinds and a watcher."""
    ticket = open_incident(by=requester or make_user())
    actions.comment(ticket, "Me too.", by=ticket.requester, files=[upload()])
    actions.comment(ticket, "We look.", by=agent)
    actions.comment(ticket, "Third one.", by=agent, visibility="internal")
    actions.attach(ticket, upload("shot.txt"), by=ticket.requester)
    actions.watch(ticket, make_user(), by=agent)
    return fresh(ticket)


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


COUNTED = ("version", "updated_at", "field_versions")


def everything(ticket):
    """All that hangs on a record, as the database has it."""
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    for name in COUNTED:
        row.pop(name)
    rows = {
        model: sorted(model.objects.filter(ticket=ticket).values_list())
        for model in (Comment, Attachment, Watch)
    }
    links = sorted(Link.objects.filter(source=ticket).values_list("type", "target_id"))
    kind = ticket.kind_info
    own = kind.detail_model.objects.values(*kind.detail_names).get(pk=ticket.pk)
    return row, own, rows, links


def test_comments_files_and_watchers_move_and_the_source_closes_as_a_duplicate(agent):
    source, target = talked_about(agent), open_incident()
    watchers = {source.requester_id, *source.watches.values_list("user_id", flat=True)}
    merged = actions.merge(source, target, by=agent)
    assert (merged.status, merged.phase) == ("cancelled", "closed")
    assert merged.closed_at is not None
    assert [c.body for c in target.comments.order_by("id")] == ["Me too.", "We look.", "Third one."]
    assert target.attachments.count() == 2
    assert set(target.watches.values_list("user_id", flat=True)) == watchers
    assert not source.comments.exists()
    assert not source.attachments.exists()
    assert not source.watches.exists()
    link = Link.objects.get(source=source)
    assert (link.type, link.target) == (LinkType.DUPLICATE_OF, target)
    assert merged_into(merged) == target


def test_merging_is_one_event_on_each_record_and_moves_no_event(agent):
    source, target = talked_about(agent), open_incident()
    before = {t.pk: t.events.count() for t in (source, target)}
    actions.merge(source, target, by=agent)
    for ticket, role in ((source, "source"), (target, "target")):
        assert ticket.events.count() == before[ticket.pk] + 1
        event = ticket.events.last()
        assert (event.verb, event.data["role"], event.actor) == (Verb.MERGED, role, agent)
    assert source.events.last().changes["status"] == ["new", "cancelled"]
    assert target.events.last().data["comments"] == 3


STATES = {
    "new": lambda ticket, agent: None,
    "assigned": lambda ticket, agent: actions.assign(ticket, by=agent, assignee=agent),
    "in_progress": lambda ticket, agent: actions.transition(ticket, "start", by=agent),
    "pending": lambda ticket, agent: actions.transition(
        ticket,
        "pend",
        by=agent,
        pending_reason=waiting_for_requester(),
        resume_at=timezone.now() + timedelta(days=1),
    ),
    "resolved": lambda ticket, agent: actions.transition(
        ticket, "resolve", by=agent, **resolution()
    ),
}


@pytest.mark.parametrize("status", STATES)
def test_undoing_brings_every_row_back_as_it_was(agent, status):
    source, target = talked_about(agent), talked_about(agent)
    shared = make_user()
    for ticket in (source, target):
        actions.watch(ticket, shared, by=agent)
    STATES[status](source, agent)
    source = fresh(source)
    assert source.status == status
    before = everything(source), everything(target)
    actions.merge(source, target, by=agent)
    assert (everything(source), everything(target)) != before
    actions.unmerge(fresh(source), by=agent)
    assert (everything(source), everything(target)) == before
    assert merged_into(fresh(source)) is None


def test_a_record_can_be_merged_undone_and_merged_again_elsewhere(agent):
    source, first, second = talked_about(agent), open_incident(), open_incident()
    actions.merge(source, first, by=agent)
    actions.unmerge(fresh(source), by=agent)
    actions.merge(fresh(source), second, by=agent)
    assert merged_into(fresh(source)) == second
    with pytest.raises(ActionError) as refused:
        actions.unmerge(fresh(first), by=agent)
    assert refused.value.code == "not_merged"
    actions.unmerge(fresh(source), by=agent)
    assert source.comments.count() == 3


def test_what_came_after_the_merge_stays_on_the_target(agent):
    source, target = talked_about(agent), open_incident()
    actions.merge(source, target, by=agent)
    actions.comment(target, "Solved for all.", by=agent)
    actions.transition(target, "resolve", by=agent, **resolution())
    actions.transition(target, "close", by=agent)
    actions.unmerge(fresh(source), by=agent)
    assert [c.body for c in target.comments.all()] == ["Solved for all."]
    assert fresh(target).status == "closed"
    assert fresh(source).status == "new"


def test_a_watcher_who_left_the_target_meanwhile_does_not_come_back(agent):
    source, target = talked_about(agent), open_incident()
    leaver = source.watches.get().user
    actions.merge(source, target, by=agent)
    actions.unwatch(target, leaver, by=leaver)
    actions.unmerge(fresh(source), by=agent)
    assert not Watch.objects.filter(user=leaver).exists()


def test_the_requester_keeps_seeing_it(agent):
    source, target = talked_about(agent), open_incident()
    requester = source.requester
    with pytest.raises(NotFound):
        access.get(requester, target.number)
    actions.merge(source, target, by=agent)
    assert access.goes_on_in(requester, fresh(source)) == target
    bodies = [
        said.body for said in access.comments(requester, access.get(requester, target.number))
    ]
    assert bodies == ["Me too.", "We look."]
    actions.unmerge(fresh(source), by=agent)
    with pytest.raises(NotFound):
        access.get(requester, target.number)


def test_a_restricted_target_lets_nobody_in(agent, team):
    source, target = talked_about(agent), open_incident()
    actions.restrict(target, True, by=agent)
    named = set(target.watches.values_list("user_id", flat=True))
    plan = actions.plan_merge(source, fresh(target), by=agent)
    assert (plan.newcomers, plan.target_restricted) == ((), True)
    watchers = source.watches.count()
    actions.merge(source, target, by=agent)
    assert set(target.watches.values_list("user_id", flat=True)) == named
    assert source.watches.count() == watchers
    assert access.goes_on_in(source.requester, fresh(source)) is None
    with pytest.raises(NotFound):
        access.get(source.requester, target.number)


def test_the_plan_says_what_merging_then_does(agent):
    source, target = talked_about(agent), open_incident()
    plan = actions.plan_merge(source, target, by=agent)
    actions.merge(source, target, by=agent)
    assert plan.comments == target.comments.count()
    assert plan.attachments == target.attachments.count()
    assert {p.pk for p in plan.newcomers} == set(target.watches.values_list("user_id", flat=True))


def code(source, target, by):
    before = Event.objects.count()
    with pytest.raises(ActionError) as refused:
        actions.merge(source, target, by=by)
    assert Event.objects.count() == before
    return refused.value.code


def test_what_cannot_be_merged_is_refused_with_its_reason(agent):
    source, target = open_incident(), open_incident()
    assert code(source, source, agent) == "itself"
    closed = open_incident()
    actions.transition(closed, "cancel", by=agent, reason="Asked twice.")
    assert code(fresh(closed), target, agent) == "closed"
    assert code(source, fresh(closed), agent) == "target_closed"
    secret = open_incident()
    actions.restrict(secret, True, by=agent)
    assert code(fresh(secret), target, agent) == "restricted"
    busy = open_incident()
    actions.add_task(busy, "Order a disk", by=agent)
    assert code(busy, target, agent) == "open_work"


def test_chains_are_refused_and_the_end_is_named(agent):
    first, second, third, fourth = (open_incident() for _n in range(4))
    actions.merge(second, third, by=agent)
    with pytest.raises(ActionError, match=third.number):
        actions.merge(first, fresh(second), by=agent)
    assert code(fresh(second), first, agent) == "merged"
    actions.merge(fresh(third), fourth, by=agent)
    assert merged_into(fresh(second)) == fourth
    with pytest.raises(ActionError) as refused:
        actions.unmerge(fresh(second), by=agent)
    assert refused.value.code == "target_merged"
    actions.unmerge(fresh(third), by=agent)
    actions.unmerge(fresh(second), by=agent)
    assert fresh(second).status == fresh(third).status == "new"


@pytest.mark.parametrize("deep", [1, 2])
def test_parents_and_children_are_not_merged_into_each_other(agent, deep):
    top, low = open_incident(), open_incident()
    middle = open_incident() if deep == 2 else top
    if deep == 2:
        actions.link(top, LinkType.PARENT_OF, middle, by=agent)
    actions.link(middle, LinkType.PARENT_OF, low, by=agent)
    assert code(top, low, agent) == code(low, top, agent) == "family"


def test_it_needs_the_right_to_work_on_both(team):
    mine, other = make_team(), make_team()
    inside = make_agent(team=mine, scope="teams")
    source = open_incident()
    target = open_incident()
    Ticket.objects.filter(pk=source.pk).update(team=mine)
    Ticket.objects.filter(pk=target.pk).update(team=other)
    source, target = fresh(source), fresh(target)
    for one, two in ((source, target), (target, source)):
        with pytest.raises(NotFound):
            actions.merge(one, two, by=inside)
    for somebody, refusal in (
        (make_user(), NotFound),
        (source.requester, NotAllowed),
        (make_agent(role=Role.AUDITOR), NotAllowed),
        (make_agent(role=Role.MANAGER), NotAllowed),
    ):
        with pytest.raises(refusal):
            actions.merge(source, target, by=somebody)
        with pytest.raises(refusal):
            actions.plan_merge(source, target, by=somebody)
    both = make_agent(team=mine)
    actions.merge(source, target, by=both)
    for somebody, refusal in ((make_user(), NotFound), (source.requester, NotAllowed)):
        with pytest.raises(refusal):
            actions.unmerge(fresh(source), by=somebody)
    with pytest.raises(NotFound):
        actions.unmerge(fresh(source), by=inside)


def test_nobody_follows_up_a_merged_record_where_it_no_longer_goes_on(agent):
    source, target = talked_about(agent), open_incident()
    actions.merge(source, target, by=agent)
    with pytest.raises(ActionError, match=target.number) as refused:
        actions.comment(fresh(source), "And now?", by=source.requester)
    assert refused.value.code == "merged"


def test_others_hear_of_it(agent, monkeypatch):
    heard = []
    for event in (events.Merged, events.Unmerged):
        listening = [Subscription(event, heard.append, on_commit=False)]
        monkeypatch.setitem(core.events._subscriptions, event, listening)
    source, target = open_incident(), open_incident()
    actions.merge(source, target, by=agent)
    actions.unmerge(fresh(source), by=agent)
    assert [(type(e), e.target_id, e.actor_id) for e in heard if e.ticket_id == source.pk] == [
        (events.Merged, target.pk, agent.pk),
        (events.Unmerged, target.pk, agent.pk),
    ]


def test_replaying_the_events_gives_the_row_after_merging_and_after_undoing(agent):
    from tests.tickets.test_history import past_of

    source, target = talked_about(agent), open_incident()
    STATES["resolved"](source, agent)
    for step in (
        lambda: actions.merge(fresh(source), target, by=agent),
        lambda: actions.unmerge(fresh(source), by=agent),
    ):
        step()
        now = fresh(source)
        row, _detail = history.replay(past_of(now))
        for name in ("status", "phase", "reopen_count", "requester_waits", "version"):
            assert row[name] == getattr(now, name), name
        for name in ("resolved_at", "closed_at"):
            ours, theirs = getattr(now, name), row.get(name)
            assert (ours is None) == (theirs is None), name
            assert ours is None or abs(ours - theirs) < timedelta(seconds=1), name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("crosswise", [True, False])
def test_of_two_merges_at_once_one_is_refused(crosswise):
    team = make_team()
    agent = make_agent(team=team)
    one, two, three = (open_incident() for _n in range(3))
    pairs = [(one, two), (two, one)] if crosswise else [(one, two), (one, three)]
    outcomes = []

    def run(source, target):
        try:
            actions.merge(fresh(source), fresh(target), by=agent)
            outcomes.append("merged")
        except ActionError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    refusal = "target_merged" if crosswise else "merged"
    assert sorted(outcomes) == sorted(["merged", refusal])
    assert Event.objects.filter(verb=Verb.MERGED).count() == 2
