"""Record numbers: from a database sequence per kind, never used twice, found however typed."""

import re

from django.db import connection

from tickets import kinds
from tickets.models import Ticket

FIRST = 1001
_REFERENCE = re.compile(r"^\s*#?\s*(?:([A-Za-z]{2,5})\s*[-_ #]?\s*)?0*(\d{1,15})\s*$")
TASK_SEQUENCE = "ticket_task_seq"


def next_serial(sequence: str) -> int:
    """The next number of a sequence; gaps may stay after a rollback, doubles can't."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        (value,) = cursor.fetchone()
    return int(value)


def next_serials(sequence: str, count: int) -> list[int]:
    """So many numbers at once, for importers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


def parse(text: str) -> tuple[str, int] | None:
    """("INC", 1042) of `inc1042`, `INC-1042`, `inc 1042`; ("", 1042) of `#1042`, `1042`."""
    match = _REFERENCE.match(text)
    return ((match[1] or "").upper(), int(match[2])) if match else None


def normalise(text: str) -> str:
    """The stored spelling of a number; the text itself when it does not look like one."""
    found = parse(text)
    return (
        f"{found[0]}-{found[1]}" if found and found[0] else text.replace("\x00", "").strip().upper()
    )


def candidates(text: str) -> list[str]:
    """The stored spellings a typed reference may mean: one with a prefix, one per kind without."""
    found = parse(text)
    if not found:
        return []
    prefix, serial = found
    if prefix:
        return [f"{prefix}-{serial}"] if kinds.by_prefix(prefix) else []
    return [f"{kind.prefix}-{serial}" for kind in kinds.all_kinds()]


def resolve(text: str, visible: object) -> list[Ticket]:
    """The visible records a typed reference may mean, newest first."""
    return list(visible.filter(number__in=candidates(text)).order_by("-opened_at"))  # type: ignore[attr-defined]
