"""Registers the tickets app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Hear of people and teams, and name the figures, once the models are there."""
        from core import metrics  # noqa: PLC0415 - models are not loaded before
        from tickets import counts, receivers  # noqa: PLC0415 - models are not loaded before

        receivers.connect()
        metrics.register_gauge(
            "maru_open_records", "Open records", ("kind", "phase"), counts.open_by_kind_and_phase
        )
