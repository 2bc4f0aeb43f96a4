"""How the controls of an offering's form are named, and the places where what is typed is kept."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

# Before the key of a question: controls with one value, and with several.
SINGLE, SEVERAL = "f-", "m-"
# The questions that a page has controls for, also those left empty.
PRESENT = "has"
WHOM = ("for", "beneficiary")
LONGEST = 50_000
MOST = 200
# The form of an offering, for oneself or for a caller; that of a request which came back.
_FORM = r"portal:request:[0-9]{1,10}(?:@[0-9]{1,10})?|portal:mend:[A-Z]{2,5}-[0-9]{1,15}"
SLOT = rf"(?:{_FORM})(?::[a-z][a-z0-9_]{{0,39}})?"
_SLOT = re.compile(rf"({_FORM})(?::.*)?")


def slot_of(offering_id: int, caller_id: int | None = None) -> str:
    """The place of the form, for its draft. Each caller whom it is filled in for has their own."""
    return f"portal:request:{offering_id}" + (f"@{caller_id}" if caller_id else "")


def mend_slot(number: str) -> str:
    """The place of a request's answers while they are changed."""
    return f"portal:mend:{number}"


def file_slot(slot: str, key: str) -> str:
    """The place of one question's files, in the form at `slot`."""
    return f"{slot}:{key}"


def form_of(slot: str) -> str:
    """The place of the form that a place of files belongs to; others are their own."""
    match = _SLOT.fullmatch(slot)
    return match[1] if match else slot


def asked_in(slot: str) -> tuple[int, str] | None:
    """The offering whose form it is, and the caller it is filled in for, if there is one."""
    offering, _at, caller = form_of(slot).removeprefix("portal:request:").partition("@")
    return (int(offering), caller) if offering.isdigit() else None


def mended_in(slot: str) -> str:
    """The number of the request whose answers are changed there; empty for other places."""
    place = form_of(slot)
    return place.rpartition(":")[2] if place.startswith("portal:mend:") else ""


def typed_in(post: QueryDict) -> dict[str, Any]:
    """What the controls of a page hold, and which questions those were."""
    found: dict[str, Any] = {PRESENT: [_text(one) for one in post.getlist(PRESENT)[:MOST]]}
    for name in post:
        if "\x00" in name:  # the database can't keep it
            continue
        if name.startswith(SEVERAL):
            found[name] = [_text(one) for one in post.getlist(name)[:MOST]]
        elif name.startswith(SINGLE) or name in WHOM:
            found[name] = _text(str(post[name]))
    return found


def merged(before: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """A draft with what a page of it holds now; what other pages hold stays.

    Which questions have been seen is kept too: what was left empty there stays empty.
    """
    seen = dict.fromkeys(typed.get(PRESENT, ()))
    present = {PRESENT, *(prefix + key for key in seen for prefix in (SINGLE, SEVERAL))}
    kept = {name: value for name, value in before.items() if name not in present}
    ever = list(dict.fromkeys([*before.get(PRESENT, ()), *seen]))[:MOST]
    return {**kept, **typed, PRESENT: ever}


def says_something(data: Mapping[str, Any]) -> bool:
    """Whether a draft holds an answer at all."""
    return any(value for name, value in data.items() if name not in ("for", PRESENT))


def _text(said: str) -> str:
    return said.replace("\x00", "")[:LONGEST]
