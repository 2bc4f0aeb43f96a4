"""How a record's history tells of its clocks: warnings, missed targets, and what was refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core import formats
from sla.enums import Metric

_REFUSED = {
    "reassign": lambda: _("Could not be given to another team"),
    "raise_priority": lambda: _("Priority could not be raised"),
    "candidate_major": lambda: _("Could not be proposed as a major incident"),
}


def escalation_words(data: Mapping[str, Any]) -> str:
    """One sentence for the data of an ESCALATED event, in the reader's language."""
    key = str(data.get("metric", ""))
    values = {"metric": Metric(key).label if key in Metric.values else key}
    if "refused" in data:
        what = _REFUSED.get(str(data.get("do")), lambda: _("Refused"))()
        return f"{what}: {data['refused']}"
    percent, _plus, again = str(data.get("step", "")).partition("+")
    due = parse_datetime(data.get("due_at") or "")
    values |= {"percent": percent, "again": again, "due": formats.moment(due) if due else "–"}
    if again:
        words = _("Still open after its target was missed (%(again)s): %(metric)s, due %(due)s")
    elif percent == "100":
        words = _("Target missed: %(metric)s, due %(due)s")
    else:
        words = _("%(percent)s%% of the target used: %(metric)s, due %(due)s")
    return words % values
