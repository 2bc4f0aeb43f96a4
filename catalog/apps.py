"""Registers the kind of service requests."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Service catalog")

    def ready(self) -> None:
        from catalog import receivers  # noqa: PLC0415 - models are not loaded before
        from catalog.kind import KIND  # noqa: PLC0415 - models are not loaded before
        from tickets import kinds  # noqa: PLC0415 - models are not loaded before

        kinds.register(KIND)
        receivers.connect()
