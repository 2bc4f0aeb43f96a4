"""A report says what counting its records one by one says, and opens the records it counted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from statistics import mean, median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant
from cmdb.models import Service
from core.errors import NotAllowed
from sla.actions import publish
from sla.actions.rollup import check_figures, rebuild_figures, roll_up
from sla.models import Clock
from sla.queries.periods import Period
from sla.queries.populations import POPULATIONS
from sla.queries.report import GROUPS, Filters, Report
from tests.factories import join, make_agent, make_user, waiting_for_requester, waiting_for_supplier
from tests.sla.lives import NOW, write_lives
from tickets.models import Event, PendingReason, Ticket

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Seoul")
TODAY = NOW.astimezone(ZONE).date()


@pytest.fixture
def world():
    waiting_for_requester(), waiting_for_supplier()
    publish(by=None, reach="all")
    made = write_lives(60)
    while roll_up():
        pass
    return made


def day(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


class Counted:
    """A record as the log tells it, read anew with nothing of sla."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        events = list(Event.objects.filter(ticket=ticket).order_by("at", "id"))
        self.opened = whole(events[0].at)
        self.responded: datetime | None = None
        self.resolved: datetime | None = None
        self.off = timedelta()
        self.entered, self.left = [self.opened], []
        self.reopened = self.replies = self.moved = 0
        waits_since: datetime | None = None
        requester = list(
            {e.changes["pending_reason"][1] for e in events if "pending_reason" in e.changes}
        )
        names = dict(ticket_reasons(requester))
        status, reason = "new", None
        for event in events[1:]:
            at = whole(event.at)
            data = event.data
            if event.verb == "commented" and data["by_desk"]:
                self.responded = self.responded or at
                self.replies += self.resolved is None
            self.moved += "team" in event.changes
            if "status" not in event.changes:
                continue
            old, status = event.changes["status"]
            reason = event.changes.get("pending_reason", [None, reason])[1]
            if waits_since is not None:
                self.off += at - waits_since
                waits_since = None
            if old == "resolved" and status == "in_progress":
                assert self.resolved is not None
                self.off += at - self.resolved
                self.resolved = None
                self.reopened += 1
                self.entered.append(at)
            if status == "pending" and names.get(reason) == "requester":
                waits_since = at
            if status in ("resolved", "cancelled") and old != "resolved":
                self.left.append(at)
            if status == "resolved":
                self.resolved = at
                self.responded = self.responded or at

    @property
    def restore(self) -> float:
        assert self.resolved is not None
        return (self.resolved - self.opened - self.off).total_seconds()


def ticket_reasons(keys) -> Iterator[tuple[int, str]]:
    yield from PendingReason.objects.filter(pk__in=[k for k in keys if k]).values_list(
        "pk", "waits_for"
    )


def expected(report: Report, records: list[Counted]) -> dict[str, Any]:
    first, until = report.period.first, report.period.until
    opened = [r for r in records if first <= day(r.opened) < until]
    answered = [(r.responded - r.opened).total_seconds() for r in opened if r.responded]
    done = [r for r in records if r.resolved and first <= day(r.resolved) < until]
    backlog = sum(
        sum(day(at) < until for at in r.entered) - sum(day(at) < until for at in r.left)
        for r in records
    )
    return {
        "opened": len(opened),
        "resolved": len(done),
        "backlog": backlog,
        "mtta": mean(answered) if answered else None,
        "mttr": mean(r.restore for r in done) if done else None,
        "reopened": sum(r.reopened > 0 for r in done) / len(done) if done else None,
        "first_contact": (
            sum(r.moved == 0 and r.replies <= 1 for r in done) / len(done) if done else None
        ),
        "median": median(r.restore for r in done) if done else None,
        "p90": (
            quantiles([r.restore for r in done], n=10, method="inclusive")[8]
            if len(done) > 1
            else done[0].restore if done else None
        ),
    }  # fmt: skip


