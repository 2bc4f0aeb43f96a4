"""What is known so far, for the people who work on it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from incidents.actions.base import hold_in, note
from incidents.enums import MajorState, Step
from incidents.models import MajorIncident
from tickets.actions.base import put
from tickets.actions.checks import limited_text
from tickets.models import Ticket

TEXTS = ("symptoms", "impact", "hypothesis", "current_action", "next_steps")
EDITABLE = frozenset({*TEXTS, "bridge_url", "technical_team"})
_IS_ADDRESS = URLValidator(schemes=["https", "http"])


@transaction.atomic
def save_summary(ticket: Ticket, values: Mapping[str, Any], *, by: User | None) -> MajorIncident:
    """Change the summary, the bridge or the technical team; what is not named stays."""
    ticket, major = hold_in(ticket, "summary", by, MajorState.DECLARED, MajorState.STOOD_DOWN)
    unknown = set(values) - EDITABLE
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    changes = put(major, _cleaned(values))
    if changes:
        major.save(update_fields=sorted(changes))
        note(ticket, Step.SUMMARY, by=by, fields=sorted(changes))
    return major


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(values)
    for name in TEXTS:
        if name in cleaned:
            cleaned[name] = limited_text(name, cleaned[name] or "", limit=4000)
    address = limited_text("bridge_url", cleaned.get("bridge_url") or "", limit=500)
    if address:
        try:
            _IS_ADDRESS(address)
        except ValidationError:
            raise ActionError(
                _("Give a full address that starts with https://."), field="bridge_url"
            ) from None
    if "bridge_url" in cleaned:
        cleaned["bridge_url"] = address
    return cleaned
