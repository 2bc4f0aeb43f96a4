"""What the events of a major incident say, in the reader's language. Never internal text."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core import formats
from core.models import pick
from incidents.enums import Condition, Milestone, ResponseRole, Severity, Stage, Step


def step_words(data: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """One sentence of a MAJOR event; `names`: people by id. Empty for what needs no telling."""
    step = data.get("step", "")
    if step == Step.PROPOSED:
        return _("Proposed as a major incident")
    if step == Step.DECLARED:
        return _colon(_("Declared a major incident"), _severity(data.get("severity")))
    if step == Step.REJECTED:
        return _("Not a major incident")
    if step == Step.SEVERITY:
        before, after = _severity(data.get("was")), _severity(data.get("severity"))
        return f"{before} → {after}"
    if step == Step.ROLE:
        return _role(data, names)
    if step == Step.UPDATE:
        return _update(data)
    if step == Step.STOOD_DOWN:
        return _("The response stood down")
    if step == Step.CALL:
        return _("Help was called in: %(n)s people") % {"n": data.get("people", 0)}
    if step == Step.REVIEWED:
        return _("The review is complete")
    quiet = {
        Step.SUMMARY: _("Summary of the major incident changed"),
        Step.LOG: _("Timeline of the major incident changed"),
        Step.REVIEW: _("Review of the major incident changed"),
    }
    return str(quiet.get(step, ""))


def milestone_words(data: Mapping[str, Any]) -> str:
    """One sentence of a MILESTONE event."""
    return {
        Milestone.CONTAINED.value: _("Contained"),
        Milestone.PATCHED.value: _("Patched"),
    }.get(str(data.get("milestone")), "")


def update_text(data: Mapping[str, Any]) -> str:
    """The public text of an UPDATE step."""
    return pick(data.get("text_ko", ""), data.get("text_en", ""))


def _role(data: Mapping[str, Any], names: Mapping[int, str]) -> str:
    role = str(ResponseRole(data["role"]).label)
    before = names.get(data.get("was") or 0, "")
    after = names.get(data.get("user") or 0, "")
    if not after:
        return f"{role}: {before} → {_('nobody')}"
    return f"{role}: {before} → {after}" if before else f"{role}: {after}"


def _update(data: Mapping[str, Any]) -> str:
    words = [
        _("Notice #%(n)s") % {"n": data.get("position", "")},
        str(Stage(data["stage"]).label),
        str(Condition(data["condition"]).label),
    ]
    instant = parse_datetime(data["next_update_at"]) if data.get("next_update_at") else None
    if instant is not None:
        words.append(_("next notice %(time)s") % {"time": formats.clock(instant)})
    return " · ".join(words)


def _severity(value: Any) -> str:
    return str(Severity(value).label) if value in Severity.values else ""


def _colon(first: str, second: str) -> str:
    return f"{first}: {second}" if second else first
