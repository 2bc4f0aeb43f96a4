"""Many records whose first response is missed at one stroke, and what came of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Team
from core.models import OutboxMessage
from notifications.models import Delivery, Notice
from sla.actions import check, publish
from sla.models import Clock
from tests.factories import join, make_agent, make_user
from tickets import history
from tickets.enums import Verb
from tickets.history import Happening, Past
from tickets.models import Event

AGE = timedelta(hours=1)
TEAMS = 20
CHUNK = 2000


def write(prefix: str, number: int) -> None:
    """So many incidents of the first priority, opened an hour ago and never answered.

    As what is written with its past, their steps count as told.
    """
    publish(by=None, reach="all", at=timezone.now() - 2 * AGE)
    found = list(_pasts(prefix, number))
    for i in range(0, number, CHUNK):
        history.write(found[i : i + CHUNK])


def _pasts(prefix: str, number: int) -> Iterator[Past]:
    opened = timezone.now() - AGE
    requester = make_user(email=f"{prefix}@example.org", mail_notices=False).pk
    teams = []
    for n in range(TEAMS):
        people = [f"{prefix}-{who}-{n}@example.org" for who in ("lead", "agent")]
        lead, agent = (make_agent(email=email, mail_notices=False) for email in people)
        name = f"{prefix}-{n}"
        team = Team.objects.create(slug=name, name_ko=name, name_en=name, lead=lead)
        join(team, agent)
        teams.append((team, agent))
    for n in range(number):
        team, agent = teams[n % TEAMS]
        start = {
            "title": f"{prefix} {n}", "requester": requester, "opened_by": requester,
            "team": team.pk, "assignee": agent.pk, "priority": 1, "impact": 1, "urgency": 1,
            "status": "assigned",
        }  # fmt: skip
        yield Past("incident", start, [Happening(opened, requester, Verb.OPENED)])


def let_go(prefix: str) -> int:
    """Have them all due and none told: what a sweep finds after an hour without a worker."""
    missed = Clock.objects.filter(ticket__title__startswith=prefix, metric="first_response")
    return missed.update(told=[], next_at=F("due_at"))


def facts(prefix: str) -> dict[str, Any]:
    """What can be counted afterwards. Two runs of the same size give the same."""
    clocks = Clock.objects.filter(ticket__title__startswith=prefix)
    events = Event.objects.filter(ticket__title__startswith=prefix, verb=Verb.ESCALATED)
    steps = Counter(events.values_list("ticket_id", "data__metric", "data__step"))
    notices = Notice.objects.filter(event__in=events)
    told = Counter(notices.values_list("event_id", "user_id"))
    lines = Delivery.objects.filter(event__in=events)
    shown = clocks.values_list("metric", "state", "told", "cycle", "consumed", "breached_at")
    return {
        "clocks": _counted((m, s, tuple(t), *rest) for m, s, t, *rest in shown),
        "sweeping": clocks.filter(next_at__lt=timezone.now()).count(),
        "steps": len(steps),
        "told_twice": [count for count in steps.values() if count > 1],
        "late": events.exclude(data__instant=F("data__due_at")).count(),
        "notices": len(told),
        "noticed_twice": [count for count in told.values() if count > 1],
        "people": _counted(Counter(event for event, _user in told).values()),
        "lines": _counted(lines.values_list("channel", "state", "reason")),
        "failed": OutboxMessage.objects.filter(state="failed").count(),
        "wrong": list(check())[:3],
    }


def _counted(values: Any) -> list[tuple[str, int]]:
    return sorted((str(value), number) for value, number in Counter(values).items())
