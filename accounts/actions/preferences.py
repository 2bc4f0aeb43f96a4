"""What people set for themselves: how Maru looks to them, and how they are reached."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb, Density, Theme
from accounts.models import User
from core.errors import ActionError, NotAllowed

PREFERENCES = ("language", "time_zone", "density", "theme", "shortcuts", "mail_notices")
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
