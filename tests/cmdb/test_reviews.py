"""Reviews: done by the owner, chased when they are late, each week once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEvent
from cmdb import actions, tasks
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core.errors import ActionError
from notifications.models import Reminder
from tests.factories import make_agent, make_service, make_user

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 2)


@pytest.fixture
def owner():
    return make_agent(role=Role.SERVICE_OWNER)


@pytest.fixture
def admin():
    return make_user(role=Role.ADMINISTRATOR)


def told(day: int) -> list[int]:
    """Who is newly told when the work is done so many days after the review fell due."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    actions.chase_reviews(DUE + timedelta(days=day))
    rows = Reminder.objects.exclude(pk__in=before).order_by("user_id")
    return list(rows.values_list("user_id", flat=True))


def test_the_owner_is_told_once_when_it_falls_due_and_then_each_week(owner, admin):
    make_service(owner=owner, review_due_on=DUE)
    assert told(-1) == []
    assert told(0) == [owner.pk]
    assert told(0) == []
    assert [told(day) for day in (3, 6)] == [[], []]
    assert told(7) == [owner.pk]
    assert told(8) == []


def test_after_two_weeks_administrators_hear_of_it_too(owner, admin):
    make_service(owner=owner, review_due_on=DUE)
    assert told(13) == [owner.pk]
    assert told(14) == sorted([owner.pk, admin.pk])


def test_days_without_a_worker_are_not_made_up_for(owner, admin):
    make_service(owner=owner, review_due_on=DUE)
    assert told(30) == sorted([owner.pk, admin.pk])
    assert told(30) == []


@pytest.mark.parametrize("left", [True, False])
def test_without_an_owner_who_is_here_administrators_hear_at_once(admin, left):
    make_service(owner=make_user(is_active=False) if left else None, review_due_on=DUE)
    assert told(0) == [admin.pk]


def test_a_retired_service_and_one_without_reviews_are_left_alone(owner):
    make_service(owner=owner, review_due_on=DUE, status=ServiceStatus.RETIRED)
    make_service(owner=owner, review_due_on=None)
    assert told(40) == []


def test_a_review_plans_the_next_one_and_is_kept_with_its_note(owner):
    service = make_service(owner=owner, review_due_on=DUE, review_every=3)
    actions.mark_reviewed(service, " all right ", by=owner)
    service.refresh_from_db()
    assert service.reviewed_by == owner
    assert service.review_due_on > timezone.localdate() + timedelta(days=80)
    assert [review.note for review in service.reviews.all()] == ["all right"]
    assert AuditEvent.objects.filter(actor=owner, object_type="cmdb.service").count() == 1
    assert tasks.chase_reviews() == 0


def test_another_interval_plans_anew_from_the_last_review(owner):
    service = make_service(owner=owner, review_every=3)
    actions.mark_reviewed(service, by=owner)
    actions.edit_service(service, {"review_every": None}, by=owner)
    assert Service.objects.get().review_due_on is None
    actions.edit_service(service, {"review_every": 1}, by=owner)
    assert Service.objects.get().review_due_on < timezone.localdate() + timedelta(days=32)


def test_notes_that_are_too_long_and_retired_services_are_refused(owner):
    service = make_service(owner=owner)
    with pytest.raises(ActionError):
        actions.mark_reviewed(service, "x" * 1001, by=owner)
    Service.objects.update(status=ServiceStatus.RETIRED)
    with pytest.raises(ActionError):
        actions.mark_reviewed(service, by=owner)
