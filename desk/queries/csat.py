"""What the page of satisfaction shows: ready-made words from the results."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Team, User
from cmdb.models import Service
from core import formats
from core.text import row_ids
from desk.queries import charts
from desk.queries.charts import Drawing
from desk.queries.sla_choice import today
from sla.queries.periods import Period
from surveys.access import extent_of
from surveys.enums import FACES, Score
from surveys.queries.results import (
    GROUPS,
    Figures,
    Filters,
    Results,
    names_of,
)
from tickets import kinds

RANGES = {
    "month": gettext_lazy("This month"),
    "quarter": gettext_lazy("This quarter"),
    "year": gettext_lazy("12 months"),
}
GROUP_NAMES = {
    "team": gettext_lazy("Team"),
    "service": gettext_lazy("Service"),
    "kind": gettext_lazy("Kind of record"),
}


@dataclass(frozen=True)
class Choice:
    """Everything of the page's address. What makes no sense in one is left out."""

    period: Period
    filters: Filters
    group_by: str

    @classmethod
    def parse(cls, data: QueryDict) -> Self:
        name = data.get("range", "quarter")
        period = Period.of(
            name if name in (*RANGES, "custom") else "quarter",
            today(), _day(data.get("from")), _day(data.get("to")),
        )  # fmt: skip
        kind = data.get("kind", "")
        filters = Filters(
            team=tuple(row_ids(data.getlist("team"))),
            service=tuple(row_ids(data.getlist("service"))),
            kind=kind if kind in {each.key for each in kinds.all_kinds()} else "",
        )
        group = data.get("group", "")
        return cls(period, filters, group if group in GROUPS else GROUPS[0])

    def results(self, reader: User) -> Results:
        return Results(self.period, self.filters, extent_of(reader), reader)

    def query(self, **changed: Any) -> str:
        """A query string of the same results, with some of it otherwise; None leaves a key out."""
        pairs: dict[str, Any] = {"range": self.period.range, "group": self.group_by}
        if self.period.range == "custom":
            pairs |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        pairs |= {
            "team": list(self.filters.team),
            "service": list(self.filters.service),
            "kind": self.filters.kind,
            **{name.rstrip("_"): value for name, value in changed.items()},
        }
        kept = {name: value for name, value in pairs.items() if value not in ("", None, [])}
        return "?" + urlencode(kept, doseq=True)

    @property
    def when(self) -> str:
        last = min(self.period.last, today())
        return f"{formats.day(self.period.first)} – {formats.day(max(last, self.period.first))}"


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def average(figures: Figures) -> str:
    return _("not measured") if figures.average is None else f"{figures.average:.2f}"


def percent(value: float | None) -> str:
    return _("not measured") if value is None else f"{value * 100:.1f}%"


