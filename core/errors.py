"""What an action answers when it will not do something. Views and the API translate these once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ActionError(Exception):
    """A refusal that the person can mend. `message` is translated and says what to do."""

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: Any,
        *,
        field: str = "",
        code: str = "",
        errors: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
        self.code = code or self.code
        self.errors: dict[str, Any] = dict(errors or ({field: message} if field else {}))


class NotAllowed(ActionError):
    """The record is visible to the person, but not this verb on it."""

    status = 403
    code = "not_allowed"


class NotFound(ActionError):
    """No such record, or not one that the person may know of: the two look the same."""

    status = 404
    code = "not_found"


@dataclass(frozen=True)
class Clash:
    """One field that somebody else changed since the person looked at it."""

    field: str
    seen: Any
    current: Any
    wanted: Any
    changed_by_id: int | None = None


class Conflict(ActionError):
    """The same field was changed meanwhile. `clashes` holds both values; nothing was written."""

    status = 409
    code = "conflict"

    def __init__(self, message: Any, clashes: list[Clash]) -> None:
        super().__init__(message, errors={clash.field: message for clash in clashes})
        self.clashes = clashes
