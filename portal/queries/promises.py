"""Until when the desk means to answer and to solve a request, in the requester's words."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import formats
from sla.enums import ClockState, Metric
from sla.queries import faces
from tickets.models import Ticket

_ANSWERS = (Metric.FIRST_RESPONSE, Metric.NEXT_REPLY)


def promises(ticket: Ticket) -> list[tuple[str, str]]:
    """(what, by when) of what is running now: nothing of the desk's own goals. One query."""
    now = timezone.now()
    dues: dict[bool, int] = {}
    for target in faces.of_ticket(ticket.pk, now, facing=True):
        clock = target.standing
        asked = clock.metric in (*_ANSWERS, Metric.RESOLUTION)
        if asked and clock.state == ClockState.RUNNING and clock.due is not None:
            answers = clock.metric in _ANSWERS
            dues[answers] = min(clock.due, dues.get(answers, clock.due))
    return [_promise(answers, dues[answers], now) for answers in (True, False) if answers in dues]


def _promise(answers: bool, due: int, now: datetime) -> tuple[Any, str]:
    instant = datetime.fromtimestamp(due, UTC)
    if instant < now:
        what = _("Was to be answered by") if answers else _("Was to be solved by")
    else:
        what = _("We aim to answer by") if answers else _("We aim to solve it by")
    return what, formats.near(instant)
