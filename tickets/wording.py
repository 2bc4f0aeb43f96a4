"""What a step of an approval is called in a record's story. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import pick

# Steps that whoever asked reads of; the rest is how the approvers organise themselves.
FOR_REQUESTERS = frozenset({"asked", "approved", "rejected", "recalled", "voided"})


def approval_words(data: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """Sentences about one step, from its row of the log and the people's names by id."""
    step = str(data.get("step", ""))
    stage = pick(str(data.get("stage_ko", "")), str(data.get("stage_en", "")))
    holder = names.get(data.get("user", 0), "")
    say = _SAY.get(step)
    if say is None:
        return []
    parts = [say(data, stage, holder, names)]
    if step in ("approved", "rejected") and data.get("in_proxy") and holder:
        parts.append(_("In the place of %(name)s") % {"name": holder})
    if data.get("opinion") and step != "ended":
        parts.append(_("Opinion: %(text)s") % {"text": data["opinion"]})
    return [part for part in parts if part]


def people_in(data: Mapping[str, Any]) -> set[int]:
    """Ids of the people that a step names."""
    named = [data.get("user"), data.get("from"), *(data.get("people") or [])]
    return {pk for pk in named if isinstance(pk, int)}


def _with_stage(word: str, stage: str) -> str:
    return f"{word} ({stage})" if stage else word


def _asked(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    if data.get("round", 1) > 1:
        return _("Asked for approval again")
    return _("Asked for approval")


def _turn(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    people = ", ".join(names[pk] for pk in data.get("people") or [] if pk in names)
    return f"{_with_stage(_('To decide'), stage)}: {people}"


def _approved(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _with_stage(pgettext("approval step", "Approved"), stage)


def _rejected(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _with_stage(pgettext("approval step", "Rejected"), stage)


def _held(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _("Approval put on hold")


def _handed(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    before = names.get(data.get("from", 0), "")
    return f"{_('Approval handed over')}: {before} → {holder}"


def _questioned(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _("Asked the requester before deciding")


def _recalled(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _("Approval taken back by whoever asked")


def _voided(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _("The approval no longer counts")


def _reminded(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    word = _("Reminded, overdue") if data.get("overdue") else _("Reminded")
    return f"{word}: {holder}"


def _ended(data: Mapping[str, Any], stage: str, holder: str, names: Mapping[int, str]) -> str:
    return _("Approval complete") if data.get("approved") else _("Approval ended: rejected")


_SAY = {
    "asked": _asked,
    "turn": _turn,
    "approved": _approved,
    "rejected": _rejected,
    "held": _held,
    "handed_over": _handed,
    "questioned": _questioned,
    "recalled": _recalled,
    "voided": _voided,
    "reminded": _reminded,
    "ended": _ended,
}
