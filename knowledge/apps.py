"""Registers the listeners that note where articles were of use."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = _("Knowledge")

    def ready(self) -> None:
        from knowledge.receivers import connect  # noqa: PLC0415 - models are not loaded before

        connect()
