"""Registers surveys."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from surveys import receivers  # noqa: PLC0415 - models are not loaded before
        from surveys.models import Reason  # noqa: PLC0415 - models are not loaded before
        from tickets.actions import settings  # noqa: PLC0415 - models are not loaded before

        settings.keep(Reason, (*settings.NAMES, "side"))
        receivers.connect()
