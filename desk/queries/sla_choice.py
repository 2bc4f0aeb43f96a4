"""What a report of service levels was asked for: read from an address, written into others."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from core.text import row_ids
from sla.enums import Metric
from sla.queries.periods import BUCKETS, Period
from sla.queries.report import GROUPS, Filters, Report
from tickets import kinds

IDS = ("service", "team", "priority", "category", "policy")


@dataclass(frozen=True)
class Choice:
    """Everything of a report's address. What makes no sense in one is left out."""

    period: Period
    filters: Filters
    group_by: str
    compare: bool
    bucket: str

    @classmethod
    def parse(cls, data: QueryDict, today: date) -> Self:
        bucket = data.get("by", "") if data.get("by") in BUCKETS else ""
        period = Period.of(
            data.get("range", "month"), today, _day(data.get("from")), _day(data.get("to")), bucket
        )
        chosen: dict[str, Any] = {
            name: tuple(sorted(set(row_ids(data.getlist(name))))) for name in IDS
        }
        metrics = (metric for metric in data.getlist("metric") if metric in Metric.values)
        kind = data.get("kind", "")
        known = {each.key for each in kinds.all_kinds()}
        filters = Filters(
            **chosen, metric=tuple(dict.fromkeys(metrics)), kind=kind if kind in known else ""
        )
        group = data.get("group", "")
        group_by = group if group in GROUPS else GROUPS[0]
        return cls(period, filters, group_by, data.get("compare", "1") != "0", bucket)

    def report(self, reader: User) -> Report:
        return Report(
            self.period, self.filters, reader=reader, group_by=self.group_by, compare=self.compare
        )

    def query(self, **changed: Any) -> str:
        """A query string of the same report, with some of it otherwise; None leaves a key out."""
        pairs: dict[str, Any] = {"range": self.period.range}
        if self.period.range == "custom":
            pairs |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        pairs |= {"by": self.bucket, "group": self.group_by, "kind": self.filters.kind}
        pairs["compare"] = "" if self.compare else "0"
        pairs |= {name: list(getattr(self.filters, name)) for name in (*IDS, "metric")}
        pairs |= {name.rstrip("_"): value for name, value in changed.items()}
        kept = {name: value for name, value in pairs.items() if value not in ("", None, [])}
        return "?" + urlencode(kept, doseq=True)

    def hidden_fields(self, *without: str) -> list[tuple[str, str]]:
        """The address as fields of a form that sets the others itself."""
        pairs = QueryDict(self.query().removeprefix("?"))
        return [(name, v) for name in pairs for v in pairs.getlist(name) if name not in without]


def today() -> date:
    """The organisation's day: figures are counted by it, whoever reads them from where."""
    return timezone.localdate(timezone=ZoneInfo(settings.DEFAULT_USER_TIME_ZONE))


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None
