"""The targets of one record as its page shows them: chips in the header, a card with all."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formats
from core.models import pick
from desk.queries.bars import bar
from desk.widgets import ClockMarks
from sla import reading, wording
from sla.enums import ClockState, Metric
from sla.queries import faces
from sla.queries.faces import Target
from sla.reading import Reading
from tickets.models import PendingReason, Ticket

_OPEN = (ClockState.RUNNING, ClockState.PAUSED)


class Targets:
    """Reads the clocks once, when first asked."""

    def __init__(self, ticket: Ticket, reader: int, now: datetime | None = None) -> None:
        self.ticket = ticket
        self.mine = ticket.assignee_id == reader
        self.marks = ClockMarks(now or timezone.now())
        self.now = now or timezone.now()

    @cached_property
    def all(self) -> list[Target]:
        return faces.of_ticket(self.ticket.pk, self.now)

    def read(self, target: Target) -> Reading:
        back = self.ticket.resume_at
        resume = int(back.timestamp()) if back else None
        return reading.read(target.standing, target.hours, resume)

    def chips(self) -> list[SafeString]:
        """Of what is still promised, the nearest first; else how the last promise ended."""
        facing = [target for target in self.all if target.is_facing]
        waiting = [target for target in facing if target.standing.state in _OPEN]
        if not waiting:
            last = max(facing, key=_ending, default=None)
            return [self._chip(last, lead=True)] if last else []
        running = [t for t in waiting if t.standing.state == ClockState.RUNNING]
        shown = sorted(running, key=lambda t: t.standing.due or 0) or waiting
        return [self._chip(target, lead=at == 0) for at, target in enumerate(shown)]

    def _chip(self, target: Target, *, lead: bool) -> SafeString:
        found = self.read(target)
        number = self.ticket.number
        return self.marks.chip(found, target.hours, number=number, mine=self.mine, lead=lead)

    def cards(self) -> list[dict[str, Any]]:
        """One entry a target, what runs before what ended."""
        reasons = self._reasons()
        ordered = sorted(self.all, key=lambda target: target.standing.state not in _OPEN)
        return [self._card(target, reasons) for target in ordered]

    def _card(self, target: Target, reasons: dict[str, str]) -> dict[str, Any]:
        found = self.read(target)
        clock = target.standing
        facts = [(_("Goal"), formats.duration(clock.goal)), (_("Calendar"), pick(*target.calendar))]
        if clock.due is not None:
            facts.append((pgettext("clock", "Due"), self._near(clock.due)))
        if clock.ended is not None:
            facts.append((pgettext("clock", "Ended"), self._near(clock.ended)))
        facts.append((pgettext("clock", "Started"), self._near(target.started)))
        return {
            "id": target.id,
            "name": name_of(target),
            "stage": str(found.stage),
            "badge": self.marks.badge(found, target.hours),
            "note": wording.resumption(found, self.marks.today) if found.stage == "paused" else "",
            "facts": facts,
            "pauses": [self._pause(pause, reasons) for pause in target.pauses],
            "policy": pick(*target.policy),
            "bar": bar(target, found, self.marks.at),
        }

    def _near(self, at: int) -> str:
        return formats.near(wording.instant(at), self.marks.today)

    def _pause(self, pause: tuple[int, int | None, str], reasons: dict[str, str]) -> dict[str, str]:
        start, end, reason = pause
        return {
            "reason": reasons.get(str(reason), ""),
            "start": self._near(start),
            "end": self._near(end) if end is not None else "",
        }

    def _reasons(self) -> dict[str, str]:
        """Why clocks stood still, in words. A query only where one did."""
        if not any(target.pauses for target in self.all):
            return {}
        known = {"resolved": _("Resolved"), "approval": _("Waiting for approval")}
        rows = PendingReason.objects.values_list("pk", "name_ko", "name_en")
        return known | {str(pk): pick(ko, en) for pk, ko, en in rows}

    @property
    def explain_url(self) -> str:
        """Where each figure is explained; empty where that page is not installed."""
        try:
            return reverse("tickets:sla", args=self._address())
        except NoReverseMatch:
            return ""

    def _address(self) -> list[str]:
        return [self.ticket.kind_info.path, self.ticket.number]


def name_of(target: Target) -> str:
    """The metric, and whose time it is where that is not the whole desk's."""
    label = str(Metric(target.standing.metric).label)
    whose = target.supplier or target.team
    return f"{label}: {pick(*whose)}" if whose else label


def _ending(target: Target) -> tuple[bool, int]:
    return target.standing.metric == Metric.RESOLUTION, target.sequence