def clocks_of(report: Report, keys: set[int]) -> dict[str, Any]:
    first, until = report.period.first, report.period.until
    end = min(NOW, datetime.combine(until, time.min, ZONE))
    counts: dict[str, int] = defaultdict(int)
    for clock in Clock.objects.filter(ticket__in=keys, metric__in=report.filters.metric):
        ended = day(clock.ended_at) if clock.ended_at else None
        breach = clock.due_at if clock.state == "running" else clock.breached_at
        if ended and first <= ended < until:
            counts[clock.state] += 1
        if day(clock.started_at) < until and (ended is None or ended >= until):
            counts["open"] += 1
            counts["late"] += breach is not None and breach < end
    promised = counts["met"] + counts["missed"] + counts["late"]
    return {
        "attainment": counts["met"] / promised if promised else None,
        "open_breached": counts["late"] / counts["open"] if counts["open"] else None,
    }


def asked(reader, world, period="quarter", **chosen) -> Report:
    return Report(Period.of(period, TODAY), Filters(**chosen), reader=reader, now=NOW)


def test_a_report_is_what_counting_says(world):
    reader = make_user(role="manager")
    records = [Counted(ticket) for ticket in Ticket.objects.all()]
    team, service = world.teams[0].pk, world.services[0].pk
    choices = [
        {}, {"team": (team,)}, {"service": (service,)}, {"priority": (1, 3)},
        {"team": (team,), "priority": (2,)}, {"metric": ("resolution",)}, {"kind": "problem"},
        {"category": (world.categories[0].pk,)}, {"service": (0, service)},
    ]  # fmt: skip
    periods = [
        Period.of(name, TODAY) for name in ("week", "month", "quarter", "year")
    ] + [
        Period.of("custom", TODAY, date(2026, 8, 3), date(2026, 10, 17)),
        Period.of("custom", TODAY, date(2020, 1, 1), date(2020, 1, 2)),
    ]  # fmt: skip
    for period in periods:
        for chosen in choices:
            report = Report(period, Filters(**chosen), reader=reader, now=NOW)
            mine = [
                r for r in records
                if ("team" not in chosen or r.ticket.team_id in chosen["team"])
                and ("service" not in chosen or (r.ticket.service_id or 0) in chosen["service"])
                and ("category" not in chosen or r.ticket.category_id in chosen["category"])
                and ("priority" not in chosen or r.ticket.priority in chosen["priority"])
                and r.ticket.kind == chosen.get("kind", "incident")
            ]  # fmt: skip
            should = expected(report, mine)
            spread = report.spreads["mttr"]
            found = {key: report.totals[key].value for key in should if key in report.totals}
            found |= spread
            assert found == pytest.approx(should), (period, chosen)
            keys = {r.ticket.pk for r in mine}
            clocks = {key: report.totals[key].value for key in ("attainment", "open_breached")}
            assert clocks == pytest.approx(clocks_of(report, keys)), (period, chosen)


def test_the_period_before_is_a_report_of_its_own(world):
    reader = make_user(role="auditor")
    for name in ("week", "month", "quarter"):
        report = Report(Period.of(name, TODAY), reader=reader, now=NOW)
        alone = Report(report.before, reader=reader, now=NOW, compare=False)
        for key, value in report.totals.items():
            assert value.previous == alone.totals[key].value, (name, key)
            assert value.previous_n == alone.totals[key].n


def test_parts_and_groups_are_reports_of_their_own(world):
    reader = make_user(role="manager")
    for by in GROUPS:
        report = Report(Period.of("quarter", TODAY), reader=reader, group_by=by, now=NOW)
        assert report.groups
        for group in report.groups:
            key = group.key if by == "metric" else int(group.key)
            alone = Report(
                report.period, Filters(**{by: (key,)}), reader=reader, now=NOW, compare=False
            )
            for name, value in group.values.items():
                should = alone.totals[name]
                if by == "policy" and name not in ("attainment", "open_breached"):
                    continue
                assert (value.value, value.n) == (should.value, should.n), (by, group, name)
    for point in report.series:
        until = min(point.end, report.period.until)
        if point.coming:
            assert point.values == {}
            continue
        alone = Report(
            Period.of("custom", TODAY, point.start, until - timedelta(days=1)),
            reader=reader, now=NOW,
        )  # fmt: skip
        assert {k: v.value for k, v in point.values.items()} == {
            k: v.value for k, v in alone.totals.items()
        }


