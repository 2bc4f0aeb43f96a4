"""Registers the accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and teams")

    def ready(self) -> None:
        """Hear of sign-ins once the models are there."""
        from accounts import receivers  # noqa: PLC0415 - models are not loaded before

        receivers.connect()
