"""Definitions as the database can hold them, whatever a person or a file sends. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.errors import ActionError

DEEPEST = 24
LARGEST = 600_000


def tidied(data: Any) -> dict[str, Any]:
    """A copy with only what JSON has. ActionError when it is no definition at all, or far too big.

    NUL and halves of characters are left out; the database can't keep them.
    """
    if not isinstance(data, Mapping):
        raise ActionError(_("This is no offering."), code="unreadable")
    found: dict[str, Any] = _copy(data, 0)
    try:
        size = len(json.dumps(found, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError) as spoilt:
        raise ActionError(
            _("This can't be kept: it holds no number."), code="unreadable"
        ) from spoilt
    if size > LARGEST:
        raise ActionError(_("This offering is too large. Shorten its texts."), code="too_large")
    return found


def _copy(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise ActionError(_("This is nested too deeply. Make its conditions simpler."))
    if isinstance(value, Mapping):
        return {_clean(str(key)): _copy(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_copy(one, depth + 1) for one in value]
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