def test_every_number_opens_its_records_and_states_the_hidden(world):
    lead = make_agent(team=world.teams[1], role="team_lead", scope="teams")
    mixed = make_user(role="service_owner", scope="services")
    RoleGrant.objects.create(user=mixed, role="team_lead", scope="teams")
    join(world.teams[2], mixed)
    Service.objects.filter(pk=world.services[1].pk).update(owner=mixed)
    readers = [make_user(role=r) for r in ("manager", "auditor", "administrator")]
    hidden = 0
    for reader in (*readers, lead, mixed, world.owner):
        for chosen in ({}, {"priority": (1, 2, 3)}):
            report = asked(reader, world, **chosen)
            counts = {
                "opened": report.totals["opened"].n, "resolved": report.totals["resolved"].n,
                "responded": report.totals["mtta"].n, "backlog": report.totals["backlog"].n,
                "attainment": report.totals["attainment"].n,
                "open_clocks": report.totals["open_breached"].n,
            }  # fmt: skip
            for name in POPULATIONS:
                found = report.records(name)
                assert len(list(found.rows)) + found.hidden == found.total, name
                if name in counts:
                    assert counts[name] == found.total, (reader, name)
                seen = {row.ticket_id for row in found.rows}
                assert seen <= set(Ticket.objects.visible_to(reader).values_list("pk", flat=True))
                hidden += found.hidden
            late = report.records("open_breached").total
            share = report.totals["open_breached"]
            assert share.value == pytest.approx(late / share.n if share.n else None)
    assert hidden


def test_a_lead_reads_of_the_own_teams_only(world):
    lead = make_agent(team=world.teams[1], role="team_lead", scope="teams")
    everything = make_user(role="manager")
    own = asked(lead, world)
    team = asked(everything, world, team=(world.teams[1].pk,))
    assert {k: v.value for k, v in own.totals.items()} == {
        k: v.value for k, v in team.totals.items()
    }


def test_who_has_no_such_role_reads_no_figures(world):
    for reader in (make_user(), world.agents[0]):
        with pytest.raises(NotAllowed):
            asked(reader, world)


def test_all_time_is_somebodys(world):
    report = asked(make_user(role="manager"), world)
    whole_time = report.totals["mttr_raw"]
    stood = sum(
        (whole(r.resolved) - r.opened).total_seconds()
        for r in map(Counted, Ticket.objects.all())
        if r.resolved and report.period.first <= day(r.resolved) < report.period.until
    )
    assert whole_time.value * whole_time.n == pytest.approx(stood)
    assert sum(share.share for share in report.spent) == pytest.approx(1)
    assert {"supplier", "requester"} <= {share.key for share in report.spent}


def test_nothing_measured_is_not_zero(world):
    report = Report(
        Period.of("custom", TODAY, date(2020, 1, 1), date(2020, 1, 31)),
        reader=make_user(role="manager"), now=NOW,
    )  # fmt: skip
    assert report.totals["opened"].value == 0
    for key in ("mtta", "mttr", "mttr_work", "attainment", "open_breached", "reopened"):
        assert (report.totals[key].value, report.totals[key].n) == (None, 0)
    assert report.spreads["mttr"] == {"median": None, "p90": None}
    assert report.spent == []


def test_rebuilding_gives_the_same_figures(world):
    reader = make_user(role="manager")
    before = asked(reader, world).to_json()
    rebuild_figures()
    after = asked(reader, world).to_json()
    assert {**after, "as_of": None} == {**before, "as_of": None}
    assert list(check_figures()) == []


def test_as_many_queries_for_one_group_as_for_many(world):
    reader = make_user(role="manager")
    counts = []
    for by in ("priority", "service"):
        for filters in (Filters(), Filters(service=(world.services[0].pk,))):
            with CaptureQueriesContext(connection) as queries:
                Report(
                    Period.of("year", TODAY), filters, reader=reader, group_by=by, now=NOW
                ).to_json()
            counts.append(len(queries))
    assert max(counts) <= 22
