"""A test run of a definition: everything that asking for it would do, with nothing written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.reach import reach_of
from catalog import plan
from catalog.answers import Cleaned, clean
from catalog.audience import may_ask
from catalog.definition import Definition
from catalog.models import Offering
from catalog.pricing import Quote, quote
from catalog.queries.answered import Told, known_for, told
from catalog.queries.lines import preview
from catalog.queries.times import later, workdays
from cmdb.enums import Criticality
from core.errors import ActionError
from sla.book import Facts
from sla.enums import Metric
from sla.queries.whatif import WhatIf, what_if
from sla.shelf import shelf
from sla.worktime import Calendar
from tickets import approvalline
from tickets.priority import compute
from tickets.routing import team_for


@dataclass(frozen=True)
class Planned:
    """A task as it would be made. `ends` is None where it has no hours."""

    title: str
    team: str
    after: str
    starts: datetime
    ends: datetime | None


# What only incidents and changes are measured by.
OF_OTHER_KINDS = frozenset({Metric.MAJOR_UPDATE, Metric.CONTAIN, Metric.PATCH, Metric.CHANGE_LEAD})


@dataclass(frozen=True)
class Trial:
    """What came of it. `line` is as ui/_approval_line.html draws it; `refused`: why there is none.

    `promised`: when delivery would be said to be expected; None where nothing is promised.
    """

    cleaned: Cleaned
    told: list[Told]
    price: Quote
    line: Any
    refused: str
    priority: int
    team: str
    tasks: list[Planned]
    agreements: WhatIf
    promised: datetime | None
    may_ask: bool

    @property
    def promises(self) -> list[Any]:
        """What is agreed for requests; a policy for every kind names more."""
        return [one for one in self.agreements.promises if one.metric not in OF_OTHER_KINDS]


def trial(
    offering: Offering,
    definition: Definition,
    raw: Mapping[str, Any],
    *,
    requester: User,
    beneficiary: User | None = None,
) -> Trial:
    """Ask for the definition as that person, without asking."""
    now = timezone.now()
    today = timezone.localdate()
    person = beneficiary or requester
    known = known_for(definition, raw)
    cleaned = clean(definition, raw, today=today, known=known, beneficiary_id=person.pk)
    priority = _priority(offering, definition, requester)
    team = _team(offering, definition, priority)
    facts = Facts(
        kind="request",
        status="submitted",
        team=team.pk if team else None,
        service=offering.service_id,
        priority=priority,
        department=requester.department_id,
        vip=requester.is_vip,
    )
    agreements = what_if(facts, now)
    line, refused = _line(offering, definition, cleaned.values, requester, beneficiary)
    return Trial(
        cleaned=cleaned,
        told=told(definition, cleaned.values),
        price=quote(definition, cleaned.values, today),
        line=line,
        refused=refused,
        priority=priority,
        team=team.name if team else "",
        tasks=_tasks(definition, cleaned, now),
        agreements=agreements,
        promised=_promised(definition, agreements, now),
        may_ask=_may_ask(definition, requester),
    )


def _line(
    offering: Offering,
    definition: Definition,
    values: Mapping[str, Any],
    requester: User,
    beneficiary: User | None,
) -> tuple[Any, str]:
    try:
        found = preview(offering, definition, values, requester=requester, beneficiary=beneficiary)
    except ActionError as error:
        return None, str(error.message)
    return approvalline.of_preview(found, requester), ""


def _priority(offering: Offering, definition: Definition, requester: User) -> int:
    critical = (
        offering.service is not None
        and offering.service.criticality == Criticality.BUSINESS_CRITICAL
    )
    return compute(definition.impact, definition.urgency, vip=requester.is_vip, critical=critical)


def _team(offering: Offering, definition: Definition, priority: int) -> Team | None:
    """The team that would get the request: the definition's, else as routing decides."""
    if definition.team:
        return Team.objects.filter(pk=definition.team).first()
    try:
        return team_for(
            kind="request",
            title=str(definition.name),
            priority=priority,
            service=offering.service,
            category=None,
        )
    except ActionError:
        return None


def _tasks(definition: Definition, cleaned: Cleaned, now: datetime) -> list[Planned]:
    """The tasks whose condition holds, each from when those before it would be done at last."""
    works = plan.chosen(definition.tasks, cleaned.counted, timezone.localdate())
    calendar = _calendar()
    wanted = [work.task.team for work in works if work.task.team]
    teams = {row.pk: row.name for row in Team.objects.filter(pk__in=wanted)}
    ends: dict[str, datetime] = {}
    titles = {task.key: str(task.title) for task in definition.tasks}
    found = []
    for work in works:
        task = work.task
        starts = max([now, *(ends[key] for key in work.after if key in ends)])
        ends[task.key] = later(starts, task.hours, calendar) if task.hours else starts
        found.append(
            Planned(
                title=str(task.title) or _("(without a name)"),
                team=teams.get(task.team or 0, ""),
                after=", ".join(titles[key] for key in work.after),
                starts=starts,
                ends=ends[task.key] if task.hours else None,
            )
        )
    return found


def _calendar() -> Calendar | None:
    newest = shelf().newest
    return newest.calendars[min(newest.calendars)] if newest and newest.calendars else None


def _promised(definition: Definition, agreements: WhatIf, now: datetime) -> datetime | None:
    if definition.delivery_days is not None:
        return workdays(now, definition.delivery_days)
    for promise in agreements.promises:
        if promise.metric == "resolution" and promise.due:
            return promise.due
    return None


def _may_ask(definition: Definition, requester: User) -> bool:
    departments: list[int] = []
    department = requester.department
    while department is not None and department.pk not in departments:
        departments.append(department.pk)
        department = department.parent
    teams = set(requester.memberships.values_list("team_id", flat=True))
    return may_ask(definition.audience, reach_of(requester), departments, teams)
