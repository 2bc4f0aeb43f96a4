"""The tables of satisfaction as files. Shares are in per cent; what nobody answered is empty."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.queries.results import Figures

GROUPS = (_("Group"), _("Sent"), _("Answered"), _("Response rate (%)"), _("Average score"),
          _("Satisfied (%)"), _("Low scores"), "1", "2", "3", "4", "5")  # fmt: skip
ANSWERS = (_("Number"), _("Title"), _("Requester"), _("Team"), _("Service"), _("Sent"),
           _("Answered"), _("Score"), _("Reasons"), _("Comment"), _("Follow-up"),
           _("State of the follow-up"))  # fmt: skip


def group_cells(group: dict[str, Any]) -> list[Any]:
    figures: Figures = group["figures"]
    return [
        group["name"], figures.asked, figures.answered, _percent(figures.rate),
        "" if figures.average is None else round(figures.average, 4),
        _percent(figures.share), figures.low, *figures.scores,
    ]  # fmt: skip


def answer_cells(row: dict[str, Any]) -> list[Any]:
    return [
        row["number"], row["title"], row["person"], row["team"], row["service"],
        _local(row["asked_at"]), _local(row["answered_at"]), row["score"] or "", row["reasons"],
        row["comment"], row["follow_up"], str(row["follow_up_state"]),
    ]  # fmt: skip


def _percent(value: float | None) -> Any:
    return "" if value is None else round(value * 100, 4)


def _local(instant: Any) -> Any:
    return timezone.localtime(instant) if instant else ""
