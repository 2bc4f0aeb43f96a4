"""Registers the incident kind."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        # Models are loaded only now.
        from incidents.kind import KIND  # noqa: PLC0415
        from tickets import kinds  # noqa: PLC0415

        kinds.register(KIND)
