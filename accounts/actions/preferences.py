"""What people set for themselves: how Maru looks to them, and how they are reached."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb, Density, Theme
from accounts.models import QuietHours, User
from core.errors import ActionError, NotAllowed

PREFERENCES = ("language", "time_zone", "density", "theme", "shortcuts", "mail_notices")
QUIET = ("begins", "ends", "days", "work_days_only")
CONTACTS = ("roman_name", "phone", "extension", "location")


def save_preferences(user: User, values: Mapping[str, Any], *, by: User) -> User:
    """Set preferences; others than those in PREFERENCES are refused."""
    _own(user, by)
    _known(values, PREFERENCES)
    allowed = {
        "language": {"", *dict(settings.LANGUAGES)},
        "time_zone": {"", *zoneinfo.available_timezones()},
        "density": set(Density.values),
        "theme": set(Theme.values),
    }
    for name, choices in allowed.items():
        if name in values and values[name] not in choices:
            raise ActionError(_("Choose one of the values offered."), field=name)
    changes = audit.put(user, values)
    if changes:
        user.save(update_fields=sorted(changes))
    return user


@transaction.atomic
def save_contacts(user: User, values: Mapping[str, Any], *, by: User) -> User:
    """Set how the person is written in English and reached."""
    _own(user, by)
    _known(values, CONTACTS)
    changes = audit.put(user, {name: value.strip() for name, value in values.items()})
    if changes:
        user.save(update_fields=sorted(changes))
        audit.record(user, AuditVerb.CHANGED, by=by, changes=changes)
    return user


def save_quiet_hours(user: User, values: Mapping[str, Any] | None, *, by: User) -> None:
    """Set when notices to the person wait; None: never. Fields as of QuietHours, all of them."""
    _own(user, by)
    if values is None:
        QuietHours.objects.filter(user=user).delete()
        return
    _known(values, QUIET)
    days = sorted(set(values["days"]))
    if not set(days) <= set(range(7)):
        raise ActionError(_("Choose one of the values offered."), field="days")
    if not days and not values["work_days_only"]:
        raise ActionError(_("Choose at least one day."), field="days", code="required")
    if values["begins"] == values["ends"]:
        raise ActionError(_("Quiet hours end at another time than they begin."), field="ends")
    QuietHours.objects.update_or_create(user=user, defaults={**values, "days": days})


def _own(user: User, by: User) -> None:
    if user.pk != by.pk:
        raise NotAllowed(_("People set this for themselves."))


def _known(values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    unknown = set(values) - set(names)
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
