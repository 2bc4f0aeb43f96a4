"""Registers the incident kind."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        from incidents.kind import KIND  # models are loaded by now
        from tickets import kinds

        kinds.register(KIND)
