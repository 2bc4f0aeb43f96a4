"""Each month: public holidays that became known since, into calendars and into what counts."""

from copy import deepcopy
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from sla.actions.days import add_missing
from sla.actions.publish import publish_data
from sla.enums import Reach
from sla.models import Book, Calendar, CalendarDay
from sla.publicdays import years
from sla.snapshot import calendar_data, snapshot


@transaction.atomic
def refresh_holidays() -> int:
    """Add the public holidays that are missing, and publish them for open records; how many.

    Effects in order: days and audit entry of each calendar; a book that differs from the newest
    one in these days only, so that what somebody is still editing stays a draft. A calendar that
    has unpublished changes of its own keeps its new days as part of them. Doing it again does
    nothing.
    """
    newest = Book.objects.order_by("pk").last()
    data: dict[str, Any] = deepcopy(newest.data) if newest else snapshot(apps)
    added, published = 0, False
    with_country = Calendar.objects.exclude(country="").filter(is_active=True).order_by("pk")
    for calendar in with_country.select_for_update():
        before = calendar_data(calendar)["rules"]
        days = add_missing(calendar, years()[1:])
        if not days:
            continue
        added += len(days)
        _record(calendar, days)
        kept = data["calendars"].get(str(calendar.pk))
        if kept is not None and kept["rules"] == before:
            kept["rules"] = calendar_data(Calendar.objects.get(pk=calendar.pk))["rules"]
            published = True
    if published:
        publish_data(data, by=None, reach=Reach.OPEN, note=_("Public holidays that became known"))
    return added


def _record(calendar: Calendar, days: list[CalendarDay]) -> None:
    changes: audit.Changes = {"days": [None, [row.day.isoformat() for row in days]]}
    audit.record(calendar, AuditVerb.CHANGED, by=None, changes=changes)
