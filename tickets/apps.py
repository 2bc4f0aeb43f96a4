"""Registers the tickets app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Records")

    def ready(self) -> None:
        """Hear of people and teams once the models are there."""
        from tickets import receivers  # noqa: PLC0415 - models are not loaded before

        receivers.connect()
