"""Instants, sizes and counts as the reader writes them. Language and zone are the active ones.

Korean: 2026.11.23(월) 14:05, within the year 11.23(월) 14:05. English: Mon 23 Nov 2026, 14:05.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

_DAYS_KO = "월화수목금토일"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_korean() -> bool:
    return (get_language() or "en").startswith("ko")


def day(value: datetime | date, today: date | None = None) -> str:
    """The day with its weekday; the year only when it is not this one."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return _day(local, today or timezone.localdate())


def _day(local: date, today: date) -> str:
    if is_korean():
        prefix = f"{local.year}." if local.year != today.year else ""
        return f"{prefix}{local.month:02d}.{local.day:02d}({_DAYS_KO[local.weekday()]})"
    suffix = f" {local.year}" if local.year != today.year else ""
    return f"{_DAYS_EN[local.weekday()]} {local.day} {_MONTHS_EN[local.month - 1]}{suffix}"


def clock(value: datetime) -> str:
    """Hours and minutes, 24-hour."""
    local = timezone.localtime(value)
    return f"{local.hour:02d}:{local.minute:02d}"


def month(value: date) -> str:
    """A month with its year: 2026.11, Nov 2026."""
    if is_korean():
        return f"{value.year}.{value.month:02d}"
    return f"{_MONTHS_EN[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """Day and time."""
    local = timezone.localtime(value)
    between = " " if is_korean() else ", "
    return f"{_day(local, timezone.localdate())}{between}{local.hour:02d}:{local.minute:02d}"


def time_tag(value: datetime | date | None, style: str = "ago") -> SafeString:
    """A <time>. style: ago (kept fresh by the page, full time as tooltip), full, date, clock."""
    if value is None:
        return SafeString("")
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), day(value))
    full = moment(value)
    if style == "full":
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), full)
    text, fresh = ago(value), SafeString(" data-ago")
    if style in ("date", "clock"):
        text, fresh = (day(value) if style == "date" else clock(value)), SafeString("")
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>', value.isoformat(), full, fresh, text
    )


def ago(value: datetime, now: datetime | None = None) -> str:
    """How long since: minutes, hours, yesterday with its time, then the day."""
    now = now or timezone.now()
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d min ago", "%(n)d min ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)d h ago", "%(n)d h ago", hours) % {"n": hours}
    if timezone.localdate(value) == timezone.localdate(now) - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": clock(value)}
    return day(value)


def age(start: datetime, end: datetime | None = None) -> str:
    """A length of time in its largest unit: 35m, 7h, 12d."""
    minutes = max(0, int(((end or timezone.now()) - start).total_seconds() // 60))
    if minutes < 60:
        return _("%(n)dm") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)dh") % {"n": minutes // 60}
    return _("%(n)dd") % {"n": minutes // (24 * 60)}


def duration(seconds: int, *, fine: bool = False, brief: bool = False) -> str:
    """A length in at most two units: 2h 15m, 48m; with `fine` the last ten minutes as 9m 40s.

    Never in days: a day of work is not a day of the clock. Rounded down, seconds to tens.
    `brief`: from ten hours on the minutes are left out.
    """
    minutes, rest = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if fine and not hours and minutes < 10:
        tens = rest // 10 * 10
        if not minutes:
            return _("%(s)ds") % {"s": tens or rest}
        return _("%(m)dm %(s)ds") % {"m": minutes, "s": tens} if tens else _short(minutes)
    if not hours:
        return _short(minutes) if minutes else _("<1m")
    if not minutes or hours >= (10 if brief else 100):
        return _("%(n)dh") % {"n": hours}
    return _("%(h)dh %(m)dm") % {"h": hours, "m": minutes}


def _short(minutes: int) -> str:
    return _("%(n)dm") % {"n": minutes}


def near(value: datetime, today: date | None = None) -> str:
    """Day and time, the days around today by name: today 17:30, Tue 24 Nov, 09:20."""
    local = timezone.localtime(value)
    time = {"time": f"{local.hour:02d}:{local.minute:02d}"}
    away = (local.date() - (today or timezone.localdate())).days
    if away == 0:
        return _("today %(time)s") % time
    if away == 1:
        return _("tomorrow %(time)s") % time
    if away == -1:
        return _("yesterday %(time)s") % time
    between = " " if is_korean() else ", "
    return f"{_day(local, today or timezone.localdate())}{between}{time['time']}"


def upcoming(value: datetime, today: date | None = None) -> str:
    """An instant to come, as short as is clear: 09:00, Tue 09:00, Thu 24 Dec."""
    local = timezone.localtime(value)
    away = (local.date() - (today or timezone.localdate())).days
    time = f"{local.hour:02d}:{local.minute:02d}"
    if away == 0:
        return time
    if is_korean() and away == 1:
        return _("tomorrow %(time)s") % {"time": time}
    if 0 < away < 7:
        weekday = local.weekday()
        return f"({_DAYS_KO[weekday]}) {time}" if is_korean() else f"{_DAYS_EN[weekday]} {time}"
    return _day(local, today or timezone.localdate())


def size(octets: int) -> str:
    """A file's size."""
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024)):,} KB"
    return f"{octets / 1024 / 1024:,.1f} MB"


def count(number: int) -> str:
    """How many records: 1,234건, 1,234 records."""
    return ngettext("%(n)s record", "%(n)s records", number) % {"n": f"{number:,}"}
