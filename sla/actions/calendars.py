"""Working calendars: add, edit, switch off. What is edited counts once it is published."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core.errors import ActionError
from sla import publicdays
from sla.actions.days import follow_country
from sla.actions.drafts import checked_week, fingerprint, readable, refuse_stale, tidy
from sla.models import Calendar, Policy

FIELDS = ("name_ko", "name_en", "zone", "week", "always", "country", "region")


def token_of(calendar: Calendar) -> str:
    """Says which state of a calendar's own fields somebody had before them."""
    return fingerprint({name: getattr(calendar, name) for name in FIELDS})


@transaction.atomic
def create_calendar(values: Mapping[str, Any], *, by: User | None) -> Calendar:
    """Add a calendar. `week`: seven lists of [start, end] in seconds; see the model."""
    require_administrator(by)
    calendar = Calendar(zone="")
    changes = audit.put(calendar, _checked(calendar, values))
    calendar.key = _free_key(calendar.name_en or calendar.name_ko)
    calendar.position = (Calendar.objects.aggregate(last=models.Max("position"))["last"] or 0) + 1
    calendar.save()
    follow_country(calendar)
    audit.record(calendar, AuditVerb.CREATED, by=by, changes=readable(changes))
    return calendar


@transaction.atomic
def edit_calendar(
    calendar: Calendar, values: Mapping[str, Any], *, by: User | None, seen: str | None = None
) -> Calendar:
    """Change a calendar. `seen`: the token of what was edited; Conflict when it changed since.

    Effects in order: the fields; with another country or region its public holidays instead of
    the former ones; the audit entry.
    """
    require_administrator(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    refuse_stale(seen, token_of(calendar))
    changes = audit.put(calendar, _checked(calendar, values))
    if not changes:
        return calendar
    calendar.save(update_fields=sorted(changes))
    if {"country", "region"} & set(changes):
        follow_country(calendar)
    audit.record(calendar, AuditVerb.CHANGED, by=by, changes=readable(changes))
    return calendar


@transaction.atomic
def switch_calendar(calendar: Calendar, active: bool, *, by: User | None) -> Calendar:
    """Offer a calendar for targets, or no longer. Refused while a policy in use counts by it."""
    require_administrator(by)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_active == active:
        return calendar
    if not active:
        _refuse_in_use(calendar)
    calendar.is_active = active
    calendar.save(update_fields=["is_active"])
    verb = AuditVerb.SWITCHED_ON if active else AuditVerb.SWITCHED_OFF
    audit.record(calendar, verb, by=by)
    return calendar


def _refuse_in_use(calendar: Calendar) -> None:
    used = Policy.objects.filter(is_active=True, targets__calendar=calendar).distinct()
    names = [policy.name for policy in used]
    if names:
        raise ActionError(
            _("Targets of these policies count by it: %(names)s. Give them another calendar first.")
            % {"names": ", ".join(names)},
            code="in_use",
        )


def _free_key(name: str) -> str:
    base = slugify(name, allow_unicode=True)[:50] or "calendar"
    taken = set(Calendar.objects.filter(key__startswith=base).values_list("key", flat=True))
    candidates = (base if n == 1 else f"{base}-{n}" for n in range(1, 1000))
    return next(key for key in candidates if key not in taken)


def _checked(calendar: Calendar, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = tidy(calendar, values, frozenset(FIELDS))
    if cleaned.get("zone", calendar.zone) not in available_timezones():
        raise ActionError(_("Choose a time zone."), field="zone", code="invalid")
    if "week" in cleaned:
        cleaned["week"] = checked_week(cleaned["week"])
    country = cleaned.get("country", calendar.country)
    region = cleaned.get("region", calendar.region)
    if country and not publicdays.is_known(country, ""):
        raise ActionError(
            _("No public holidays are known for this country."), field="country", code="unknown"
        )
    if region and not publicdays.is_known(country, region):
        raise ActionError(_("This country has no such region."), field="region", code="unknown")
    return cleaned
