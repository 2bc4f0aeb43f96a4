"""What edits of agreements have in common: fields, names, and refusing what is out of date."""

import hashlib
import json
from collections.abc import Mapping, Set
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions import audit
from core.errors import ActionError, Conflict
from sla import hours

MOST_WINDOWS = 12


def fingerprint(data: Any) -> str:
    """A short text that is another one when the data differs."""
    text = json.dumps(data, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def refuse_stale(seen: str | None, current: str) -> None:
    """Conflict where a row is no longer what the person had before them. None: not asked."""
    if seen is not None and seen != current:
        raise Conflict(
            _(
                "Somebody else changed this while you had it open. What they saved stands beside "
                "yours; save again to put yours in its place."
            ),
            [],
        )


def tidy(row: Any, values: Mapping[str, Any], fields: Set[str]) -> dict[str, Any]:
    """The values without blanks around text. ActionError for others, or without any name."""
    unknown = set(values) - fields
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
    if not any(cleaned.get(name, getattr(row, name)) for name in ("name_ko", "name_en")):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    return cleaned


def readable(changes: audit.Changes) -> audit.Changes:
    """Windows as the audit log keeps them: as people write them."""
    if "week" in changes:
        changes["week"] = [[hours.write(day) for day in week or ()] for week in changes["week"]]
    if "windows" in changes:
        changes["windows"] = [hours.write(windows or ()) for windows in changes["windows"]]
    return changes


def refusal(error: hours.Unreadable) -> str:
    """What is wrong with typed hours, and what to do."""
    messages = {
        "form": _("“%(part)s” is not understood. Write hours such as 09:00–12:00, 13:00–18:00."),
        "time": _("“%(part)s” has a time that no day has. Write 00:00 to 24:00."),
        "order": _("“%(part)s” is longer than a day."),
        "overlap": _("“%(part)s” begins before the hours before it end."),
    }
    return messages[error.why] % {"part": error.part}


def checked_week(week: Any) -> list[list[list[int]]]:
    """Seven days of windows in order. ActionError says which day is wrong."""
    if not isinstance(week, list | tuple) or len(week) != 7:
        raise ActionError(_("A week has seven days."), field="week")
    return [checked_windows(day, f"day_{index}") for index, day in enumerate(week)]


def checked_windows(windows: Any, field: str = "windows") -> list[list[int]]:
    """The windows of one day in order. ActionError says what is wrong with them."""
    try:
        found = sorted([int(start), int(end)] for start, end in windows)
    except (TypeError, ValueError):
        raise ActionError(_("Hours are pairs of a start and an end."), field=field) from None
    if len(found) > MOST_WINDOWS:
        raise ActionError(
            _("A day can have %(n)s stretches of work at most.") % {"n": MOST_WINDOWS}, field=field
        )
    for start, end in found:
        if not 0 <= start < hours.DAY or not start < end <= start + hours.DAY:
            raise ActionError(
                _("Work starts within the day and ends after its start, within 24 hours."),
                field=field,
            )
    try:
        hours.check(found)
    except hours.Unreadable as error:
        raise ActionError(refusal(error), field=field) from None
    return found
