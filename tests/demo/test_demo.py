"""The demo organisation obeys the rules that the actions obey, and is the same for a seed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q

from accounts.models import Department, RoleGrant, Team, User
from catalog.definition import parse
from catalog.models import Offering
from catalog.queries.references import all_problems
from cmdb.models import ConfigurationItem, Relation, Service
from core.states import Phase
from demo.build import build
from demo.organisation import SIGN_INS
from incidents import actions as major_actions
from incidents.models import MajorIncident
from incidents.queries import timeline
from incidents.queries.portal import outages
from incidents.states import MACHINE
from notifications.models import Notice
from tests.factories import make_user
from tickets import actions, history, kinds
from tickets.enums import LinkType, Verb
from tickets.history import Happening, Past, Said
from tickets.models import ApprovalPolicy, Attachment, Event, Link, Seen, Task, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # a Monday, 14:30 in Seoul
COMPARED = (
    "status", "phase", "team", "assignee", "impact", "urgency", "priority", "pending_reason",
    "responded_at", "resolved_at", "closed_at", "replied_at", "requester_waits", "reopen_count",
    "reassign_count", "version", "field_versions", "updated_at",
)  # fmt: skip


def made(count: int = 700, now: datetime = NOW, seed: int = 7) -> None:
    build(seed=seed, now=now, count=count, password="not a secret", say=lambda _text: None)


def past_of(ticket: Ticket, events: list[Event]) -> Past:
    happened = [
        Happening(
            event.at, event.actor_id, Verb(event.verb), event.changes, event.data,
            Said(
                event.comment.author_id, "", event.comment.visibility == "public",
                event.comment.by_requester, not event.comment.by_requester,
            ) if event.comment else None,
        )
        for event in events
    ]  # fmt: skip
    names = ("impact", "urgency", "priority", "team", "service", "category")
    return Past(ticket.kind, {name: events[0].data[name] for name in names}, happened)


def test_every_row_is_what_its_events_add_up_to():
    made()
    names = {(kind.key, move.name, source, move.target) for kind in kinds.all_kinds()
             for move in kind.machine.transitions for source in move.sources}  # fmt: skip
    tickets = Ticket.objects.prefetch_related("events__comment").order_by("pk")
    assert tickets.count() > 650
    for ticket in tickets:
        events = sorted(ticket.events.all(), key=lambda event: event.pk)
        assert all(a.at <= b.at for a, b in pairwise(events)), ticket.number
        assert events[0].at == ticket.opened_at
        assert events[-1].at < NOW
        row, _detail = history.replay(past_of(ticket, events))
        for name in COMPARED:
            ours = getattr(ticket, ticket._meta.get_field(name).attname)
            assert row.get(name) == ours, (ticket.number, name)
        assert ticket.phase == ticket.kind_info.machine.phase(ticket.status)
        for event in events:
            if event.verb == Verb.TRANSITIONED:
                old, new = event.changes["status"]
                told = (ticket.kind, event.data["name"], old, new)
                assert told in names, (ticket.number, event.data)


def test_numbers_follow_the_clock_and_nothing_lies_in_the_future():
    made()
    for kind, days in (("incident", 360), ("request", 150)):
        records = Ticket.objects.filter(kind=kind).order_by("serial")
        opened = list(records.values_list("opened_at", flat=True))
        assert opened == sorted(opened)
        assert opened[0] < NOW - timedelta(days=days)
    assert not Event.objects.filter(at__gte=NOW).exists()
    odd = Ticket.objects.filter(resolved_at__lt=F("opened_at"))
    assert not odd.exists()
    resolved = Ticket.objects.filter(phase=Phase.RESOLVED)
    assert resolved.exists()
    assert not resolved.filter(auto_close_at=None).exists()
    assert not resolved.filter(auto_close_at__lt=NOW).exists()
    assert not Ticket.objects.exclude(phase=Phase.RESOLVED).exclude(auto_close_at=None).exists()


def test_every_page_has_something_to_show():
    made()
    incidents = Ticket.objects.filter(kind="incident").order_by()
    states = dict(incidents.values_list("status").annotate(n=Count("id")))
    assert set(states) == {state.key for state in MACHINE.states}
    assert User.objects.filter(department__manager=None).count() == 0
    assert Department.objects.exclude(parent=None).exists()
    assert 8 <= Team.objects.count() <= 10
    assert Service.objects.count() >= 15
    assert ConfigurationItem.objects.count() >= 25
    assert Relation.objects.exists()
    assert Link.objects.filter(type=LinkType.PARENT_OF).count() == 38 + 9
    assert Ticket.objects.filter(restricted=True).exists()
    assert Task.objects.exists()
    assert Attachment.objects.exists()
    agent, user = (User.objects.get(email=f"{key}@maru.example") for key in ("agent", "user"))
    assert Notice.objects.filter(user=agent, read_at=None).exists()
    assert Notice.objects.filter(user=user, read_at=None).exists()
    assert Seen.objects.filter(user=agent).exists()
    mine = Ticket.objects.filter(requester=user).values_list("status", flat=True)
    assert {"new", "pending", "in_progress", "resolved"} <= set(mine)
    assert {"assigned", "in_progress", "pending"} <= set(
        Ticket.objects.filter(assignee=agent).values_list("status", flat=True)
    )
    held = set(RoleGrant.objects.values_list("role", flat=True))
    assert {"administrator", "team_lead", "agent", "manager", "auditor", "service_owner"} <= held


def test_the_catalog_has_services_and_offerings_that_can_be_asked_for():
    made()
    assert Service.objects.filter(status="live").count() >= 25
    assert not Service.objects.filter(Q(description_ko="") | Q(description_en="")).exists()
    offerings = Offering.objects.filter(is_active=True).exclude(live=None)
    assert offerings.count() >= 40
    for offering in offerings.select_related("live", "service"):
        assert not all_problems(offering.live.data, offering), offering.slug
        fields = parse(offering.live.data).fields
        assert fields, offering.slug
        assert all(field.label.ko and field.label.en for field in fields), offering.slug
    assert ApprovalPolicy.objects.count() >= 5


def test_one_major_incident_goes_on_and_one_was_reviewed():
    made()
    lead = User.objects.get(email="lead@maru.example")
    live = MajorIncident.objects.get(state="declared")
    assert live.next_update_at is not None
    assert live.next_update_at > NOW
    assert live.commander == lead
    assert live.ticket.is_open
    assert live.ticket.tasks.exists()
    assert live.updates.count() == 3
    assert live.entries.count() == 4
    past = MajorIncident.objects.get(state="reviewed")
    assert past.ticket.status == "closed"
    assert past.review.actions.count() == 3
    assert all(action.task and action.task.ended_at for action in past.review.actions.all())
    for major in (live, past):
        told = [line.title for line in timeline.story(major.ticket, major)]
        assert told[0] == "Detected by monitoring"
        assert [title for title in told if title.startswith("Declared")]
        assert [title for title in told if "reports attached" in title]
    shown = outages(User.objects.get(email="user@maru.example"))
    assert [outage.number for outage in shown] == [live.ticket.number]
    major_actions.log(live.ticket, "It goes on.", by=lead)
    major_actions.stand_down(live.ticket, by=lead)


def test_the_work_goes_on_through_the_actions():
    made()
    agent = User.objects.get(email="agent@maru.example")
    ticket = Ticket.objects.filter(assignee=agent, status="in_progress").first()
    actions.comment(ticket, "Noch einmal.", by=agent)
    waiting = Ticket.objects.filter(requester__email="user@maru.example", status="pending").get()
    actions.comment(waiting, "It is the grey one.", by=waiting.requester)
    assert Ticket.objects.get(pk=waiting.pk).status == "in_progress"


def test_the_same_seed_and_instant_tell_the_same_year():
    def picture() -> list[tuple[object, ...]]:
        return list(
            Ticket.objects.order_by("serial").values_list(
                "title", "opened_at", "status", "requester__email", "assignee__email", "version"
            )
        )

    point = transaction.savepoint()
    made(count=150)
    first = picture()
    transaction.savepoint_rollback(point)
    made(count=150)
    assert picture() == first


@pytest.mark.parametrize("hour", [3, 21])
def test_a_quiet_hour_still_has_fresh_work(hour):
    made(count=120, now=datetime(2026, 11, 22, hour, tzinfo=UTC))  # a Sunday
    recent = Ticket.objects.open().order_by("-opened_at").first()
    assert recent.opened_at > datetime(2026, 11, 22, hour, tzinfo=UTC) - timedelta(hours=1)


def test_the_command_prints_the_sign_ins_and_refuses_a_database_in_use(capsys):
    make_user()
    with pytest.raises(CommandError, match="in use"):
        call_command("demo")
    call_command("demo", force=True, incidents=80, password="shown once")
    out = capsys.readouterr().out
    for key, *_rest in SIGN_INS:
        assert f"{key}@maru.example" in out
    assert "shown once" in out
    assert User.objects.get(email="agent@maru.example").check_password("shown once")
    with pytest.raises(CommandError, match="already"):
        call_command("demo", force=True)
