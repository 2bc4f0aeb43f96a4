"""What publishing would do is what it does."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from core import outbox
from core.errors import ActionError, NotAllowed
from sla.actions import calendars, check, impact, policies, publish
from sla.actions.refresh import states_of
from sla.models import Calendar, Clock, Policy, Preview
from sla.shelf import shelf
from tests.factories import make_agent, make_team, open_incident, resolution, waiting_for_requester
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Any:
    return make_agent("관리자", role=Role.ADMINISTRATOR)


def records() -> list[Ticket]:
    """Open, answered, waiting and resolved records of every priority."""
    agent = make_agent(team=make_team())
    tickets = [
        open_incident(impact=impact, urgency=urgency) for impact in (1, 2, 3) for urgency in (1, 3)
    ]
    actions.comment(tickets[0], "확인했습니다.", by=agent)
    actions.comment(tickets[1], "확인했습니다.", by=agent)
    actions.transition(tickets[1], "pend", by=agent, pending_reason=waiting_for_requester())
    actions.comment(tickets[2], "고쳤습니다.", by=agent)
    actions.transition(tickets[2], "resolve", by=agent, **resolution())
    return tickets


def edit(by: Any) -> None:
    """A change that moves clocks both ways, ends some, begins others."""
    always = Calendar.objects.get(key="always").pk
    standard = Policy.objects.get(name_en="Standard service level")
    policies.edit_policy(
        standard,
        {
            "targets": [
                {"metric": "resolution", "priority": 1, "goal": 3600, "calendar": always},
                {"metric": "resolution", "priority": None, "goal": 9999 * 60, "calendar": always},
                {"metric": "first_response", "priority": 5, "goal": 60, "calendar": always},
                {"metric": "first_response", "priority": 3, "goal": 60, "calendar": always},
            ]
        },
        by=by,
    )


def states() -> dict[int, Any]:
    return states_of(list(Ticket.objects.all()), shelf())


@pytest.mark.parametrize("reach", ["new", "open", "all"])
def test_the_preview_is_what_publishing_does(by, reach) -> None:
    records()
    edit(by)
    at = timezone.now() + timedelta(hours=2)
    told = impact.sample(reach, at=at)
    before = states()
    publish(by=by, reach=reach, at=at)
    outbox.dispatch_due()
    assert list(check()) == []
    now = impact.seconds(at)
    done: Counter[str] = Counter()
    for ticket in impact.concerned(reach):
        for effect, _old, _new in impact.compare(before[ticket.pk], states()[ticket.pk], now):
            done[effect] += 1
    assert told.counts == done
    assert told.is_complete
    if reach == "new":
        assert told.moved == 0
    else:
        assert {effect for effect, count in told.counts.items() if count} >= {
            "earlier", "later", "cancelled", "newly_breached",
        }  # fmt: skip
    assert Clock.objects.exists()


def test_dues_in_the_preview_are_the_dues_afterwards(by) -> None:
    records()
    edit(by)
    at = timezone.now()
    told = impact.sample("open", at=at)
    publish(by=by, reach="open", at=at)
    outbox.dispatch_due()
    kept = {(clock.ticket_id, clock.metric): clock.due_at for clock in Clock.objects.all()}
    for row in told.rows:
        key, new = (row["ticket"], row["metric"]), row["new"]
        if row["effect"] in ("earlier", "later") and new["due"] is not None:
            assert kept[key].timestamp() == new["due"]
        if row["effect"] == "cancelled":
            assert kept.get(key) is None


def test_a_large_count_runs_in_the_background_and_tells_the_same(by, monkeypatch) -> None:
    records()
    edit(by)
    at = timezone.now()
    at_once = impact.sample("all", at=at)
    monkeypatch.setattr(impact, "SAMPLE", 2)
    assert not impact.sample("all", at=at, most=2).is_complete
    preview = impact.start("all", by=by, at=at)
    outbox.dispatch_due()
    preview.refresh_from_db()
    counted = impact.read(preview)
    assert preview.finished_at is not None
    assert counted.counts == at_once.counts
    assert counted.records == at_once.records == Ticket.objects.count()
    impact.count_on(preview.pk, 0)
    assert impact.read(Preview.objects.get(pk=preview.pk)).counts == at_once.counts


def test_only_administrators_count(by) -> None:
    with pytest.raises(NotAllowed):
        impact.start("open", by=make_agent())


def test_a_target_out_of_reach_is_not_published(by) -> None:
    closed = calendars.create_calendar({"name_en": "Never", "zone": "UTC", "week": [[]] * 7}, by=by)
    target = {"metric": "resolution", "priority": None, "goal": 60, "calendar": closed}
    policies.create_policy({"name_en": "Gold", "vip": True, "targets": [target]}, by=by)
    with pytest.raises(ActionError) as refused:
        publish(by=by)
    assert refused.value.code == "unreachable"
    assert "Never" in str(refused.value.message)
