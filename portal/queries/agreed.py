"""What is agreed for a service, in plain words: within how long, and how much of the time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cmdb.models import Service
from core import formats
from sla import objectives as formulas
from sla.book import Facts, Terms
from sla.enums import Agreement, Metric, ObjectiveKind
from sla.facts import seconds
from sla.models import Objective, Outage
from sla.shelf import shelf
from sla.snapshot import calendar_data
from sla.worktime import DAY, Calendar
from tickets import kinds, priority
from tickets.enums import Impact, Urgency

HOUR, MINUTE = 3600, 60
SPANS = (30, 90)  # days

# What somebody reports, by whom it touches and whether one can work: an ordinary problem and one
# that stops many people. What is asked for is never urgent by itself.
ORDINARY = ("incident", Impact.LOW, Urgency.MEDIUM)
GRAVE = ("incident", Impact.HIGH, Urgency.HIGH)
ASKED = ("request", Impact.LOW, Urgency.LOW)


@dataclass(frozen=True)
class Uptime:
    """How much of the agreed time in the last days a service was there, in words."""

    days: int
    share: str
    text: str
    is_met: bool | None


def promises(service: Service, user: User, now: datetime) -> list[tuple[str, str]]:
    """(what, within how long) for somebody with a problem with the service, or a wish."""
    at = seconds(now)
    first, later = shelf().for_record(at)
    book = later[-1] if later else first or shelf().newest
    if book is None:
        return []
    cells = priority.matrix()

    def within(case: tuple[str, int, int], metric: str) -> str:
        kind, impact, urgency = case
        facts = Facts(
            kind=kind,
            status=kinds.get(kind).machine.initial,
            team=service.support_team_id,
            service=service.pk,
            priority=priority.compute(impact, urgency, cells=cells),
            department=user.department_id,
            vip=user.is_vip,
        )
        terms = book.terms(Agreement.SLA, metric, facts, at, at)
        return _within(terms) if terms else ""

    told = [
        (_("First answer to a problem"), within(ORDINARY, Metric.FIRST_RESPONSE)),
        (_("A problem is solved"), within(ORDINARY, Metric.RESOLUTION)),
        (_("When many people can't work"), within(GRAVE, Metric.RESOLUTION)),
        (_("What you ask for is delivered"), within(ASKED, Metric.RESOLUTION)),
    ]
    return [(what, words) for what, words in told if words]


def _within(terms: Terms) -> str:
    return in_words(terms.goal, terms.calendar)


def in_words(goal: int, calendar: Calendar) -> str:
    """A length of working time as people say it: within 2 working days, within 4 hours."""
    day = DAY if calendar.always else _day_of(calendar)
    if day and goal >= day and goal % day == 0:
        n = goal // day
        if calendar.always:
            return ngettext("within %(n)d day", "within %(n)d days", n) % {"n": n}
        return ngettext("within %(n)d working day", "within %(n)d working days", n) % {"n": n}
    if goal % HOUR == 0:
        n = goal // HOUR
        if calendar.always:
            return ngettext("within %(n)d hour", "within %(n)d hours", n) % {"n": n}
        return ngettext("within %(n)d working hour", "within %(n)d working hours", n) % {"n": n}
    n = max(1, round(goal / MINUTE))
    return ngettext("within %(n)d minute", "within %(n)d minutes", n) % {"n": n}


def _day_of(calendar: Calendar) -> int:
    """How long the usual working day is, in seconds; 0 where nobody works."""
    lengths = Counter(
        length
        for windows in calendar.week
        if (length := sum(end - start for start, end in windows))
    )
    return lengths.most_common(1)[0][0] if lengths else 0


def uptimes(service: Service, now: datetime) -> list[Uptime]:
    """The last 30 and 90 days against the service's availability objective; empty without one."""
    objective = (
        Objective.objects.filter(service=service, kind=ObjectiveKind.AVAILABILITY, is_active=True)
        .select_related("calendar")
        .first()
    )
    if objective is None:
        return []
    calendar = Calendar.from_json(calendar_data(objective.calendar)["rules"])
    outages = _outages(service, now - timedelta(days=max(SPANS)))
    target = Fraction(objective.target) / 100
    counted_from = datetime.combine(objective.starts_on, datetime.min.time(), now.tzinfo)
    found = []
    for days in SPANS:
        start = max(now - timedelta(days=days), counted_from)
        if start >= now:
            continue
        result = formulas.availability(
            calendar, seconds(start), seconds(now), seconds(now), outages, target
        )
        if result.ratio is not None:
            found.append(_uptime(days, result, target))
    return found


def _uptime(days: int, result: formulas.Availability, target: Fraction) -> Uptime:
    if not result.down:
        text = _("No outage within the service hours.")
    else:
        text = _("%(length)s not available, %(n)s in all.") % {
            "length": formats.duration(result.down),
            "n": ngettext("%(n)d outage", "%(n)d outages", result.failures)
            % {"n": result.failures},
        }
    return Uptime(days, _percent(result.ratio), text, result.meets(target))


def _percent(ratio: Fraction | None) -> str:
    """Rounded down, so that 100 % means all of the time."""
    hundredths = int((ratio or 0) * 10_000)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d} %" if rest else f"{whole} %"


def _outages(service: Service, start: datetime) -> Sequence[formulas.Outage]:
    rows = Outage.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=start), service=service, withdrawn_at=None
    )
    return [
        formulas.Outage(
            row.kind,
            seconds(row.started_at),
            seconds(row.ended_at) if row.ended_at else None,
            seconds(row.announced_at) if row.announced_at else None,
        )
        for row in rows.order_by("started_at")
    ]
