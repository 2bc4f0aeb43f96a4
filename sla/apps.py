"""Registers the listeners that keep clocks true."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("Service levels")

    def ready(self) -> None:
        from sla.receivers import connect  # noqa: PLC0415 - models are not loaded before

        connect()
