"""Clocks as markup: text and shape by stage, and what the page's timer needs to keep them true."""

from datetime import datetime, time, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core import formats
from core.templatetags.ui import icon_markup
from sla import wording
from sla.enums import Metric
from sla.reading import Hours, Reading, Stage


@lru_cache(maxsize=8)
def _words(language: str) -> tuple[str, dict[str, SafeString]]:
    """What a row without a target says, and the metrics' names."""
    labels = {str(metric): escape(str(metric.label)) for metric in Metric}
    return f'<span class="vh">{escape(_("No target"))}</span>', labels


@lru_cache(maxsize=1)
def _icons() -> dict[Stage, SafeString]:
    return {stage: icon_markup(name) for stage, name in wording.ICONS.items()}


class ClockMarks:
    """What all clocks of one page share: the instant, the reader's day, texts made once."""

    def __init__(self, now: datetime) -> None:
        self.at = int(now.timestamp())
        self.today = timezone.localdate(now)
        midnight = datetime.combine(self.today + timedelta(days=1), time.min)
        # Until then "today" stays true; after it the page asks for fresh texts.
        self.until = int(timezone.make_aware(midnight).timestamp())
        self.none, self._labels = _words(get_language() or "en")
        self._icons = _icons()
        self._hours: dict[int, str] = {}

    def cell(self, reading: Reading, hours: Hours, path: str, number: str, mine: bool) -> str:
        """A row's clock: two lines, opening the card that lists every target."""
        first, second = wording.lines(reading, self.today)
        own = " data-mine" if mine else ""
        return (
            f'<button type="button" class="sla" id="sla-{number}" data-stage="{reading.stage}"'
            f' data-card="{path}sla/card/" aria-expanded="false" data-number="{number}"{own}'
            f"{self.timing(reading, hours, second)}>{self._icons[reading.stage]}"
            f'<span class="vh">{self._labels[reading.metric]}: </span>'
            f'<span class="sla__text">{escape(first)}</span>'
            f'<span class="sla__due">{escape(second)}</span></button>'
        )

    def chip(
        self, reading: Reading, hours: Hours, *, number: str, mine: bool, lead: bool
    ) -> SafeString:
        """One target in a header: the nearest with what is left, the others with when they end."""
        first, second = wording.lines(reading, self.today)
        label = self._labels[reading.metric]
        told = lead or reading.stage in (Stage.BREACHED, Stage.PAUSED)
        text = f'<b class="sla__text">{escape(first)}</b>' if told else ""
        opens, closes = "()" if told else ("", "")
        own = " data-mine" if mine and lead else ""
        return mark_safe(  # noqa: S308
            f'<span class="sla sla--chip" data-stage="{reading.stage}" data-number="{number}"{own}'
            f"{self.timing(reading, hours, second)}>{self._icons[reading.stage]}{text}"
            f'<span>{opens}{label} <span class="sla__due">{escape(second)}</span>{closes}</span>'
            "</span>"
        )

    def badge(self, reading: Reading, hours: Hours) -> SafeString:
        """The state alone, as cards print it beside a target's name."""
        text = escape(wording.standing(reading))
        return mark_safe(  # noqa: S308
            f'<span class="sla sla--chip" data-stage="{reading.stage}"'
            f"{self.timing(reading, hours)}>{self._icons[reading.stage]}"
            f'<b class="sla__text">{text}</b></span>'
        )

    def timing(self, reading: Reading, hours: Hours, second: str = "") -> str:
        """The attributes by which the page's timer changes text and shape without asking.

        `second`: the second line where it is known already.
        """
        until = f' data-at="{self.at}" data-until="{self.until}"'
        if not reading.runs:
            return until
        rest = f' data-remaining="{reading.left}" data-hours="{self._spans(hours)}"'
        if reading.due is not None:
            if not second or reading.stage == Stage.PAUSED:
                second = formats.near(wording.instant(reading.due), self.today)
            rest += f' data-due-at="{reading.due}" data-due-text="{escape(second)}"'
        if reading.warn is not None:
            rest += f' data-warn-at="{reading.warn}"'
        if reading.urgent is not None:
            rest += f' data-urgent-at="{reading.urgent}"'
        return until + rest

    def _spans(self, hours: Hours) -> str:
        """`start-end|text when it is over;…` of the rest of the day, the first text before all."""
        known = self._hours.get(id(hours))
        if known is None:
            spans = hours.spans(self.until)
            parts = [self._resumes(hours.resumes) if not hours.working else ""]
            for start, end in spans:
                after = hours.next_start(end) if end < self.until else None
                parts.append(f"{start}-{end}|{self._resumes(after)}")
            known = self._hours[id(hours)] = ";".join(parts)
        return known

    def _resumes(self, at: int | None) -> str:
        return escape(wording.resumes(at, self.today)) if at is not None else ""


def spoken() -> dict[str, str]:
    """The sentences by which the timer says the same as sla.wording."""
    return {
        "left": _("%(time)s left"),
        "over": _("%(time)s over"),
        "paused": pgettext("clock", "Paused"),
        "hm": _("%(h)dh %(m)dm"),
        "h": _("%(n)dh"),
        "m": _("%(n)dm"),
        "ms": _("%(m)dm %(s)ds"),
        "s": _("%(s)ds"),
        "none": _("<1m"),
    }
