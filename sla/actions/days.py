"""Days of a calendar that differ: public holidays, by hand, from an iCalendar file."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core.errors import ActionError
from sla import ical
from sla.actions.drafts import checked_windows, readable
from sla.enums import DaySource
from sla.models import Calendar, CalendarDay
from sla.publicdays import public_days, years

MOST_DAYS = 5000


@transaction.atomic
def set_day(calendar: Calendar, values: Mapping[str, Any], *, by: User | None) -> CalendarDay:
    """Say how one date is worked: `day`, `windows` (none: a holiday), `name_ko`, `name_en`.

    Takes the place of what the calendar had for that date, a public holiday too.
    """
    require_administrator(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    day = values.get("day")
    if not isinstance(day, date):
        raise ActionError(_("Choose the day."), field="day", code="required")
    if not 1990 <= day.year <= 2199:
        raise ActionError(_("Choose a day between 1990 and 2199."), field="day")
    known = calendar.days.filter(day=day).first()
    if known is None and calendar.days.count() >= MOST_DAYS:
        raise ActionError(
            _("A calendar can have %(n)s special days at most.") % {"n": MOST_DAYS}, field="day"
        )
    row = known or CalendarDay(calendar=calendar, day=day)
    changes = audit.put(
        row,
        {
            "windows": checked_windows(values.get("windows") or []),
            "name_ko": str(values.get("name_ko") or "").strip(),
            "name_en": str(values.get("name_en") or "").strip(),
            "source": DaySource.HAND,
        },
    )
    row.save()
    _record(calendar, {"days": [None, day.isoformat()]} | readable(changes), by=by)
    return row


@transaction.atomic
def drop_day(day: CalendarDay, *, by: User | None) -> None:
    """Take a special day out. If it stood in for a public holiday, that is back."""
    require_administrator(by)
    calendar = Calendar.objects.select_for_update().get(pk=day.calendar_id)
    day.delete()
    if calendar.country and day.source != DaySource.COUNTRY:
        _add_country_days(calendar, [day.day.year], only={day.day})
    _record(calendar, {"days": [day.day.isoformat(), None]}, by=by)


def follow_country(calendar: Calendar) -> None:
    """Give a calendar the public holidays of its country and region, in place of the former ones.

    What somebody put in by hand or imported stays. The caller holds the row.
    """
    wanted = years()
    former = calendar.days.filter(source=DaySource.COUNTRY, day__gte=date(wanted.start, 1, 1))
    former.delete()
    if calendar.country:
        _add_country_days(calendar, wanted)


def add_missing(calendar: Calendar, wanted: Iterable[int]) -> list[CalendarDay]:
    """Add public holidays of these years that the calendar does not know yet."""
    return _add_country_days(calendar, wanted)


def _add_country_days(
    calendar: Calendar, wanted: Iterable[int], only: set[date] | None = None
) -> list[CalendarDay]:
    known = set(calendar.days.values_list("day", flat=True))
    found = public_days(calendar.country, calendar.region, wanted)
    rows = [
        CalendarDay(calendar=calendar, day=day, name_ko=ko, name_en=en, source=DaySource.COUNTRY)
        for day, (ko, en) in found.items()
        if day not in known and (only is None or day in only)
    ]
    return CalendarDay.objects.bulk_create(rows)


def read_file(content: bytes) -> ical.Found:
    """The whole days of an iCalendar file within the years a calendar knows. Writes nothing."""
    wanted = years()
    try:
        return ical.read(content, date(wanted.start, 1, 1), date(wanted.stop - 1, 12, 31))
    except ical.BadCalendar as error:
        messages = {
            "size": _("The file is larger than %(kb)s KB.") % {"kb": ical.LARGEST // 1024},
            "form": _("This is no iCalendar file. Export the calendar as .ics and choose that."),
            "events": _("The file has more than %(n)s events.") % {"n": ical.MOST_EVENTS},
        }
        raise ActionError(messages[error.why], field="file", code=error.why) from None


@transaction.atomic
def import_days(calendar: Calendar, days: Mapping[date, str], *, by: User | None) -> int:
    """Add days nobody works on; the number added. What the calendar says of a day already stays."""
    require_administrator(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    known = set(calendar.days.values_list("day", flat=True))
    fresh = {day: name for day, name in days.items() if day not in known}
    if len(known) + len(fresh) > MOST_DAYS:
        raise ActionError(
            _("A calendar can have %(n)s special days at most.") % {"n": MOST_DAYS}, field="file"
        )
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            day=day,
            name_ko=name,
            name_en=name,
            source=DaySource.ICALENDAR,
        )
        for day, name in fresh.items()
    )
    if fresh:
        _record(calendar, {"days": [None, [day.isoformat() for day in sorted(fresh)]]}, by=by)
    return len(fresh)


def _record(calendar: Calendar, changes: audit.Changes, *, by: User | None) -> None:
    audit.record(calendar, AuditVerb.CHANGED, by=by, changes=changes)
