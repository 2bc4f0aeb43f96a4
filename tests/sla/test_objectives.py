"""rules.md section 3: availability and performance objectives, error budget, burn rate."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from core.errors import ActionError, NotAllowed
from sla.actions import objectives as actions
from sla.actions import outages
from sla.models import Calendar as CalendarRow
from sla.models import Objective, Outage, Sample
from sla.objectives import DEGRADED, PLANNED, UNPLANNED, availability, merged, performance, without
from sla.objectives import Outage as Down
from sla.queries.objectives import months_back, standings
from sla.worktime import Calendar
from tests.factories import make_agent, make_service, make_team, make_user

H = 3600
ALWAYS = Calendar("UTC", always=True)
OFFICE = Calendar("UTC", (((9 * H, 18 * H),),) * 5 + ((), ()))
THREE_NINES = Fraction(999, 1000)


def at(day: int, hour: int = 0) -> int:
    """June 2026: thirty days, the 1st is a Monday."""
    return int(datetime(2026, 6, day, hour, tzinfo=UTC).timestamp())


END = at(30) + 24 * H


def june(*found: Down, calendar: Calendar = ALWAYS, now: int = END, target=THREE_NINES):
    return availability(calendar, at(1), END, now, found, target)


def test_availability_is_agreed_time_without_unplanned_outages_over_agreed_time():
    month = june(Down(UNPLANNED, at(10, 8), at(10, 10)))
    assert (month.agreed, month.down) == (30 * 24 * H, 2 * H)
    assert month.ratio == Fraction(718, 720)
    assert month.meets(THREE_NINES) is False
    assert month.meets(Fraction(99, 100)) is True


def test_only_time_inside_the_agreed_hours_counts():
    month = june(Down(UNPLANNED, at(5, 17), at(8, 10)), calendar=OFFICE)
    assert month.down == 2 * H  # Friday 17–18 and Monday 9–10


def test_announced_maintenance_and_degradation_do_not_count_and_are_shown():
    month = june(
        Down(PLANNED, at(7, 1), at(7, 5), announced=at(3)),
        Down(DEGRADED, at(9, 1), at(9, 4)),
    )
    assert (month.ratio, month.down) == (1, 0)
    assert (month.planned, month.degraded) == (4 * H, 3 * H)


def test_work_nobody_was_told_of_before_it_began_is_an_outage():
    month = june(
        Down(PLANNED, at(7, 1), at(7, 5)), Down(PLANNED, at(9, 1), at(9, 2), announced=at(9, 3))
    )
    assert month.down == 5 * H


def test_an_outage_inside_an_announced_window_belongs_to_the_work():
    month = june(
        Down(PLANNED, at(7, 1), at(7, 5), announced=at(3)), Down(UNPLANNED, at(7, 2), at(7, 7))
    )
    assert (month.down, month.planned) == (2 * H, 4 * H)


def test_outages_that_overlap_are_counted_once():
    month = june(
        Down(UNPLANNED, at(7, 2), at(7, 5)),
        Down(UNPLANNED, at(7, 4), at(7, 6)),
        Down(UNPLANNED, at(7, 4), at(7, 5)),
    )
    assert (month.down, month.failures) == (4 * H, 3)


def test_an_outage_that_goes_on_counts_until_now_and_the_month_so_far_is_the_population():
    month = june(Down(UNPLANNED, at(10, 0), None), now=at(11, 0))
    assert (month.elapsed, month.down) == (10 * 24 * H, 24 * H)
    assert month.ratio == Fraction(9, 10)
    assert month.mtrs is None


def test_error_budget_and_burn_rate():
    month = june(Down(UNPLANNED, at(10, 0), at(10, 1)), now=at(11, 0), target=Fraction(99, 100))
    assert month.budget.allowed == Fraction(72 * 6, 60) * H
    assert month.budget.left == month.budget.allowed - H
    # An hour of 240 was lost, 1 % is allowed.
    assert month.burn_rate == Fraction(1, 240) / Fraction(1, 100)


def test_mean_time_between_failures_and_to_restore():
    month = june(Down(UNPLANNED, at(5, 0), at(5, 2)), Down(UNPLANNED, at(15, 0), at(15, 4)))
    assert month.mtrs == 3 * H
    assert month.mtbf == Fraction((720 - 6) * H, 2)


def test_what_was_not_measured_is_neither_zero_nor_good():
    before = june(now=at(1))
    assert (before.ratio, before.meets(THREE_NINES), before.burn_rate) == (None, None, None)
    none = performance(0, 0, THREE_NINES)
    assert (none.ratio, none.meets(THREE_NINES), none.burn_rate) == (None, None, None)
    assert june(target=Fraction(1)).burn_rate is None


def test_performance_is_the_share_of_samples_within_the_threshold():
    month = performance(200, 197, Fraction(99, 100))
    assert (month.ratio, month.budget.left, month.burn_rate) == (
        Fraction(197, 200),
        -1,
        Fraction(3, 2),
    )


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair))),
    max_size=8,
)


@given(intervals, intervals)
def test_interval_arithmetic_equals_sets_of_seconds(first, second):
    def seconds(rows):
        return {second for start, end in rows for second in range(start, end)}

    union = merged(first)
    assert seconds(union) == seconds(first)
    assert all(a[1] < b[0] for a, b in pairwise(union))
    assert seconds(without(union, merged(second))) == seconds(first) - seconds(second)


@pytest.mark.django_db
class TestOutages:
    def test_owner_team_and_administrators_keep_outages_and_nobody_else(self):
        team = make_team()
        owner = make_user(role="service_owner")
        service = make_service(team=team, owner=owner)
        for user in (owner, make_agent(team=team), make_user(role="administrator")):
            outages.withdraw_outage(outages.open_outage(service, by=user), by=user)
        for user in (make_agent(team=make_team()), make_user(), make_user(role="auditor")):
            with pytest.raises(NotAllowed):
                outages.open_outage(service, by=user)

    def test_one_that_goes_on_is_not_entered_twice(self):
        service = make_service()
        first = outages.open_outage(service, by=None)
        with pytest.raises(ActionError, match="going on already"):
            outages.open_outage(service, by=None)
        outages.end_outage(first, by=None)
        outages.open_outage(service, by=None)

    def test_planned_work_entered_beforehand_is_announced(self):
        service, now = make_service(), timezone.now()
        planned = outages.open_outage(
            service,
            by=None,
            kind="planned",
            started_at=now + timedelta(days=1),
            ended_at=now + timedelta(days=1, hours=2),
        )
        assert planned.announced_at is not None
        late = outages.open_outage(
            service, by=None, kind="planned", started_at=now - timedelta(hours=1), ended_at=now
        )
        assert late.announced_at is None

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"started_at": timedelta(hours=1)}, "started_at"),
            ({"started_at": -timedelta(hours=1), "ended_at": -timedelta(hours=2)}, "ended_at"),
            ({"started_at": -timedelta(hours=1), "ended_at": timedelta(hours=2)}, "ended_at"),
            ({"started_at": timedelta(hours=1), "kind": "planned"}, "ended_at"),
        ],
    )
    def test_impossible_times_are_refused_with_the_field(self, values, field):
        now = timezone.now()
        given = {k: now + v if isinstance(v, timedelta) else v for k, v in values.items()}
        with pytest.raises(ActionError) as refused:
            outages.open_outage(make_service(), by=None, **given)
        assert refused.value.field == field

    def test_a_correction_leaves_its_trace_and_moves_the_figure(self):
        admin, service = make_user(role="administrator"), make_service()
        now = timezone.now()
        outage = outages.open_outage(
            service, by=admin, started_at=now - timedelta(hours=4), ended_at=now
        )
        outages.correct_outage(outage, {"ended_at": now - timedelta(hours=1)}, by=admin)
        log = AuditEvent.objects.filter(object_type="sla.outage", object_id=str(outage.pk))
        assert [event.verb for event in log.order_by("id")] == ["created", "changed"]
        with pytest.raises(ActionError, match="can't be edited"):
            outages.correct_outage(outage, {"service": service}, by=admin)


@pytest.mark.django_db
class TestStandings:
    def objective(self, **fields) -> Objective:
        values = {
            "service": make_service(),
            "kind": "availability",
            "target": "99.9",
            "calendar": CalendarRow.objects.get(key="always"),
            "starts_on": date(2026, 1, 1),
            **fields,
        }
        return actions.save_objective(None, values, by=make_user(role="administrator"))

    def test_only_administrators_set_objectives_and_bad_ones_are_refused(self):
        with pytest.raises(NotAllowed):
            actions.save_objective(None, {}, by=make_agent())
        with pytest.raises(ActionError) as refused:
            self.objective(kind="performance", target="0")
        assert set(refused.value.errors) == {"target", "metric", "threshold"}

    def test_a_service_has_one_objective_of_a_kind(self):
        first = self.objective()
        with pytest.raises(ActionError, match="already"):
            self.objective(service=first.service)

    def test_months_from_rows_equal_the_formula(self, django_assert_num_queries):
        objective = self.objective()
        now = datetime(2026, 7, 15, tzinfo=UTC)
        Outage.objects.create(
            service=objective.service,
            kind="unplanned",
            started_at=datetime(2026, 6, 30, 14, tzinfo=UTC),  # 23:00 in Seoul
            ended_at=datetime(2026, 6, 30, 17, tzinfo=UTC),
        )
        Outage.objects.create(
            service=objective.service,
            kind="unplanned",
            started_at=datetime(2026, 6, 3, tzinfo=UTC),
            ended_at=datetime(2026, 6, 9, tzinfo=UTC),
            withdrawn_at=now,
        )
        rows = list(Objective.objects.select_related("calendar").prefetch_related("calendar__days"))
        with django_assert_num_queries(1):
            months = standings(rows, [date(2026, 6, 1), date(2026, 7, 1)], now)[objective.pk]
        assert [month.result.down for month in months] == [H, 2 * H]
        assert [month.met for month in months] == [False, False]

    def test_samples_are_kept_once_and_counted_by_their_month(self):
        objective = self.objective(kind="performance", metric="login", threshold=800, target="95")
        now = timezone.now()
        rows = [(now - timedelta(minutes=n), 700.0 if n % 10 else 900.0) for n in range(20)]
        for _twice in range(2):
            assert actions.push_samples(objective.service, "login", rows, by=None) == 20
        assert Sample.objects.count() == 20
        months = standings([objective], months_back(2), now)[objective.pk]
        assert sum(month.result.samples for month in months) == 20
        assert sum(month.result.good for month in months) == 18

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_a_sample_without_a_usable_value_is_refused_with_its_place(self, value):
        now = timezone.now()
        with pytest.raises(ActionError, match="Sample 2"):
            actions.push_samples(make_service(), "login", [(now, 1.0), (now, value)], by=None)

    def test_twelve_months_end_with_this_one(self):
        assert months_back(3, date(2026, 1, 15)) == [
            date(2025, 11, 1),
            date(2025, 12, 1),
            date(2026, 1, 1),
        ]
