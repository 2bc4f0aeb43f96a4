"""Service levels of requests: agreements by offering, and the clock during an approval."""

from datetime import timedelta

import pytest

from catalog.actions import changes
from sla.actions import policies as keeping
from sla.actions.publish import publish as publish_book
from sla.enums import ClockState, Metric
from sla.models import Calendar, Clock, Policy
from sla.queries import matching
from sla.snapshot import snapshot
from tests.catalog.kit import ask, fresh, make_offering, make_policy, row, seat
from tests.factories import make_user
from tickets.actions import approving

pytestmark = pytest.mark.django_db


def agree(offering, hours=2):
    """Requests for the offering are fulfilled within so many hours, round the clock."""
    calendar = Calendar.objects.filter(always=True).first() or Calendar.objects.create(
        name_en="Always", name_ko="항상", zone="UTC", always=True, week=[[]] * 7
    )
    made = keeping.create_policy(
        {
            "name_en": "Quick",
            "name_ko": "빠름",
            "offerings": [offering.pk],
            "targets": [
                {
                    "metric": metric,
                    "priority": None,
                    "goal": hours * 3600,
                    "calendar": calendar.pk,
                    "warn_at": [],
                }
                for metric in (Metric.RESOLUTION, Metric.APPROVAL)
            ],
        },
        by=None,
    )
    for _place in range(Policy.objects.count()):
        keeping.move_policy(made, -1, by=None)
    publish_book(by=None, reach="new")
    return made


def clock(ticket, metric=Metric.RESOLUTION):
    return Clock.objects.filter(ticket=ticket, metric=metric).order_by("-sequence").first()


def test_an_agreement_may_hold_for_requests_of_one_offering_only():
    quick, other = make_offering("Laptop"), make_offering("Mouse")
    policy = agree(quick)
    assert clock(ask(quick)).policy == policy
    found = clock(ask(other))
    assert found is None or found.policy != policy


def test_delivery_is_expected_when_the_agreement_says_so():
    offering = make_offering()
    agree(offering, hours=2)
    ticket = ask(offering)
    late = row(ticket).promised_at - ticket.opened_at
    assert abs(late - timedelta(hours=2)) < timedelta(seconds=2)


def test_an_approval_pauses_fulfilment_while_its_own_clock_runs():
    boss = make_user()
    offering = make_offering(approval={"policy": make_policy([boss]).pk})
    agree(offering)
    ticket = ask(offering)
    assert clock(ticket).state == ClockState.PAUSED
    assert clock(ticket, Metric.APPROVAL).state == ClockState.RUNNING
    approving.decide(seat(ticket), "approve", by=boss)
    assert clock(ticket).state == ClockState.RUNNING
    assert clock(ticket, Metric.APPROVAL).state == ClockState.MET


def test_clocks_of_a_request_sent_in_again_go_on():
    boss, requester = make_user(), make_user()
    offering = make_offering(approval={"policy": make_policy([boss]).pk})
    agree(offering)
    ticket = ask(offering, requester)
    approving.decide(seat(ticket), "reject", by=boss, opinion="No")
    assert clock(ticket).state == ClockState.CANCELLED
    changes.resubmit(fresh(ticket), {}, by=requester)
    assert clock(ticket).state == ClockState.PAUSED
    approving.decide(seat(ticket), "approve", by=boss)
    assert clock(ticket).state == ClockState.RUNNING


def test_why_an_agreement_does_not_fit_is_said_by_the_name_of_the_offering():
    from django.apps import apps

    quick, other = make_offering("Laptop"), make_offering("Mouse")
    policy = agree(quick)
    facts, opened = matching.facts_of(ask(other))
    (tried,) = [
        tried
        for outcome in matching.matching(snapshot(apps), facts, opened)
        for tried in outcome.tried
        if tried.id == policy.pk
    ]
    assert (tried.fits, tried.wants) == (False, "Laptop")