class Page:
    """What the page of results prints."""

    def __init__(self, choice: Choice, reader: User) -> None:
        self.choice = choice
        self.results = choice.results(reader)

    @cached_property
    def totals(self) -> Figures:
        return self.results.totals()

    def _list(self, of: str, **narrowed: Any) -> str:
        return reverse("desk:csat_answers") + self.choice.query(of=of, **narrowed)

    def cards(self) -> list[dict[str, Any]]:
        """The four figures, each with what it is of and the list it opens."""
        found = self.totals
        rows = (
            ("average", _("Average score"), average(found), "answered", found.answered,
             _("Mean of the scores from 1 to 5 of all answers.")),
            ("share", _("Satisfied"), percent(found.share), "satisfied", found.answered,
             _("Satisfied and very satisfied ÷ answered.")),
            ("rate", _("Response rate"), percent(found.rate), "asked", found.asked,
             _("Answered ÷ sent, of surveys sent in the period.")),
            ("low", _("Low scores"), f"{found.low:,}", "low", found.answered,
             _("Scores that make follow-up work (up to %(score)s).") % {"score": self.results.low}),
        )  # fmt: skip
        return [
            {"key": key, "label": label, "text": text, "url": self._list(of), "n": f"{n:,}",
             "formula": formula, "measured": bool(n)}
            for key, label, text, of, n, formula in rows
        ]  # fmt: skip

    def spread(self) -> list[dict[str, Any]]:
        """How the answers lie over the five faces, the best first; widths in per cent."""
        n = self.totals.answered
        return [
            {
                "word": score.label,
                "icon": FACES[score],
                "n": (count := self.totals.scores[score - 1]),
                "share": percent(count / n if n else None),
                "width": f"{100 * count / (n or 1):.1f}",
                "url": self._list(str(score.value)),
            }
            for score in reversed(Score)
        ]

    @cached_property
    def months(self) -> list[dict[str, Any]]:
        """Twelve months up to the period's last, oldest first."""
        return [
            {
                "name": formats.month(month),
                "average": average(figures),
                "value": figures.average,
                "n": figures.answered,
                "asked": figures.asked,
                "rate": percent(figures.rate),
                "url": self._list(
                    "answered",
                    range="custom",
                    from_=month.isoformat(),
                    to=((month + timedelta(days=32)).replace(day=1) - timedelta(1)).isoformat(),
                ),
            }
            for month, figures in self.results.trend()
        ]

    def chart(self) -> Drawing | None:
        """The average month by month, as a line from 1 to 5; None where nothing was measured."""
        values = [month["value"] for month in self.months]
        if all(value is None for value in values):
            return None
        shifted = [None if value is None else value - 1 for value in values]
        count = len(shifted)
        return Drawing(
            ticks=["5", "4", "3", "2", "1"],
            grid=[charts.height(n, 4) for n in range(5)],
            hits=charts.strips(
                [(f"{m['name']}: {m['average']} (n = {m['n']})", m["url"]) for m in self.months]
            ),
            line=charts.path(shifted, 4, count),
            dots=[
                (x, charts.height(value, 4))
                for x, value in zip(charts.middles(count), shifted, strict=True)
                if value is not None
            ],
        )

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        by = self.choice.group_by
        found = self.results.groups(by)
        model: Any = {"team": Team, "service": Service}.get(by)
        names = names_of(found, model) if model else _kind_names()
        return [
            {
                "name": names.get(group.key) or pgettext("survey", "Without a service"),
                "url": "" if group.key is None else self.choice.query(**{by: group.key}),
                "figures": group.figures,
                "average": average(group.figures),
                "rate": percent(group.figures.rate),
                "share": percent(group.figures.share),
                "answered_url": "" if group.key is None
                else self._list("answered", **{by: group.key}),
                "low_url": "" if group.key is None else self._list("low", **{by: group.key}),
            }
            for group in found
        ]  # fmt: skip

    def ranges(self) -> list[dict[str, Any]]:
        now = self.choice.period.range
        return [
            {"label": label, "url": self.choice.query(range=name, from_=None, to=None),
             "on": name == now}
            for name, label in RANGES.items()
        ]  # fmt: skip

    def groupings(self) -> list[dict[str, Any]]:
        return [
            {"value": name, "label": label, "on": name == self.choice.group_by}
            for name, label in GROUP_NAMES.items()
        ]

    def fields(self) -> list[dict[str, Any]]:
        """The filters with what they offer: of teams those that the reader's roles reach."""
        extent, filters = self.results.extent, self.choice.filters
        teams = Team.objects.order_by("name_en")
        if not extent.everything:
            teams = teams.filter(pk__in=extent.teams)
        services = Service.objects.order_by("name_en")
        if not extent.everything and not extent.teams:
            services = services.filter(pk__in=extent.services)
        kinds_ = [(kind.key, kind.label) for kind in kinds.all_kinds()]
        return [
            _field("team", _("Team"), [(row.pk, row.name) for row in teams], filters.team),
            _field(
                "service", _("Service"), [(row.pk, row.name) for row in services], filters.service
            ),
            _field("kind", _("Kind of record"), kinds_, (filters.kind,)),
        ]

    @property
    def is_filtered(self) -> bool:
        return self.choice.filters != Filters()


def _kind_names() -> dict[Any, str]:
    return {kind.key: str(kind.label) for kind in kinds.all_kinds()}


def _field(name: str, label: str, options: list[tuple[Any, Any]], chosen: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": [{"value": pk, "label": text, "on": pk in chosen} for pk, text in options],
    }
