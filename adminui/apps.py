"""Registers the administration pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdminuiConfig(AppConfig):
    name = "adminui"
    verbose_name = _("Administration")
