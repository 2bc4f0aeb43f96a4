"""Registers the incident kind."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        from incidents import receivers  # noqa: PLC0415 - models are not loaded before
        from incidents.kind import KIND  # noqa: PLC0415 - models are not loaded before
        from tickets import kinds  # noqa: PLC0415 - models are not loaded before

        kinds.register(KIND)
        receivers.connect()
