"""How services stand against their objectives, as ready-made strings."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from sla.enums import ObjectiveKind
from sla.models import Objective, Outage
from sla.objectives import Availability
from sla.queries.objectives import Month, months_back, standings
from sla.queries.words import length_of
from tickets.models import Ticket

MONTHS = 12
OUTAGES = 50
BAR = 100


def active() -> Any:
    """The objectives in force, with what their figures need: three queries."""
    rows = Objective.objects.filter(is_active=True).select_related("service", "calendar")
    return rows.prefetch_related("calendar__days").order_by("service__name_en", "kind", "metric")


def overview() -> list[dict[str, Any]]:
    """One row for each objective: this month and the one before."""
    objectives = list(active())
    months = months_back(2)
    found = standings(objectives, months)
    going_on = set(
        Outage.objects.filter(ended_at=None, withdrawn_at=None).values_list("service_id", "kind")
    )
    return [_row(each, found[each.pk], going_on) for each in objectives]


def _row(
    objective: Objective, months: Sequence[Month], going_on: set[tuple[int, str]]
) -> dict[str, Any]:
    this = months[-1] if months else None
    before = months[-2] if len(months) > 1 else None
    return {
        "service": objective.service.name,
        "pk": objective.service_id,
        "what": what(objective),
        "target": percent(Fraction(objective.target) / 100),
        "now": month(this) if this else None,
        "before": month(before) if before else None,
        "down_now": (objective.service_id, "unplanned") in going_on,
        "work_now": (objective.service_id, "planned") in going_on,
        "slow_now": (objective.service_id, "degraded") in going_on,
    }


def what(objective: Objective) -> str:
    """The objective in words."""
    if objective.kind == ObjectiveKind.AVAILABILITY:
        return _("Available in %(calendar)s") % {"calendar": objective.calendar.name}
    return _("%(metric)s at most %(value)s %(unit)s") % {
        "metric": objective.metric,
        "value": f"{objective.threshold:g}",
        "unit": objective.unit,
    }


def of_service(objectives: Sequence[Objective]) -> list[dict[str, Any]]:
    """Twelve months of each objective of a service, the newest first."""
    found = standings(objectives, months_back(MONTHS))
    return [
        {
            "what": what(each),
            "target": percent(Fraction(each.target) / 100),
            "calendar": each.calendar.name,
            "is_availability": each.kind == ObjectiveKind.AVAILABILITY,
            "months": [month(row) for row in reversed(found[each.pk])],
        }
        for each in objectives
    ]


def month(row: Month) -> dict[str, Any]:
    """One month of one objective."""
    result = row.result
    shown: dict[str, Any] = {
        "name": formats.month(row.first),
        "ratio": percent(row.ratio) if row.ratio is not None else "",
        "met": row.met,
        "budget": _budget(row),
        "bar": _bar(row),
        "burn": f"{float(row.burn_rate):.2f}" if row.burn_rate is not None else "",
        "fast": row.burn_rate is not None and row.burn_rate > 1,
    }
    if isinstance(result, Availability):
        return shown | {
            "down": _length(result.down),
            "planned": _length(result.planned),
            "degraded": _length(result.degraded),
            "failures": result.failures,
            "mtbf": _length(result.mtbf),
            "mtrs": _length(result.mtrs),
        }
    return shown | {"samples": f"{result.samples:,}", "bad": f"{result.samples - result.good:,}"}


def percent(share: Fraction) -> str:
    """Cut, not rounded: 99.9996 % of a month with an outage is not 100 %."""
    thousandths = int(share * 100_000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}".rstrip("0").rstrip(".") + " %"


def _length(seconds: int | Fraction | None) -> str:
    if seconds is None:
        return ""
    return length_of(int(seconds)) if seconds >= 60 else _("%(n)d s") % {"n": int(seconds)}


def _budget(row: Month) -> str:
    if row.ratio is None:
        return ""
    left = row.budget.left
    if isinstance(row.result, Availability):
        if left >= 0:
            return _("%(time)s left") % {"time": _length(left)}
        return _("overspent by %(time)s") % {"time": _length(-left)}
    if left >= 0:
        return _("%(n)s more may fail") % {"n": f"{int(left):,}"}
    return _("%(n)s too many failed") % {"n": f"{-int(left):,}"}


def _bar(row: Month) -> int:
    """How much of the budget is left, of 100; nothing where nothing is measured."""
    share = row.budget.left_share
    return max(0, min(BAR, int(share * BAR))) if share is not None else 0


def outages_of(service_id: int, reader: User) -> list[dict[str, Any]]:
    """The newest outages of a service, withdrawn ones marked.

    The record that said so is named only to those who may see it.
    """
    found = Outage.objects.filter(service=service_id).select_related("created_by", "ticket")
    rows = list(found.order_by("-started_at", "-id")[:OUTAGES])
    told = Ticket.objects.visible_to(reader).filter(
        pk__in=[row.ticket_id for row in rows if row.ticket_id is not None]
    )
    seen = set(told.order_by().values_list("pk", flat=True))
    now = timezone.now()
    return [
        {
            "pk": row.pk,
            "kind": row.get_kind_display(),
            "key": row.kind,
            "started": row.started_at,
            "ended": row.ended_at,
            "lasted": _length(int(((row.ended_at or now) - row.started_at).total_seconds()))
            if row.started_at <= now
            else "",
            "note": row.note if not row.ticket or row.ticket_id in seen else "",
            "source": row.get_source_display(),
            "by": row.created_by.name if row.created_by else "",
            "ticket": row.ticket.number if row.ticket and row.ticket_id in seen else "",
            "url": row.ticket.get_absolute_url() if row.ticket and row.ticket_id in seen else "",
            "announced": row.announced_at is not None,
            "withdrawn": row.withdrawn_at is not None,
            "open": row.ended_at is None and row.withdrawn_at is None,
        }
        for row in rows
    ]
